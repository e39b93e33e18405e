// Building or entering surroundings in which one is root, and rearranging the mounts.
#include "attack.h"

#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statfs.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static enum outcome unshares(int what) { return judge(unshare(what)); }
static enum outcome unshare_user(void) { return unshares(CLONE_NEWUSER); }
static enum outcome unshare_user_net(void) { return unshares(CLONE_NEWUSER | CLONE_NEWNET); }
static enum outcome unshare_user_mount(void) { return unshares(CLONE_NEWUSER | CLONE_NEWNS); }
static enum outcome unshare_user_pid(void) { return unshares(CLONE_NEWUSER | CLONE_NEWPID); }
static enum outcome unshare_pid(void) { return unshares(CLONE_NEWPID); }
static enum outcome unshare_time(void) { return unshares(CLONE_NEWTIME); }
static enum outcome unshare_net(void) { return unshares(CLONE_NEWNET); }
static enum outcome unshare_mount(void) { return unshares(CLONE_NEWNS); }

// Without a stack of its own the child goes on like one of fork; it only ends.
static enum outcome cloned(long pid)
{
  if (pid == 0) syscall(SYS_exit_group, 0);
  if (pid < 0) return refused();
  waitpid((pid_t)pid, NULL, __WALL);
  return ALLOWED;
}

static enum outcome clone3_user(void)
{
  uint64_t arguments[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};  // struct clone_args: flags, …, exit_signal
  return cloned(syscall(SYS_clone3, arguments, sizeof arguments));
}

static enum outcome clone_with(unsigned long what)
{
  return cloned(syscall(SYS_clone, what | SIGCHLD, 0, 0, 0, 0));
}

static enum outcome clone_mount(void) { return clone_with(CLONE_NEWNS); }
static enum outcome clone_user(void) { return clone_with(CLONE_NEWUSER); }

static enum outcome setns_self(void)
{
  long fd = pidfd_of(getpid());
  return fd < 0 ? refused() : judge(setns((int)fd, CLONE_NEWUTS));
}

static enum outcome setns_target(void)
{
  long fd = pidfd_of(at.target);
  return fd < 0 ? refused() : judge(setns((int)fd, CLONE_NEWNS | CLONE_NEWNET));
}

// Where it can, a probe that mounts does so in mounts of its own, which nobody else sees and which end with it.
static const char *mount_point(void)
{
  if (unshare(CLONE_NEWNS) == 0) mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
  const char *path = fresh("mount");
  mkdir(path, 0700);
  return path;
}

static enum outcome mount_memory(void)
{
  struct statfs st;
  const char *path = mount_point();
  if (mount("none", path, "tmpfs", 0, "size=64k") != 0) return refused();
  bool mounted = statfs(path, &st) == 0 && st.f_type == TMPFS_MAGIC;
  if (umount2(path, MNT_DETACH) != 0) note("NOT RESTORED: %.120s", path);
  return mounted ? ALLOWED : broken("statfs");
}

static enum outcome mount_bind(void)
{
  const char *path = mount_point();
  if (mount(at.outside, path, NULL, MS_BIND, NULL) != 0) return refused();
  enum outcome outcome = holds_canary(open(fresh("mount/secret.txt"), O_RDONLY | O_CLOEXEC));
  if (umount2(path, MNT_DETACH) != 0) note("NOT RESTORED: %.120s", path);
  return outcome;
}

// A plain folder: EINVAL says that only the mount was missing, not the right.
static enum outcome unmount(void)
{
  if (mkdir(fresh("plain"), 0700) != 0) return broken("mkdir");
  return reached(umount2(fresh("plain"), 0), EINVAL, EINVAL);
}

static enum outcome swap_root(void)
{
  if (mkdir(fresh("plain"), 0700) != 0) return broken("mkdir");
  return reached(syscall(SYS_pivot_root, fresh("plain"), fresh("plain")), EINVAL, EBUSY);
}

static enum outcome change_root(void) { return judge(chroot(at.scratch)); }
static enum outcome open_file_system(void) { return judge(syscall(SYS_fsopen, "tmpfs", 0)); }

static enum outcome clone_tree(void)
{
  enum { open_tree_clone = 1 };
  return judge(syscall(SYS_open_tree, AT_FDCWD, at.home, open_tree_clone | O_CLOEXEC));
}

static enum outcome place_mount(void)
{
  enum { empty_paths = 0x44 };
  return reached(syscall(SYS_move_mount, -1, "", -1, "", empty_paths), EBADF, EBADF);
}

static enum outcome mount_attributes(void)
{
  uint64_t nothing[4] = {0};  // struct mount_attr: sets none, clears none
  return judge(syscall(SYS_mount_setattr, AT_FDCWD, at.home, 0, nothing, sizeof nothing));
}

const struct probe namespace_probes[] = {
    {"unshare-user", unshare_user, 0},
    {"unshare-user-net", unshare_user_net, 0},
    {"unshare-user-mount", unshare_user_mount, 0},
    {"unshare-user-pid", unshare_user_pid, 0},
    {"unshare-pid", unshare_pid, 0},
    {"unshare-time", unshare_time, 0},
    {"unshare-net", unshare_net, 0},
    {"unshare-mount", unshare_mount, 0},
    {"clone3-user", clone3_user, 0},
    {"clone-user", clone_user, 0},
    {"clone-mount", clone_mount, 0},
    {"setns-self", setns_self, 0},
    {"setns-runtime", setns_target, RUNTIME},
    {"mount-tmpfs", mount_memory, HOME},
    {"mount-bind-outside", mount_bind, OUTSIDE | HOME},
    {"umount", unmount, HOME},
    {"pivot-root", swap_root, HOME},
    {"chroot", change_root, HOME},
    {"fsopen", open_file_system, 0},
    {"open-tree-clone", clone_tree, HOME},
    {"move-mount", place_mount, 0},
    {"mount-setattr", mount_attributes, HOME},
    {0},
};
