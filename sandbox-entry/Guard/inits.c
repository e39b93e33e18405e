#include "inits.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// The guard does nothing else meanwhile.
enum { GROUP_KILL_MS = 100 };

enum { STOPS_LIMIT = 3 };

static bool remember(init_list *list, init_entry entry) {
  if (list->count == list->room) {
    const size_t room = list->room ? list->room * 2 : 16;
    init_entry *larger = realloc(list->entries, room * sizeof *larger);
    if (!larger) return false;
    list->entries = larger;
    list->room = room;
  }
  list->entries[list->count++] = entry;
  return true;
}

bool inits_know(const init_list *list, pid_t child) {
  for (size_t index = 0; index < list->count; index++) {
    if (list->entries[index].pid == child) return true;
  }
  return false;
}

static void forget_spare(init_list *list) {
  if (list->spare_orders >= 0) close(list->spare_orders);
  list->spare_orders = -1;
  list->spare = 0;
}

void inits_collected(init_list *list, const siginfo_t *end) {
  if (end->si_pid == list->spare) forget_spare(list);
  for (size_t index = 0; index < list->count; index++) {
    init_entry *entry = &list->entries[index];
    if (entry->pid != end->si_pid) continue;
    entry->pid = 0;
    const bool was_killed = end->si_code != CLD_EXITED || end->si_status != 0;
    if (was_killed) cgroup_kill(&entry->group, GROUP_KILL_MS);
    list->has_orphans |= was_killed;
    list->has_groups = true;
  }
}

void inits_wake(init_list *list) {
  while (true) {
    siginfo_t stop = {0};
    if (waitid(P_ALL, 0, &stop, WSTOPPED | WNOHANG) != 0 || stop.si_pid == 0) return;
    for (size_t index = 0; index < list->count; index++) {
      init_entry *entry = &list->entries[index];
      if (entry->pid == stop.si_pid) kill(entry->pid, entry->stops++ < STOPS_LIMIT ? SIGCONT : SIGKILL);
    }
  }
}

void inits_tidy(init_list *list, const cgroup_tree *groups) {
  if (!list->has_groups) return;
  list->has_groups = false;
  for (size_t index = 0; index < list->count;) {
    init_entry *entry = &list->entries[index];
    const bool has_ended = entry->pid == 0;
    if (has_ended && cgroup_remove(groups, &entry->group)) {
      *entry = list->entries[--list->count];
      continue;
    }
    list->has_groups |= has_ended;
    index++;
  }
}

typedef struct {
  pid_t pid;
  int orders;  // where it waits for a program
} waiting_init;

// Returns false with errno set.
static bool make(init_list *list, const init_surroundings *shared, cgroup_tree *groups, waiting_init *made) {
  int ends[2];
  if (csb_message_sockets(ends) != 0) return false;
  init_surroundings own = *shared, *around = &own;
  // Without a group it looks itself how much there is.
  if (groups) cgroup_make(groups, &own.group);
  const pid_t guard = getpid(), group = getpgrp(), init = fork();
  if (init == 0) init_run(ends[1], around, guard, group);
  const int failure = errno;
  close(ends[1]);
  *made = (waiting_init){init, ends[0]};
  if (init > 0 && remember(list, (init_entry){.pid = init, .group = own.group})) return true;
  // Its orders end, and with them it does.
  close(ends[0]);
  if (groups) cgroup_remove(groups, &own.group);
  errno = init < 0 ? failure : ENOMEM;
  return false;
}

static bool give(int orders, const int descriptors[CSB_SPAWN_DESCRIPTORS]) {
  const char order = 0;
  return csb_send(orders, &order, sizeof order, descriptors, CSB_SPAWN_DESCRIPTORS) == 0;
}

void inits_prepare(init_list *list, const init_surroundings *around, cgroup_tree *groups) {
  waiting_init made;
  if (list->spare > 0 || !make(list, around, groups, &made)) return;
  list->spare = made.pid;
  list->spare_orders = made.orders;
}

void inits_dismiss(init_list *list) { forget_spare(list); }

bool inits_use_spare(init_list *list, const int descriptors[CSB_SPAWN_DESCRIPTORS]) {
  const bool is_given = list->spare > 0 && give(list->spare_orders, descriptors);
  forget_spare(list);
  return is_given;
}

void inits_start(init_list *list, const init_surroundings *around, cgroup_tree *groups,
                 const int descriptors[CSB_SPAWN_DESCRIPTORS]) {
  waiting_init made;
  bool is_given = false;
  if (make(list, around, groups, &made)) {
    is_given = give(made.orders, descriptors);
    const int failure = errno;
    close(made.orders);
    errno = failure;
  }
  if (is_given) return;
  const csb_report report = {
      .kind = CSB_REPORT_FAILED, .pid = -1, .stage = CSB_STAGE_CLONE, .error_number = errno};
  csb_send(descriptors[0], &report, sizeof report, NULL, 0);
}
