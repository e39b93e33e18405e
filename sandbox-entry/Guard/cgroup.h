// One control group: that of one tool's program and its init.
#pragma once

#include "cgroup_tree.h"

#include <stdint.h>

// Descriptors of the group's folders, -1 for a controller that cannot be had; the same one twice in one hierarchy.
typedef struct {
  int memory;
  int processes;
  unsigned id;
} cgroup;

static const cgroup cgroup_none = {-1, -1, 0};

bool cgroup_make(cgroup_tree *tree, cgroup *group);

// False as long as somebody is in it; to be tried again later.
bool cgroup_remove(const cgroup_tree *tree, cgroup *group);

// Only closes the descriptors; for a copy in another process.
void cgroup_close(cgroup *group);

// Kills everybody in it, the calling process included, and waits until nobody is. False when somebody is left after
// that time. Nothing can be started in it afterwards.
bool cgroup_kill(const cgroup *group, int64_t milliseconds);

// Moves the calling process, and with it all that it starts later. Does nothing, and succeeds, when there is no group.
// The kernel waits for all processors first, which takes ten milliseconds and more unless somebody has just moved; so
// this is for a process that is made before it is needed.
bool cgroup_enter(const cgroup *group);

// Limits the group, 0 for no limit. Threads are tasks, too. The calling process is meant to be in it, and not counted.
// False when a limit that was asked for is not set.
bool cgroup_limit(const cgroup *group, uint64_t memory_bytes, unsigned tasks);

typedef struct {
  uint64_t killed_for_memory;
  uint64_t refused_forks;
} cgroup_events;

// What the limits have done so far.
cgroup_events cgroup_read_events(const cgroup *group);
