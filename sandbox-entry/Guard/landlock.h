// What a program may do with files, by Landlock (kernel documentation: userspace-api/landlock.rst).
#pragma once

#include "CSandbox.h"

// Makes the ruleset of a request. Paths that are not there are left out. Returns its descriptor, or -1 with errno set.
int landlock_ruleset(const csb_request *request, const char *rules);
