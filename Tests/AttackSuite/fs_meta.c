// Looking at and changing the attributes of files outside. Landlock (ABI 7) checks none of these.
#include "attack.h"

#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

static const char *secret(void) { return in(at.outside, "secret.txt"); }

static enum outcome see(void)
{
  struct stat st;
  return judge(stat(secret(), &st));
}

static enum outcome see_journal(void)
{
  struct stat st;
  return judge(stat(in(at.state, "journal.db"), &st));
}

static enum outcome see_by_statx(void)
{
  struct statx st;
  return judge(statx(AT_FDCWD, secret(), AT_SYMLINK_NOFOLLOW, STATX_ALL, &st));
}

static enum outcome see_file_system(void)
{
  struct statfs st;
  return judge(statfs(at.outside, &st));
}

// F_OK: whether there is such a file, which the refusal to open it does not tell.
static enum outcome see_by_access(void) { return judge(access(secret(), F_OK)); }

// Not a symlink: EINVAL says that the name was found.
static enum outcome see_by_readlink(void)
{
  char target[64];
  return reached(readlink(secret(), target, sizeof target), EINVAL, EINVAL);
}

static enum outcome path_descriptor(void) { return judge(open(secret(), O_PATH | O_CLOEXEC)); }

static enum outcome enter(void) { return judge(chdir(at.outside)); }
static enum outcome enter_state(void) { return judge(chdir(at.state)); }

static enum outcome enter_by_descriptor(void)
{
  int fd = open(at.outside, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return fd < 0 ? refused() : judge(fchdir(fd));
}

static int chmod_newest(const char *path, mode_t mode) { return (int)syscall(SYS_fchmodat2, AT_FDCWD, path, mode, 0); }

static enum outcome changes_mode(int (*change)(const char *, mode_t))
{
  struct stat before, after;
  const char *path = secret();
  if (stat(path, &before) != 0 || change(path, (before.st_mode & 07777) ^ S_IXOTH) != 0) return refused();
  bool changed = stat(path, &after) == 0 && after.st_mode != before.st_mode;
  if (change(path, before.st_mode & 07777) != 0) note("NOT RESTORED: %.120s", path);
  return changed ? ALLOWED : broken("stat");
}

static enum outcome change_mode(void) { return changes_mode(chmod); }
static enum outcome change_mode_newest(void) { return changes_mode(chmod_newest); }

// To the owner it has: the call is carried out (it updates ctime, and would drop a setuid bit) and nothing is lost.
static enum outcome change_owner(void)
{
  struct stat st;
  if (stat(secret(), &st) != 0) return refused();
  return judge(chown(secret(), st.st_uid, st.st_gid));
}

static enum outcome change_times(void)
{
  struct stat before, after;
  const char *path = secret();
  struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
  if (stat(path, &before) != 0 || utimensat(AT_FDCWD, path, old, 0) != 0) return refused();
  bool changed = stat(path, &after) == 0 && after.st_mtime == 1000000000;
  struct timespec again[2] = {before.st_atim, before.st_mtim};
  if (utimensat(AT_FDCWD, path, again, 0) != 0) note("NOT RESTORED: %.120s", path);
  return changed ? ALLOWED : broken("stat");
}

static enum outcome set_attribute(void)
{
  if (setxattr(secret(), "user.attack", "x", 1, 0) != 0) return refused();
  if (removexattr(secret(), "user.attack") != 0) note("NOT RESTORED: an attribute");
  return ALLOWED;
}

// The call of Linux 6.13 that a list of denials written before does not know.
static enum outcome set_attribute_newest(void)
{
  struct { uint64_t value; uint32_t size, flags; } argument = {(uintptr_t) "x", 1, 0};
  if (syscall(SYS_setxattrat, AT_FDCWD, secret(), 0, "user.attack", &argument, sizeof argument) != 0) return refused();
  if (removexattr(secret(), "user.attack") != 0) note("NOT RESTORED: an attribute");
  return ALLOWED;
}

static enum outcome list_attributes(void)
{
  char names[1024];
  return reached(listxattr(secret(), names, sizeof names), ERANGE, ERANGE);
}

// Being told of every access to the folder, without the right to read it.
static enum outcome watch(void)
{
  int fd = inotify_init1(IN_CLOEXEC);
  return fd < 0 ? refused() : judge(inotify_add_watch(fd, at.outside, IN_OPEN | IN_MODIFY | IN_CREATE));
}

static enum outcome watch_by_fanotify(void)
{
  int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_CLOEXEC, O_RDONLY);
  return fd < 0 ? refused() : judge(fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN | FAN_MODIFY, AT_FDCWD, at.outside));
}

const struct probe fs_meta_probes[] = {
    {"stat-outside", see, OUTSIDE},
    {"stat-state-journal", see_journal, STATE},
    {"statx-outside", see_by_statx, OUTSIDE},
    {"statfs-outside", see_file_system, OUTSIDE},
    {"access-outside", see_by_access, OUTSIDE},
    {"readlink-outside", see_by_readlink, OUTSIDE},
    {"path-descriptor-outside", path_descriptor, OUTSIDE},
    {"chdir-outside", enter, OUTSIDE},
    {"chdir-state", enter_state, STATE},
    {"fchdir-outside", enter_by_descriptor, OUTSIDE},
    {"chmod-outside", change_mode, OUTSIDE},
    {"fchmodat2-outside", change_mode_newest, OUTSIDE},
    {"chown-outside", change_owner, OUTSIDE},
    {"utimensat-outside", change_times, OUTSIDE},
    {"setxattr-outside", set_attribute, OUTSIDE},
    {"setxattrat-outside", set_attribute_newest, OUTSIDE},
    {"listxattr-outside", list_attributes, OUTSIDE},
    {"inotify-outside", watch, OUTSIDE},
    {"fanotify-outside", watch_by_fanotify, OUTSIDE},
    {0},
};
