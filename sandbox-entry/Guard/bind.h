// Showing files in the root that confined programs have (view.h), by binding them there.
#pragma once

// Shows in the mounts `view`, in which the calling process is, what the rules allow and is not shown yet, taken from the
// mounts `host`. What is not there, or not to be reached, is left out, as Landlock does. A path that has no place yet gets
// one, which stays, because all views have one root. Returns 0, or -1 with errno set.
int bind_rules(int host, int view, const char *rules, unsigned count);
