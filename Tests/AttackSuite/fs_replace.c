// Emptying, removing, linking and moving files across the border of the call's folder.
#include "attack.h"

// Empties the file by opening it, and checks that it is empty. O_RDONLY|O_TRUNC needs no right to write in the eyes of
// a Landlock older than ABI 3.
static enum outcome emptied_by_open(int access)
{
  struct saved saved;
  struct stat st;
  const char *path = in(at.outside, "truncate.txt");
  save(path, &saved);
  int fd = open(path, access | O_TRUNC | O_CLOEXEC);
  if (fd < 0) return refused();
  if (fstat(fd, &st) != 0) return broken("fstat");
  put_back(path, &saved);
  if (st.st_size == 0) return ALLOWED;
  note("opened, but not emptied");
  return DENIED;
}

static enum outcome truncate_by_open(void) { return emptied_by_open(O_WRONLY); }
static enum outcome truncate_by_reading_open(void) { return emptied_by_open(O_RDONLY); }

// Makes the file longer and short again: its content survives without having been read.
static enum outcome truncate_by_call(void)
{
  struct stat before, after;
  const char *path = in(at.outside, "truncate.txt");
  if (stat(path, &before) != 0) return refused();
  if (truncate(path, before.st_size + 1) != 0) return refused();
  bool grown = stat(path, &after) == 0 && after.st_size == before.st_size + 1;
  if (truncate(path, before.st_size) != 0) note("NOT RESTORED: %.120s", path);
  return grown ? ALLOWED : broken("stat");
}

static enum outcome unlink_outside(void)
{
  struct saved saved;
  const char *path = in(at.outside, "hardlink-target.txt");
  save(path, &saved);
  if (unlink(path) != 0) return refused();
  put_back(path, &saved);
  return ALLOWED;
}

static enum outcome rmdir_outside(void)
{
  struct stat st;
  const char *path = in(at.outside, "subdir");
  if (stat(path, &st) != 0 || rmdir(path) != 0) return refused();
  bool again = mkdir(path, 0700) == 0 && chmod(path, st.st_mode & 07777) == 0;
  if (again && (st.st_uid != geteuid() || st.st_gid != getegid())) again = chown(path, st.st_uid, st.st_gid) == 0;
  if (!again) note("NOT RESTORED: %.120s", path);
  return ALLOWED;
}

static enum outcome linked(int result, const char *link)
{
  if (result != 0) return refused();
  if (unlink(link) != 0) note("NOT RESTORED: %.120s", link);
  return ALLOWED;
}

static enum outcome link_into_home(void)
{
  const char *link_name = fresh("hardlink");
  return linked(link(in(at.outside, "hardlink-target.txt"), link_name), link_name);
}

static enum outcome link_by_path_descriptor(void)
{
  char path[64];
  const char *link_name = fresh("hardlink");
  int fd = open(in(at.outside, "hardlink-target.txt"), O_PATH | O_CLOEXEC);
  if (fd < 0) return refused();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return linked(linkat(AT_FDCWD, path, AT_FDCWD, link_name, AT_SYMLINK_FOLLOW), link_name);
}

static enum outcome link_out_of_home(void)
{
  const char *link_name = in(at.outside, at.unique);
  if (!make_file(fresh("mine"), "mine", 0600)) return broken("file in home");
  return linked(link(fresh("mine"), link_name), link_name);
}

static enum outcome moved(const char *from, const char *to)
{
  if (rename(from, to) != 0) return refused();
  if (rename(to, from) != 0) note("NOT RESTORED: %.120s", from);
  return ALLOWED;
}

static enum outcome rename_into_home(void) { return moved(in(at.outside, "hardlink-target.txt"), fresh("moved")); }
static enum outcome rename_folder_into_home(void) { return moved(in(at.outside, "subdir"), fresh("folder")); }

static enum outcome rename_within_outside(void)
{
  return moved(in(at.outside, "hardlink-target.txt"), in(at.outside, at.unique));
}

static enum outcome rename_out_of_home(void)
{
  if (!make_file(fresh("mine"), "mine", 0600)) return broken("file in home");
  return moved(fresh("mine"), in(at.outside, at.unique));
}

static enum outcome rename_exchange(void)
{
  const char *mine = fresh("mine"), *theirs = in(at.outside, "hardlink-target.txt");
  enum { exchange = 2 };
  if (!make_file(mine, "mine", 0600)) return broken("file in home");
  if (syscall(SYS_renameat2, AT_FDCWD, mine, AT_FDCWD, theirs, exchange) != 0) return refused();
  if (syscall(SYS_renameat2, AT_FDCWD, mine, AT_FDCWD, theirs, exchange) != 0) note("NOT RESTORED: %.120s", theirs);
  return ALLOWED;
}

const struct probe fs_replace_probes[] = {
    {"truncate-by-open", truncate_by_open, OUTSIDE},
    {"truncate-by-reading-open", truncate_by_reading_open, OUTSIDE},
    {"truncate-by-call", truncate_by_call, OUTSIDE},
    {"unlink-outside", unlink_outside, OUTSIDE},
    {"rmdir-outside", rmdir_outside, OUTSIDE},
    {"hardlink-into-home", link_into_home, OUTSIDE | HOME},
    {"hardlink-by-path-descriptor", link_by_path_descriptor, OUTSIDE | HOME},
    {"hardlink-out-of-home", link_out_of_home, OUTSIDE | HOME},
    {"rename-into-home", rename_into_home, OUTSIDE | HOME},
    {"rename-folder-into-home", rename_folder_into_home, OUTSIDE | HOME},
    {"rename-within-outside", rename_within_outside, OUTSIDE},
    {"rename-out-of-home", rename_out_of_home, OUTSIDE | HOME},
    {"rename-exchange", rename_exchange, OUTSIDE | HOME},
    {0},
};
