// Starting the runtime.
#pragma once

#include <sys/types.h>

typedef struct {
  unsigned starts;   // before this one
  int ended_by;      // the signal that ended the last one, or 0
  int stop_signal;   // what the supervisor has sent to stop the session, or 0
} runtime_history;

// Takes our environment out of where `/proc` shows it, because it has secrets in it; later starts still get it all.
void runtime_hide_environment(void);

// Starts `sandbox-runtime`, which lies beside our own executable. It gets our descriptors, and `socket` on which we take
// its orders, and dies with us. Returns its pid, or -1 with errno set and a line on standard error.
pid_t runtime_start(char **arguments, int socket, runtime_history history);
