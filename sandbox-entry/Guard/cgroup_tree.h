// Control groups, one for each tool's program, where they may be made: they limit memory and tasks without anybody
// having to look now and then, and hold whatever a program starts.
//
// Each controller is taken from the hierarchy that has it, of version 1 or 2. Where nothing can be had, a tree is
// empty, no groups can be made, and nothing else happens.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

enum { CGROUP_MODE = 0755 };

typedef struct {
  int above;   // the group that we were started in
  int folder;  // ours below it, in which groups are made
} cgroup_place;

typedef struct {
  cgroup_place memory;
  cgroup_place processes;  // the same descriptors as for memory in one hierarchy
  pid_t owner;
  pid_t child;
  unsigned next_id;
  unsigned enabled;  // what we have switched on for groups below the one that we were started in
  bool has_moved;    // into a group of our own below it
} cgroup_tree;

static const cgroup_tree cgroup_tree_none = {{-1, -1}, {-1, -1}, 0, 0, 0, 0, false};

// Makes a folder of ours, if that is allowed, and removes those of others like us that are gone. May move the calling
// process and `child`, its only one, or 0. False when no controller can be had; nothing is changed then.
bool cgroup_tree_open(cgroup_tree *tree, pid_t child);

// Removes everything, and goes back to where we were, as far as nobody is left in the groups. Only closes what it has
// when the calling process is not the one that opened the tree.
void cgroup_tree_close(cgroup_tree *tree);
