// The filter of system calls: everything is allowed but what is listed, because tools are programs of all kinds.
#pragma once

#include "CSandbox.h"

#include <linux/filter.h>
#include <sys/types.h>

enum { SECCOMP_CAPACITY = 512, SECCOMP_PROTECTED = 4 };

typedef struct {
  struct sock_filter code[SECCOMP_CAPACITY];
  unsigned short count;
} seccomp_program;

// Builds the filter of a request. `protected` are processes that may be neither signalled nor opened: guard, runtime and
// init; and the process group of the first two. False when it would not fit, which only a change of the lists in
// seccomp.c can cause.
bool seccomp_build(seccomp_program *program, const csb_request *request, const pid_t protected[SECCOMP_PROTECTED]);
