// Showing files in the root that confined programs have (view.h), by binding them there.
#pragma once

#include <stdbool.h>

// Moves the calling process to the mounts `view`, and has it show there what the rules allow and is not shown yet, taken
// from the mounts `host`. With `is_private` the view itself stays as it is, and the process gets a copy. What is not
// there, or not to be reached, is left out, as Landlock does. Returns 0, or -1 with errno set.
int bind_rules(int host, int view, const char *rules, unsigned count, bool is_private);
