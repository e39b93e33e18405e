#include "cgroup_tree.h"

#include "cgroup_file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MEMORY = 1 << 0, PROCESSES = 1 << 1 };

static const char tree_prefix[] = "sandbox-entry.";
// Where we are ourselves when we had to move: a group of version 2 has either members or controlled groups below it.
static const char own_name[] = "guard";

static bool has_word(const char *list, const char *separators, const char *word) {
  const size_t length = strlen(word);
  for (const char *next = list + strspn(list, separators); *next; next += strspn(next, separators)) {
    const size_t end = strcspn(next, separators);
    if (end == length && strncmp(next, word, length) == 0) return true;
    next += end;
  }
  return false;
}

static unsigned controllers_in(const char *list) {
  return (has_word(list, ", \n", "memory") ? MEMORY : 0u) | (has_word(list, ", \n", "pids") ? PROCESSES : 0u);
}

// MARK: - Removing

static DIR *open_entries(int folder) {
  const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = copy < 0 ? NULL : fdopendir(copy);
  if (!entries && copy >= 0) close(copy);
  return entries;
}

// Removes the folders in it as far as they are empty. The files go with their folder.
static void remove_folders_in(int folder) {
  DIR *entries = open_entries(folder);
  if (!entries) return;
  struct dirent *entry;
  while ((entry = readdir(entries))) {
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') unlinkat(folder, entry->d_name, AT_REMOVEDIR);
  }
  closedir(entries);
}

// One of us is there as long as it has its folder locked; its number alone says nothing outside of its own namespace.
static void remove_abandoned(int above, const char *name) {
  const pid_t owner = (pid_t)atoi(name + sizeof tree_prefix - 1);
  if (owner <= 0 || kill(owner, 0) == 0 || errno != ESRCH) return;
  const int folder = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return;
  if (flock(folder, LOCK_EX | LOCK_NB) == 0) {
    remove_folders_in(folder);
    unlinkat(above, name, AT_REMOVEDIR);
  }
  close(folder);
}

static void remove_all_abandoned(int above) {
  DIR *entries = open_entries(above);
  if (!entries) return;
  struct dirent *entry;
  while ((entry = readdir(entries))) {
    if (strncmp(entry->d_name, tree_prefix, sizeof tree_prefix - 1) == 0) remove_abandoned(above, entry->d_name);
  }
  closedir(entries);
}

// MARK: - Finding

typedef struct {
  bool is_unified;
  unsigned controllers;  // of version 1
  const char *root;      // the group that is mounted, in its hierarchy
  const char *path;      // where it is mounted
} cgroup_mount;

// In place; blanks and the like are written as \040.
static void unescape(char *text) {
  char *end = text;
  for (; *text; text++) {
    if (text[0] == '\\' && isdigit(text[1]) && isdigit(text[2]) && isdigit(text[3])) {
      *end++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + text[3] - '0');
      text += 3;
    } else {
      *end++ = *text;
    }
  }
  *end = 0;
}

// Cuts a line of mountinfo apart. False when no control groups are mounted there.
static bool read_mount(char *line, cgroup_mount *mount) {
  char *rest = strstr(line, " - ");
  if (!rest) return false;
  char *type = strtok_r(rest + 3, " \n", &rest);
  strtok_r(NULL, " \n", &rest);
  const char *options = strtok_r(NULL, " \n", &rest);
  if (!type || !options) return false;
  mount->is_unified = strcmp(type, "cgroup2") == 0;
  if (!mount->is_unified && strcmp(type, "cgroup") != 0) return false;
  mount->controllers = mount->is_unified ? 0 : controllers_in(options);
  char *fields[5], *next = NULL;
  for (int index = 0; index < 5; index++) {
    if (!(fields[index] = strtok_r(index == 0 ? line : NULL, " ", &next))) return false;
  }
  unescape(fields[3]);
  unescape(fields[4]);
  mount->root = fields[3];
  mount->path = fields[4];
  return true;
}

// Our group's path in the mount's hierarchy, from a line of /proc/self/cgroup; NULL when the line is about another one.
static char *own_path(const cgroup_mount *mount, char *line) {
  char *controllers = strchr(line, ':'), *path = controllers ? strchr(controllers + 1, ':') : NULL;
  if (!path) return NULL;
  *path++ = 0;
  controllers++;
  path[strcspn(path, "\n")] = 0;
  if (mount->is_unified ? *controllers != 0 : !(controllers_in(controllers) & mount->controllers)) return NULL;
  return path;
}

// What of the path lies below the mount's root; NULL when it is elsewhere, which happens in containers.
static const char *below_root(const cgroup_mount *mount, const char *path) {
  const size_t length = strcmp(mount->root, "/") == 0 ? 0 : strlen(mount->root);
  if (strncmp(path, mount->root, length) != 0 || (path[length] != '/' && path[length] != 0)) return NULL;
  // A group outside of our namespace.
  return strncmp(path, "/..", 3) == 0 ? NULL : path + length;
}

// Opens the group that we are in. Folders can be made in many a file system, so it must really be one.
static int open_own(const cgroup_mount *mount) {
  FILE *file = fopen("/proc/self/cgroup", "re");
  if (!file) return -1;
  char *line = NULL, path[PATH_MAX];
  size_t size = 0;
  const char *own = NULL;
  while (!own && getline(&line, &size, file) > 0) {
    const char *whole = own_path(mount, line);
    if (whole && !(own = below_root(mount, whole))) break;
  }
  const int length = own ? snprintf(path, sizeof path, "%s%s", mount->path, own) : -1;
  free(line);
  fclose(file);
  if (length < 0 || length >= (int)sizeof path) return -1;
  const int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct statfs status;
  const long magic = mount->is_unified ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
  if (folder >= 0 && fstatfs(folder, &status) == 0 && (long)status.f_type == magic) return folder;
  if (folder >= 0) close(folder);
  return -1;
}

// systemd wants to be the only one to write to its groups, but for those that it has marked as given away.
static bool is_ours_to_use(int folder) {
  if (access("/run/systemd/system", F_OK) != 0) return true;
  char path[CGROUP_NAME_SIZE], value = 0;
  snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
  return (getxattr(path, "trusted.delegate", &value, 1) == 1 && value == '1') ||
         (getxattr(path, "user.delegate", &value, 1) == 1 && value == '1');
}

// MARK: - Taking a place

static bool switch_controllers(int folder, char sign, unsigned controllers) {
  static const char *const names[] = {"", "memory", "pids", "memory pids"};
  char text[CGROUP_NAME_SIZE], *end = text;
  for (const char *name = names[controllers & 3]; *name; *end++ = *name++) {
    if (end == text || name[-1] == ' ') *end++ = sign;
  }
  *end = 0;
  return controllers == 0 || cgroup_write(folder, "cgroup.subtree_control", text);
}

// One that is started later is where we are then.
static bool move_us(const cgroup_tree *tree, int folder) {
  char child[CGROUP_NAME_SIZE];
  snprintf(child, sizeof child, "%d", tree->child);
  return cgroup_write(folder, "cgroup.procs", "0") &&
         (tree->child <= 0 || cgroup_write(folder, "cgroup.procs", child) || errno == ESRCH);
}

static bool move_down(const cgroup_tree *tree, int folder) {
  if (mkdirat(folder, own_name, CGROUP_MODE) != 0) return false;
  const int own = openat(folder, own_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const bool has_moved = own >= 0 && move_us(tree, own);
  if (own >= 0) close(own);
  return has_moved;
}

// Undoes all of it; each step only as far as it was done.
static void leave(cgroup_tree *tree, const cgroup_place *place, bool is_unified) {
  char name[CGROUP_NAME_SIZE];
  snprintf(name, sizeof name, "%s%d", tree_prefix, tree->owner);
  if (is_unified) {
    // From below upwards, because members may only be where nothing is switched on.
    switch_controllers(place->folder, '-', MEMORY | PROCESSES);
    switch_controllers(place->above, '-', tree->enabled);
    if (tree->has_moved) move_us(tree, place->above);
    tree->enabled = 0;
    tree->has_moved = false;
  }
  remove_folders_in(place->folder);
  unlinkat(place->above, name, AT_REMOVEDIR);
}

// Version 2: what is wanted must be switched on above our folder, and in it.
static bool switch_on(cgroup_tree *tree, const cgroup_place *place, unsigned controllers) {
  char text[CGROUP_TEXT_SIZE];
  cgroup_read(place->above, "cgroup.subtree_control", text);
  const unsigned missing = controllers & ~controllers_in(text);
  // All but the root have a type, and must have no members; if others are there, too, the kernel will not do it.
  const bool is_root = faccessat(place->above, "cgroup.type", F_OK, 0) != 0;
  if (!is_root) {
    // Even if only half of us has, there is something to undo.
    tree->has_moved = true;
    if (!move_down(tree, place->folder)) return false;
  }
  if (!switch_controllers(place->above, '+', missing)) return false;
  tree->enabled = missing;
  return switch_controllers(place->folder, '+', controllers);
}

static bool make_folder(const cgroup_tree *tree, cgroup_place *place) {
  char name[CGROUP_NAME_SIZE];
  snprintf(name, sizeof name, "%s%d", tree_prefix, tree->owner);
  // It is there already when one with our number was killed; then it is as good as a new one.
  if (mkdirat(place->above, name, CGROUP_MODE) != 0 && errno != EEXIST) return false;
  place->folder = openat(place->above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (place->folder >= 0 && flock(place->folder, LOCK_EX | LOCK_NB) == 0) {
    remove_folders_in(place->folder);
    return true;
  }
  if (place->folder >= 0) close(place->folder);
  return false;
}

static bool take_place(cgroup_tree *tree, const cgroup_mount *mount, cgroup_place *place, unsigned *controllers) {
  char text[CGROUP_TEXT_SIZE];
  if (mount->is_unified) {
    cgroup_read(place->above, "cgroup.controllers", text);
    *controllers &= controllers_in(text);
  }
  if (*controllers == 0 || !is_ours_to_use(place->above)) return false;
  remove_all_abandoned(place->above);
  if (!make_folder(tree, place)) return false;
  if (!mount->is_unified || switch_on(tree, place, *controllers)) return true;
  leave(tree, place, true);
  close(place->folder);
  return false;
}

static void take_mount(cgroup_tree *tree, const cgroup_mount *mount) {
  unsigned wanted = (tree->memory.folder < 0 ? MEMORY : 0u) | (tree->processes.folder < 0 ? PROCESSES : 0u);
  if (!mount->is_unified) wanted &= mount->controllers;
  if (wanted == 0) return;
  cgroup_place place = {open_own(mount), -1};
  if (place.above < 0) return;
  if (!take_place(tree, mount, &place, &wanted)) {
    close(place.above);
    return;
  }
  if (wanted & MEMORY) tree->memory = place;
  if (wanted & PROCESSES) tree->processes = place;
}

// MARK: - Trees

bool cgroup_tree_open(cgroup_tree *tree, pid_t child) {
  *tree = cgroup_tree_none;
  tree->owner = getpid();
  tree->child = child;
  FILE *file = fopen("/proc/self/mountinfo", "re");
  if (!file) return false;
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, file) > 0) {
    cgroup_mount mount;
    if (read_mount(line, &mount)) take_mount(tree, &mount);
  }
  free(line);
  fclose(file);
  return tree->memory.folder >= 0 || tree->processes.folder >= 0;
}

static void close_place(cgroup_tree *tree, const cgroup_place *place) {
  if (place->folder < 0) return;
  struct statfs status;
  const bool is_unified = fstatfs(place->folder, &status) == 0 && (long)status.f_type == CGROUP2_SUPER_MAGIC;
  if (tree->owner == getpid()) leave(tree, place, is_unified);
  close(place->folder);
  close(place->above);
}

void cgroup_tree_close(cgroup_tree *tree) {
  // It has ended, and its number may be somebody else's.
  tree->child = 0;
  if (tree->processes.folder != tree->memory.folder) close_place(tree, &tree->processes);
  close_place(tree, &tree->memory);
  *tree = cgroup_tree_none;
}
