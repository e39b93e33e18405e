#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A process with its descendants. Deeper than this the kernel brings them up to us anyway once those above are gone.
enum { DEPTH_LIMIT = 64, PATH_SIZE = 64 };

typedef struct {
  void (*visit)(void *context, pid_t pid);
  void *context;
  unsigned left;  // processes that may still be visited
} walk;

static int proc = -1;

int tree_proc(void) {
  if (proc < 0) proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return proc;
}

bool tree_is_exact(int descriptor, const char *path) {
  char link[PATH_SIZE], found[PATH_MAX];
  snprintf(link, sizeof link, "self/fd/%d", descriptor);
  const ssize_t length = readlinkat(tree_proc(), link, found, sizeof found);
  return length > 0 && (size_t)length == strlen(path) && memcmp(found, path, (size_t)length) == 0;
}

void tree_move_proc(int descriptor) { proc = descriptor; }

int64_t now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int64_t now_ms(void) { return now_us() / 1000; }

static DIR *open_folder(const char *path) {
  const int descriptor = openat(tree_proc(), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
  if (!folder && descriptor >= 0) close(descriptor);
  return folder;
}

// Reads a small file of /proc as text. Returns its length; 0 when it cannot be read.
static size_t contents(const char *path, char *buffer, size_t size) {
  int file = openat(tree_proc(), path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  size_t length = 0;
  ssize_t count;
  while (length + 1 < size && (count = read(file, buffer + length, size - 1 - length)) > 0) length += (size_t)count;
  close(file);
  buffer[length] = 0;
  return length;
}

// The children of one thread, as text; NULL when this kernel has no such file (CONFIG_PROC_CHILDREN). To be freed.
static char *children_of_thread(pid_t pid, const char *thread) {
  char path[PATH_SIZE];
  snprintf(path, sizeof path, "%d/task/%s/children", pid, thread);
  int file = openat(tree_proc(), path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return NULL;
  size_t length = 0, size = 4096;
  char *text = malloc(size);
  ssize_t count;
  while (text && (count = read(file, text + length, size - 1 - length)) > 0) {
    length += (size_t)count;
    if (length + 1 < size) continue;
    char *larger = realloc(text, size *= 2);
    if (!larger) break;
    text = larger;
  }
  close(file);
  if (text) text[length] = 0;
  return text;
}

static void walk_children(walk *walk, pid_t pid, int depth);

static void walk_list(walk *walk, const char *list, int depth) {
  char *end;
  for (long child = strtol(list, &end, 10); end != list; list = end, child = strtol(list, &end, 10)) {
    if (walk->left == 0) return;
    walk->left--;
    // Before its own children: a process that is killed first has none later.
    walk->visit(walk->context, (pid_t)child);
    if (depth < DEPTH_LIMIT) walk_children(walk, (pid_t)child, depth + 1);
  }
}

static void walk_by_parent(walk *walk, pid_t parent, int depth) {
  DIR *folder = open_folder(".");
  if (!folder) return;
  struct dirent *entry;
  while ((entry = readdir(folder))) {
    pid_t pid = (pid_t)atoi(entry->d_name);
    if (pid <= 0) continue;
    char path[PATH_SIZE], stat[512];
    snprintf(path, sizeof path, "%d/stat", pid);
    if (!contents(path, stat, sizeof stat)) continue;
    // The name in parentheses may contain anything, so the fields are counted from its end.
    const char *fields = strrchr(stat, ')');
    int owner = 0;
    if (!fields || sscanf(fields + 1, " %*c %d", &owner) != 1 || owner != parent) continue;
    char list[16];
    snprintf(list, sizeof list, "%d", pid);
    walk_list(walk, list, depth);
  }
  closedir(folder);
}

static void walk_children(walk *walk, pid_t pid, int depth) {
  char path[PATH_SIZE];
  snprintf(path, sizeof path, "%d/task", pid);
  DIR *folder = open_folder(path);
  if (!folder) return;
  bool has_lists = true;
  struct dirent *entry;
  while (has_lists && walk->left > 0 && (entry = readdir(folder))) {
    if (entry->d_name[0] == '.') continue;
    char *list = children_of_thread(pid, entry->d_name);
    // A thread can end between the two looks.
    if (!list) has_lists = errno == ENOENT && faccessat(tree_proc(), "thread-self/children", F_OK, 0) == 0;
    if (list) walk_list(walk, list, depth);
    free(list);
  }
  closedir(folder);
  if (!has_lists) walk_by_parent(walk, pid, depth);
}

// MARK: - Measuring

static void measure(void *context, pid_t pid) {
  tree_size *size = context;
  size->processes++;
  char path[PATH_SIZE], text[128];
  snprintf(path, sizeof path, "%d/statm", pid);
  unsigned long resident = 0, shared = 0;
  if (!contents(path, text, sizeof text) || sscanf(text, "%*u %lu %lu", &resident, &shared) != 2) return;
  // What is shared is mostly files, which the kernel can drop. Memory shared among processes hides here; it counts for
  // the control group where there is one.
  if (resident > shared) size->memory_bytes += (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}

tree_size tree_measure(unsigned limit) {
  tree_size size = {0, 0};
  walk walk = {measure, &size, limit};
  walk_children(&walk, getpid(), 0);
  return size;
}

// MARK: - Ending

bool tree_collect(tree_collector collector, void *context) {
  while (true) {
    siginfo_t end = {0};
    if (waitid(P_ALL, 0, &end, WEXITED | WNOHANG) != 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (end.si_pid == 0) return true;
    if (collector) collector(context, &end);
  }
}

typedef struct {
  bool (*spares)(void *context, pid_t child);
  void *context;
} reaper;

static void end_process(void *context, pid_t pid) {
  (void)context;
  kill(pid, SIGKILL);
}

static unsigned kill_round(reaper *reaper) {
  unsigned found = 0;
  char thread[16];
  snprintf(thread, sizeof thread, "%d", getpid());
  char *list = children_of_thread(getpid(), thread);
  walk walk = {end_process, reaper, UINT32_MAX};
  if (!list) {
    // Here nobody can be spared, so whoever must be is only asked for where there are such lists.
    if (!reaper->spares) walk_by_parent(&walk, getpid(), 0);
    return !reaper->spares;
  }
  const char *rest = list;
  char *end;
  for (long child = strtol(rest, &end, 10); end != rest; rest = end, child = strtol(rest, &end, 10)) {
    if (reaper->spares && reaper->spares(reaper->context, (pid_t)child)) continue;
    found++;
    char one[16];
    snprintf(one, sizeof one, "%ld", child);
    walk_list(&walk, one, 0);
  }
  free(list);
  return found;
}

unsigned tree_kill(int64_t milliseconds, bool (*spares)(void *context, pid_t child), tree_collector collector,
                   void *context) {
  const int64_t deadline = now_ms() + milliseconds;
  reaper reaper = {spares, context};
  unsigned left = 0;
  while (tree_collect(collector, context) && (left = kill_round(&reaper)) > 0) {
    // Once more before the clock is asked: what was just killed is mostly gone by now.
    if (!tree_collect(collector, context)) return 0;
    if (now_ms() >= deadline) return left;
    struct timespec pause = {0, 500000};
    nanosleep(&pause, NULL);
  }
  return 0;
}
