// What takes rights away from the calling process, for good. Each returns 0, or -1 with errno set, and makes system calls
// only, so that it can run between clone and exec.
#pragma once

#include "CSandbox.h"

#include <linux/filter.h>

// Resource limits, priority, and how willingly the kernel kills it when memory is short.
int confine_limits(const csb_request *limits);

// Empties the bounding set of capabilities as far as that is allowed. Takes more time than all the others.
void confine_bounds(void);

// Empties the other sets of capabilities.
int confine_capabilities(void);

// Files, and the network as far as Landlock knows it. Needs no_new_privs or CAP_SYS_ADMIN.
int confine_files(int ruleset);

// System calls. Needs no_new_privs or CAP_SYS_ADMIN.
int confine_calls(const struct sock_fprog *filter);
