#include "CSandbox.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

int csb_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int csb_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int csb_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
