// Creating and changing things outside the call's folder. What was created is removed, what was changed is put back.
#include "attack.h"

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

// Appends one byte, sees the file grow, takes the byte away again.
static enum outcome appends(const char *path)
{
  struct stat before, after;
  int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return refused();
  if (fstat(fd, &before) != 0 || write(fd, "x", 1) != 1) return refused();
  if (fstat(fd, &after) != 0 || after.st_size != before.st_size + 1) return broken("fstat");
  if (ftruncate(fd, before.st_size) != 0) note("NOT RESTORED: %.120s", path);
  close(fd);
  return ALLOWED;
}

// For files another process may be using: writes the byte that is already there.
static enum outcome rewrites(const char *path)
{
  char byte;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return judge(open(path, O_WRONLY | O_CLOEXEC));
  if (pread(fd, &byte, 1, 0) == 1 && pwrite(fd, &byte, 1, 0) != 1) return refused();
  close(fd);
  return ALLOWED;
}

static enum outcome creates(const char *folder)
{
  const char *path = in(folder, at.unique);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return refused();
  close(fd);
  if (unlink(path) != 0) note("NOT RESTORED: %.120s", path);
  return ALLOWED;
}

// For the calls that make a name: removed by `undo` when it worked.
static enum outcome made(int result, const char *path, int (*undo)(const char *))
{
  if (result != 0) return refused();
  if (undo(path) != 0) note("NOT RESTORED: %.120s", path);
  return ALLOWED;
}

static enum outcome create_outside(void) { return creates(at.outside); }
static enum outcome create_in_state(void) { return creates(at.state); }
static enum outcome create_in_other_call(void) { return creates(at.othercall); }
static enum outcome create_in_bin(void) { return creates("/usr/bin"); }
static enum outcome create_in_etc(void) { return creates("/etc"); }
static enum outcome create_in_tmp(void) { return creates("/tmp"); }
static enum outcome create_in_shm(void) { return creates("/dev/shm"); }
static enum outcome append_outside(void) { return appends(in(at.outside, "truncate.txt")); }
static enum outcome write_journal(void) { return rewrites(in(at.state, "journal.db")); }
static enum outcome write_other_call(void) { return rewrites(in(at.othercall, "secret.txt")); }

static enum outcome append_by_symlink(void)
{
  if (symlink(in(at.outside, "truncate.txt"), fresh("link")) != 0) return refused();
  return appends(fresh("link"));
}

static enum outcome create_by_folder_symlink(void)
{
  if (symlink(at.outside, fresh("folder")) != 0) return refused();
  return creates(fresh("folder"));
}

static enum outcome append_by_proc_root(void)
{
  char path[4096];
  snprintf(path, sizeof path, "/proc/self/root%s/truncate.txt", at.outside);
  return appends(path);
}

static enum outcome append_by_path_descriptor(void)
{
  char path[64];
  int fd = open(in(at.outside, "truncate.txt"), O_PATH | O_CLOEXEC);
  if (fd < 0) return refused();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return appends(path);
}

static enum outcome nameless_file_outside(void)
{
  return judge(open(at.outside, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
}

static enum outcome mkdir_outside(void)
{
  const char *path = in(at.outside, at.unique);
  return made(mkdir(path, 0700), path, rmdir);
}

static enum outcome symlink_outside(void)
{
  const char *path = in(at.outside, at.unique);
  return made(symlink("/nowhere", path), path, unlink);
}

static enum outcome fifo_outside(void)
{
  const char *path = in(at.outside, at.unique);
  return made(mkfifo(path, 0600), path, unlink);
}

static enum outcome socket_outside(void)
{
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  const char *path = in(at.outside, at.unique);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return refused();
  if (strlen(path) >= sizeof name.sun_path) return skip("the path is too long for a socket");
  strcpy(name.sun_path, path);
  return made(bind(fd, (struct sockaddr *)&name, sizeof name), path, unlink);
}

// 1:1 is /dev/mem, which is never opened here: a node of that number is what a tool must not be able to have.
static enum outcome character_device(void) { return judge(mknod(fresh("mem"), S_IFCHR | 0600, makedev(1, 1))); }

static enum outcome write_device(void) { return judge(open("/dev/kmsg", O_WRONLY | O_CLOEXEC)); }

// Opened, not written: any process could then be moved out of its limits.
static enum outcome cgroup_root(void)
{
  static const char *const roots[] = {"/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/pids/cgroup.procs",
                                      "/sys/fs/cgroup/unified/cgroup.procs"};
  errno = ENOENT;
  for (int i = 0; i < 3; i++) {
    int fd = open(roots[i], O_WRONLY | O_CLOEXEC);
    if (fd >= 0) return note("%s", roots[i]), ALLOWED;
    if (errno != ENOENT) break;
  }
  return refused();
}

const struct probe fs_write_probes[] = {
    {"create-outside", create_outside, OUTSIDE},
    {"create-in-state", create_in_state, STATE},
    {"create-in-other-call", create_in_other_call, OTHERCALL},
    {"create-in-usr-bin", create_in_bin, 0},
    {"create-in-etc", create_in_etc, 0},
    {"create-in-tmp", create_in_tmp, 0},
    {"create-in-shm", create_in_shm, 0},
    {"create-by-folder-symlink", create_by_folder_symlink, OUTSIDE | HOME},
    {"append-outside", append_outside, OUTSIDE},
    {"append-by-symlink", append_by_symlink, OUTSIDE | HOME},
    {"append-by-proc-root", append_by_proc_root, OUTSIDE},
    {"append-by-path-descriptor", append_by_path_descriptor, OUTSIDE},
    {"write-state-journal", write_journal, STATE},
    {"write-other-call", write_other_call, OTHERCALL},
    {"nameless-file-outside", nameless_file_outside, OUTSIDE},
    {"mkdir-outside", mkdir_outside, OUTSIDE},
    {"symlink-outside", symlink_outside, OUTSIDE},
    {"fifo-outside", fifo_outside, OUTSIDE},
    {"socket-outside", socket_outside, OUTSIDE},
    {"mknod-character-device", character_device, HOME},
    {"write-kernel-log", write_device, 0},
    {"leave-cgroup", cgroup_root, 0},
    {0},
};
