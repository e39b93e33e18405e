#include "bind.h"

#include "CSandbox.h"
#include "tree.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

// The headers of Debian 12 have only some of this. Linux 5.2, mount_setattr 5.12.
enum { NR_OPEN_TREE = 428, NR_MOVE_MOUNT = 429, NR_MOUNT_SETATTR = 442 };
enum { TREE_CLONE = 1, TREE_CLOEXEC = O_CLOEXEC, FROM_DESCRIPTOR = 4, EMPTY_PATH = 0x1000, RECURSIVE = 0x8000 };
enum { ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NODEV = 4, ATTR_NOEXEC = 8 };

typedef struct {
  uint64_t set;
  uint64_t clear;
  uint64_t propagation;
  uint64_t user_namespace;
} mount_attributes;

typedef struct {
  const char *path;
  bool is_exact;
  uint64_t taken;  // attributes of the mount, each of which takes something away
  bool is_wanted;
  int tree;  // its mounts, not attached yet, or -1
  bool is_folder;
} binding;

// Only what takes away is set: what the machine itself keeps from being written or executed stays so.
static uint64_t taken_by(const char *rule) {
  switch (tolower(rule[0])) {
    case CSB_RULE_EXECUTE: return ATTR_NOSUID | ATTR_NODEV | ATTR_RDONLY;
    case CSB_RULE_WRITE: return ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
    case CSB_RULE_WRITE_EXECUTE: return ATTR_NOSUID | ATTR_NODEV;
    case CSB_RULE_DEVICE: return ATTR_NOSUID | ATTR_NOEXEC | ATTR_RDONLY;
    default: return ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC | ATTR_RDONLY;
  }
}

static bool is_beyond_reach(void) {
  return errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP || errno == ENAMETOOLONG;
}

// A copy of the mounts at the path, as seen from where we are. Returns 0, also when there is nothing, or -1.
static int take(binding *binding) {
  const mount_attributes attributes = {binding->taken, 0, 0, 0};
  struct stat status;
  const int file = open(binding->path, O_PATH | O_CLOEXEC);
  if (file < 0) return is_beyond_reach() ? 0 : -1;
  if (binding->is_exact && !tree_is_exact(file, binding->path)) return close(file);
  binding->tree = (int)syscall(NR_OPEN_TREE, file, "", TREE_CLONE | TREE_CLOEXEC | RECURSIVE | EMPTY_PATH);
  const int failure = errno;
  close(file);
  errno = failure;
  if (binding->tree < 0) return -1;
  if (fstat(binding->tree, &status) != 0) return -1;
  binding->is_folder = S_ISDIR(status.st_mode);
  return (int)syscall(NR_MOUNT_SETATTR, binding->tree, "", EMPTY_PATH | RECURSIVE, &attributes, sizeof attributes);
}

// MARK: - Places in the root

// Returns 0 when the folders above the path are there. They lead to it, and tell nothing of what else they lead to.
static int make_parents(const char *path) {
  char part[PATH_MAX];
  if (strlen(path) >= sizeof part) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(part, path);
  for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(part, 0111) != 0 && errno != EEXIST) return -1;
    *slash = '/';
  }
  return 0;
}

static int make_place(const binding *binding) {
  const char *path = binding->path;
  if (make_parents(path) != 0) return -1;
  if (binding->is_folder) return mkdir(path, 0111) == 0 || errno == EEXIST ? 0 : -1;
  const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0444);
  if (file < 0) return errno == EEXIST ? 0 : -1;
  return close(file);
}

static int set_root(uint64_t set, uint64_t clear) {
  const mount_attributes attributes = {set, clear, 0, 0};
  return (int)syscall(NR_MOUNT_SETATTR, AT_FDCWD, "/", 0, &attributes, sizeof attributes);
}

static int attach(const binding *binding) {
  const char *path = binding->path;
  struct stat status;
  if (stat(path, &status) != 0) {
    // A link in what is shown already, to what is not, or not yet: it has a rule of its own, or leads nowhere.
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) return 0;
    if (set_root(0, ATTR_RDONLY) != 0 || make_place(binding) != 0 || set_root(ATTR_RDONLY, 0) != 0) return -1;
  }
  return (int)syscall(NR_MOVE_MOUNT, binding->tree, "", AT_FDCWD, path, FROM_DESCRIPTOR);
}

// MARK: - All rules

typedef struct {
  binding *bindings;
  unsigned count;
} list;

static int by_length(const void *left, const void *right) {
  const size_t first = strlen(((const binding *)left)->path), second = strlen(((const binding *)right)->path);
  return first < second ? -1 : first > second;
}

static bool is_in(const char *path, const char *folder) {
  const size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

// What is allowed for a folder is allowed for what lies in it, too, as Landlock has it, whatever a rule of its own says.
static void join_rights(const list *list) {
  for (unsigned index = 0; index < list->count; index++) {
    // Those of the same length are in no order.
    for (unsigned other = 0; other < list->count; other++) {
      if (is_in(list->bindings[index].path, list->bindings[other].path)) {
        list->bindings[index].taken &= list->bindings[other].taken;
      }
    }
  }
}

// Whether the view shows it already, and allows as much. A folder of the root that only leads somewhere is nothing shown.
static bool is_shown(const binding *binding, dev_t root) {
  struct stat status;
  struct statvfs mount;
  if (!(binding->taken & ATTR_RDONLY) || stat(binding->path, &status) != 0 || status.st_dev == root) return false;
  return binding->taken & ATTR_NOEXEC || (statvfs(binding->path, &mount) == 0 && !(mount.f_flag & ST_NOEXEC));
}

static int find_wanted(const list *list) {
  struct stat root;
  if (stat("/", &root) != 0) return -1;
  for (unsigned index = 0; index < list->count; index++) {
    list->bindings[index].is_wanted = !is_shown(&list->bindings[index], root.st_dev);
  }
  return 0;
}

static int take_wanted(const list *list) {
  for (unsigned index = 0; index < list->count; index++) {
    if (list->bindings[index].is_wanted && take(&list->bindings[index]) != 0) return -1;
  }
  return 0;
}

static int attach_taken(const list *list) {
  for (unsigned index = 0; index < list->count; index++) {
    if (list->bindings[index].tree < 0) continue;
    if (attach(&list->bindings[index]) != 0) return -1;
    close(list->bindings[index].tree);
  }
  return 0;
}

static int bind_list(int host, int view, const list *list) {
  if (find_wanted(list) != 0) return -1;
  if (setns(host, CLONE_NEWNS) != 0 || take_wanted(list) != 0 || setns(view, CLONE_NEWNS) != 0) return -1;
  return attach_taken(list);
}

int bind_rules(int host, int view, const char *rules, unsigned count) {
  const list list = {calloc(count + 1, sizeof(binding)), count};
  if (!list.bindings) return -1;
  for (unsigned index = 0; index < count; index++, rules += strlen(rules) + 1) {
    list.bindings[index] = (binding){rules + 1, isupper(rules[0]), taken_by(rules), true, -1, false};
  }
  join_rights(&list);
  // The modes of places are what they are meant to be, whatever the supervisor's mask.
  umask(0);
  // A folder before what lies in it, which would be covered else.
  qsort(list.bindings, count, sizeof(binding), by_length);
  const int result = bind_list(host, view, &list), failure = errno;
  free(list.bindings);
  errno = failure;
  return result;
}
