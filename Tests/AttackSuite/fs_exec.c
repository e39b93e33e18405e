// Running code that the supervisor did not put there.
#include "attack.h"

#include <sys/mman.h>

static char *const bare[] = {"attack", NULL};

static enum outcome new_program(void)
{
  if (!copy_program("/bin/true", fresh("program"))) return broken("copy of /bin/true");
  return runs(-1, fresh("program"), bare);
}

static enum outcome new_script(void)
{
  if (!make_file(fresh("script"), "#!/bin/sh\nexit 42\n", 0700)) return broken("script in home");
  return runs(-1, fresh("script"), bare);
}

static enum outcome outside_script(void) { return runs(-1, in(at.outside, "exec.sh"), bare); }

static enum outcome outside_by_symlink(void)
{
  if (symlink(in(at.outside, "exec.sh"), fresh("link")) != 0) return refused();
  return runs(-1, fresh("link"), bare);
}

// Left open across exec on purpose: an interpreter reads its script from the descriptor.
static enum outcome outside_by_path_descriptor(void)
{
  int fd = open(in(at.outside, "exec.sh"), O_PATH);
  return fd < 0 ? refused() : runs(fd, NULL, bare);
}

static enum outcome memory_file(void)
{
  int fd = memfd_create(at.marker, MFD_CLOEXEC);
  if (fd < 0) return refused();
  if (!copy_to(fd, "/bin/true")) return broken("copy of /bin/true");
  return runs(fd, NULL, bare);
}

static enum outcome nameless_file(void)
{
  char path[64];
  int writer = open(at.home, O_TMPFILE | O_RDWR, 0700);
  if (writer < 0) return refused();
  if (!copy_to(writer, "/bin/true")) return broken("copy of /bin/true");
  snprintf(path, sizeof path, "/proc/self/fd/%d", writer);
  int fd = open(path, O_RDONLY | O_CLOEXEC);  // the kernel runs no file that is open for writing
  if (fd < 0) return refused();
  close(writer);
  return runs(fd, NULL, bare);
}

// The loader is asked to run a file that may be read but not executed.
static enum outcome by_loader(void)
{
#if defined(__x86_64__)
  const char *loader = "/lib64/ld-linux-x86-64.so.2";
#else
  const char *loader = "/lib/ld-linux-aarch64.so.1";
#endif
  char program[4096];
  snprintf(program, sizeof program, "%s", fresh("program"));
  if (!copy_program("/bin/true", program)) return broken("copy of /bin/true");
  char *const argv[] = {"ld.so", program, NULL};
  enum outcome outcome = runs(-1, loader, argv);
  return outcome == ALLOWED && strcmp(last_note(), "exit 0") != 0 ? DENIED : outcome;
}

const struct probe fs_exec_probes[] = {
    {"exec-new-program", new_program, HOME},
    {"exec-new-script", new_script, HOME},
    {"exec-outside-script", outside_script, OUTSIDE},
    {"exec-outside-by-symlink", outside_by_symlink, OUTSIDE | HOME},
    {"exec-outside-by-path-descriptor", outside_by_path_descriptor, OUTSIDE},
    {"exec-memory-file", memory_file, 0},
    {"exec-nameless-file", nameless_file, HOME},
    {"exec-by-loader", by_loader, HOME},
    {0},
};
