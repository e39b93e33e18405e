#include "cgroup.h"

#include "cgroup_file.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// MARK: - Groups

static int make_in(const cgroup_place *place, const char *name) {
  if (place->folder < 0 || mkdirat(place->folder, name, CGROUP_MODE) != 0) return -1;
  const int folder = openat(place->folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) unlinkat(place->folder, name, AT_REMOVEDIR);
  return folder;
}

bool cgroup_make(cgroup_tree *tree, cgroup *group) {
  *group = cgroup_none;
  if (tree->memory.folder < 0 && tree->processes.folder < 0) return false;
  char name[CGROUP_NAME_SIZE];
  group->id = ++tree->next_id;
  snprintf(name, sizeof name, "%u", group->id);
  const bool is_one = tree->memory.folder == tree->processes.folder;
  group->memory = make_in(&tree->memory, name);
  group->processes = is_one ? group->memory : make_in(&tree->processes, name);
  const bool is_whole = (group->memory < 0) == (tree->memory.folder < 0) &&
                        (group->processes < 0) == (tree->processes.folder < 0);
  if (!is_whole) cgroup_remove(tree, group);
  return is_whole;
}

static bool remove_from(const cgroup_place *place, const char *name) {
  return place->folder < 0 || unlinkat(place->folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

bool cgroup_remove(const cgroup_tree *tree, cgroup *group) {
  if (group->id == 0) return true;
  char name[CGROUP_NAME_SIZE];
  snprintf(name, sizeof name, "%u", group->id);
  const bool is_out_of_memory = remove_from(&tree->memory, name);
  if (!remove_from(&tree->processes, name) || !is_out_of_memory) return false;
  cgroup_close(group);
  return true;
}

void cgroup_close(cgroup *group) {
  if (group->memory >= 0) close(group->memory);
  if (group->processes >= 0 && group->processes != group->memory) close(group->processes);
  *group = cgroup_none;
}

// MARK: - Ending

// Returns how many were there, at most those of the beginning of the list.
static unsigned kill_round(int folder) {
  char list[CGROUP_TEXT_SIZE * 4];
  const int file = openat(folder, "cgroup.procs", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t length = read(file, list, sizeof list - 1);
  close(file);
  list[length > 0 ? length : 0] = 0;
  // Half a number would be somebody else's.
  char *last = strrchr(list, '\n');
  if (last) *last = 0;
  unsigned found = 0;
  char *next = list, *end;
  for (long pid = strtol(next, &end, 10); end != next; next = end, pid = strtol(next, &end, 10)) {
    found++;
    // 0 stands for one of another namespace, and would be our own group.
    if (pid > 0) kill((pid_t)pid, SIGKILL);
  }
  return found;
}

static bool kill_in(int folder, int64_t deadline) {
  if (folder < 0) return true;
  // Since Linux 5.14, version 2 only, and nobody escapes it by forking.
  cgroup_write(folder, "cgroup.kill", "1");
  while (kill_round(folder) > 0) {
    if (now_ms() >= deadline) return false;
    const struct timespec pause = {0, 500000};
    nanosleep(&pause, NULL);
  }
  return true;
}

bool cgroup_kill(const cgroup *group, int64_t milliseconds) {
  const int64_t deadline = now_ms() + milliseconds;
  // Then nobody multiplies while he is looked for.
  if (group->processes >= 0) cgroup_write(group->processes, "pids.max", "0");
  const bool is_empty = kill_in(group->processes, deadline);
  return (group->memory == group->processes || kill_in(group->memory, deadline)) && is_empty;
}

// MARK: - In a group

static bool write_number(int folder, const char *name, uint64_t number) {
  char text[CGROUP_NAME_SIZE];
  snprintf(text, sizeof text, "%llu", (unsigned long long)number);
  return cgroup_write(folder, name, text);
}

// The number behind a name at the beginning of a line.
static uint64_t read_count(int folder, const char *file, const char *name) {
  char text[CGROUP_TEXT_SIZE];
  cgroup_read(folder, file, text);
  for (const char *line = text; line; line = strchr(line, '\n')) {
    if (*line == '\n') line++;
    const size_t length = strlen(name);
    if (strncmp(line, name, length) == 0 && line[length] == ' ') return strtoull(line + length, NULL, 10);
  }
  return 0;
}

bool cgroup_enter(const cgroup *group) {
  if (group->memory >= 0 && !cgroup_write(group->memory, "cgroup.procs", "0")) return false;
  if (group->processes < 0 || group->processes == group->memory) return true;
  return cgroup_write(group->processes, "cgroup.procs", "0");
}

// Memory that is swapped out is memory, too; a machine without swap, or that does not account for it, has no such file.
static bool limit_memory(int folder, uint64_t bytes) {
  if (write_number(folder, "memory.max", bytes)) {
    cgroup_write(folder, "memory.swap.max", "0");
    return true;
  }
  if (!write_number(folder, "memory.limit_in_bytes", bytes)) return false;
  write_number(folder, "memory.memsw.limit_in_bytes", bytes);
  return true;
}

bool cgroup_limit(const cgroup *group, uint64_t memory_bytes, unsigned tasks) {
  const bool is_memory_limited = memory_bytes == 0 || limit_memory(group->memory, memory_bytes);
  const bool are_tasks_limited = tasks == 0 || write_number(group->processes, "pids.max", (uint64_t)tasks + 1);
  return is_memory_limited && are_tasks_limited;
}

cgroup_events cgroup_read_events(const cgroup *group) {
  cgroup_events events = {0, 0};
  if (group->memory >= 0) {
    const bool is_unified = faccessat(group->memory, "memory.events", F_OK, 0) == 0;
    const char *file = is_unified ? "memory.events" : "memory.oom_control";
    events.killed_for_memory = read_count(group->memory, file, "oom_kill");
  }
  if (group->processes >= 0) events.refused_forks = read_count(group->processes, "pids.events", "max");
  return events;
}
