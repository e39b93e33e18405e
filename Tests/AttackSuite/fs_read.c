// Reading what belongs to others. Each way round a path rule has to end at the same refusal.
#include "attack.h"

#include <linux/openat2.h>
#include <pwd.h>
#include <sys/sysmacros.h>

static int open_quietly(const char *path) { return open(path, O_RDONLY | O_CLOEXEC); }

static enum outcome direct(void) { return holds_canary(open_quietly(in(at.outside, "secret.txt"))); }

static enum outcome by_symlink(void)
{
  if (symlink(in(at.outside, "secret.txt"), fresh("link")) != 0) return refused();
  return holds_canary(open_quietly(fresh("link")));
}

static enum outcome by_folder_symlink(void)
{
  if (symlink(at.outside, fresh("folder")) != 0) return refused();
  return holds_canary(open_quietly(fresh("folder/secret.txt")));
}

static enum outcome by_proc_root(void)
{
  char path[4096];
  snprintf(path, sizeof path, "/proc/self/root%s/secret.txt", at.outside);
  return holds_canary(open_quietly(path));
}

// More steps up than any folder is deep: the root's parent is the root.
#define UP4 "../../../../"
#define UP32 UP4 UP4 UP4 UP4 UP4 UP4 UP4 UP4

static enum outcome by_dots(void)
{
  char path[4096];
  if (chdir(at.home) != 0) return broken("chdir home");
  snprintf(path, sizeof path, UP32 "%s/secret.txt", at.outside + 1);
  return holds_canary(open_quietly(path));
}

static enum outcome by_proc_cwd(void)
{
  char path[4096];
  if (chdir(at.home) != 0) return broken("chdir home");
  snprintf(path, sizeof path, "/proc/self/cwd/" UP32 "%s/secret.txt", at.outside + 1);
  return holds_canary(open_quietly(path));
}

static enum outcome by_openat2(void)
{
  struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};
  return holds_canary((int)syscall(SYS_openat2, AT_FDCWD, in(at.outside, "secret.txt"), &how, sizeof how));
}

static enum outcome by_openat2_dots(void)
{
  struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};
  char path[4096];
  int home = open(at.home, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (home < 0) return refused();
  snprintf(path, sizeof path, UP32 "%s/secret.txt", at.outside + 1);
  return holds_canary((int)syscall(SYS_openat2, home, path, &how, sizeof how));
}

// O_PATH opens nearly anything; the attack is to turn such a descriptor into a readable one.
static enum outcome by_path_descriptor(void)
{
  char path[64];
  int fd = open(in(at.outside, "secret.txt"), O_PATH | O_CLOEXEC);
  if (fd < 0) return refused();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return holds_canary(open_quietly(path));
}

static enum outcome by_path_folder(void)
{
  int folder = open(at.outside, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return refused();
  return holds_canary(openat(folder, "secret.txt", O_RDONLY | O_CLOEXEC));
}

static enum outcome by_uring(void)
{
  int fd = uring_open(in(at.outside, "secret.txt"));
  if (fd < 0) errno = -fd;
  return holds_canary(fd);
}

static enum outcome list_outside(void) { return lists(at.outside); }
static enum outcome list_state(void) { return lists(at.state); }
static enum outcome list_other_call(void) { return lists(at.othercall); }
static enum outcome read_journal(void) { return opens(in(at.state, "journal.db")); }
static enum outcome read_other_call(void) { return opens(in(at.othercall, "secret.txt")); }

// Also the owner of these is uid 0: without capabilities root still passes their mode.
static enum outcome read_shadow(void) { return opens("/etc/shadow"); }
static enum outcome list_tmp(void) { return lists("/tmp"); }
static enum outcome list_sys(void) { return lists("/sys/kernel"); }
static enum outcome list_run(void) { return lists("/run"); }

// Only opened: what is in it stays there. By hand, since the resolver of a static glibc wants shared libraries.
static enum outcome user_keys(void)
{
  FILE *users = fopen("/etc/passwd", "re");
  char home[4096] = "";
  if (users)
    for (struct passwd *user; (user = fgetpwent(users));)
      if (user->pw_uid == getuid()) snprintf(home, sizeof home, "%s", user->pw_dir);
  if (!home[0] && getuid() == 0) strcpy(home, "/root");
  if (!home[0]) return skip("no home folder known for this uid");
  enum outcome outcome = lists(in(home, ".ssh"));
  if (outcome != DENIED || strcmp(last_note(), "ENOENT") != 0) return outcome;
  outcome = lists(home);  // there is no .ssh: would one be seen?
  if (outcome == ALLOWED) note("no .ssh, but its folder");
  return outcome;
}

// The classic way out of a chroot: name the disk below the file system by its number. One byte is read.
static enum outcome raw_disk(void)
{
  struct stat st;
  if (stat(at.outside, &st) != 0) return refused();
  if (major(st.st_dev) == 0) return skip("not on a disk");
  if (mknod(fresh("disk"), S_IFBLK | 0600, st.st_dev) != 0) return refused();
  return opens(fresh("disk"));
}

const struct probe fs_read_probes[] = {
    {"read-outside", direct, OUTSIDE},
    {"read-by-symlink", by_symlink, OUTSIDE | HOME},
    {"read-by-folder-symlink", by_folder_symlink, OUTSIDE | HOME},
    {"read-by-proc-root", by_proc_root, OUTSIDE},
    {"read-by-proc-cwd", by_proc_cwd, OUTSIDE | HOME},
    {"read-by-dots", by_dots, OUTSIDE | HOME},
    {"read-by-openat2", by_openat2, OUTSIDE},
    {"read-by-openat2-dots", by_openat2_dots, OUTSIDE | HOME},
    {"read-by-path-descriptor", by_path_descriptor, OUTSIDE},
    {"read-by-path-folder", by_path_folder, OUTSIDE},
    {"read-by-io-uring", by_uring, OUTSIDE},
    {"list-outside", list_outside, OUTSIDE},
    {"list-state", list_state, STATE},
    {"list-other-call", list_other_call, OTHERCALL},
    {"read-state-journal", read_journal, STATE},
    {"read-other-call", read_other_call, OTHERCALL},
    {"read-shadow", read_shadow, 0},
    {"read-user-keys", user_keys, 0},
    {"list-tmp", list_tmp, 0},
    {"list-sys", list_sys, 0},
    {"list-run", list_run, 0},
    {"read-raw-disk", raw_disk, OUTSIDE | HOME},
    {0},
};
