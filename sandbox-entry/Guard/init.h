// The init of one tool: parent of its program, and of everything that the program leaves behind.
#pragma once

#include "cgroup.h"
#include "view.h"

#include <sys/types.h>

// How programs usually are confined, and what each may read, as the runtime said once.
typedef struct {
  char *rules;
  unsigned count;
  uint32_t landlock_abi;  // 0 without Landlock
  uint32_t layers;        // that programs usually have
} init_system;

// What an init has of the guard.
typedef struct {
  view view;
  init_system system;
  cgroup group;  // its own
  int lifeline;  // whose end tells that the guard is gone
} init_surroundings;

// Runs as a process of its own that does nothing else. Waits for a program on `orders`: a request's stream and the
// program's three streams. Reads the request, starts the program, reports, obeys orders, and ends everything below it when
// the program has ended, when its time is over, when it is told to, and when runtime (the end of the request's stream) or
// guard (the end of the lifeline) are gone. Never returns.
_Noreturn void init_run(int orders, const init_surroundings *around, pid_t guard, pid_t guard_group);
