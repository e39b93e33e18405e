// Starting one program, confined as asked.
#pragma once

#include "CSandbox.h"

#include <linux/filter.h>
#include <sys/types.h>

typedef struct {
  const char *path;     // absolute path of the executable
  char *const *argv;    // ends with NULL
  char *const *envp;    // ends with NULL; the child gets exactly this
  const char *directory;
  int streams[3];       // descriptors that become 0, 1 and 2 of the child
  const csb_request *limits;
  int ruleset;          // of Landlock, or -1
  const struct sock_fprog *filter;  // of system calls, or NULL
} spawn_order;

typedef struct {
  pid_t pid;            // also the child's session and process group
  csb_stage stage;      // of the failure
  int error_number;     // of the failure
} spawn_result;

// Default dispositions, which children inherit, for all signals.
void spawn_reset_dispositions(void);

// Starts a child and returns once it has executed the program: 0, or -1 with stage and error_number set, in which case no
// child is left. The child leads a session and process group of its own, has an empty signal mask, umask 077 and no
// descriptors but 0, 1 and 2, and dies with the process that started it. Memory is shared until it executes, so only
// system calls happen in it.
int spawn_child(const spawn_order *order, spawn_result *result);
