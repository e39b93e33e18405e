// The init of one tool: parent of its program, and of everything that the program leaves behind.
#pragma once

#include "view.h"

#include <sys/types.h>

// Runs as a process of its own that does nothing else. Reads a request from `stream`, starts the program with the three
// `streams`, reports, obeys orders, and ends everything below it when the program has ended, when its time is over, when
// it is told to, and when runtime (the end of `stream`) or guard (the end of `lifeline`) are gone. Never returns.
// `view` is what a program sees whose request asks for namespaces.
_Noreturn void init_run(int stream, const int streams[3], int lifeline, const view *view, pid_t guard,
                        pid_t guard_group);
