// The inits of the guard: one for each program that runs, and one in advance, because most of what an init does before it
// knows its program takes as long as starting a program.
#pragma once

#include "CSandbox.h"
#include "init.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct {
  pid_t pid;  // 0 when it has ended, and its group is still there
  cgroup group;
  unsigned stops;
} init_entry;

typedef struct {
  init_entry *entries;
  size_t count;
  size_t room;
  pid_t spare;       // 0 when there is none
  int spare_orders;  // where it waits for a program
  // One was killed, and has left its processes to us.
  bool has_orphans;
  // Some have ended whose groups are still there.
  bool has_groups;
} init_list;

static const init_list inits_none = {.spare_orders = -1};

// Gives a program to the init that was made in advance. False when there is none.
bool inits_use_spare(init_list *list, const int descriptors[CSB_SPAWN_DESCRIPTORS]);

// Makes an init for a program, in a group of its own unless `groups` is NULL. Whatever fails is reported on the first of
// the descriptors.
void inits_start(init_list *list, const init_surroundings *around, cgroup_tree *groups,
                 const int descriptors[CSB_SPAWN_DESCRIPTORS]);

// Makes one in advance, if there is none. One that cannot be made is made when it is needed.
void inits_prepare(init_list *list, const init_surroundings *around, cgroup_tree *groups);

// Sends the one in advance away, because the surroundings have changed.
void inits_dismiss(init_list *list);

bool inits_know(const init_list *list, pid_t child);

// A child has ended. If it was an init that was killed, what it has left behind is, too.
void inits_collected(init_list *list, const siginfo_t *end);

// Has those go on that somebody has stopped, and ends one that is stopped again and again: it must be able to hold its
// program to its limits.
void inits_wake(init_list *list);

// Removes the groups of those that have ended, as far as they are empty by now.
void inits_tidy(init_list *list, const cgroup_tree *groups);
