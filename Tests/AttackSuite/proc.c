// What /proc tells about, and lets one do to, processes of others and the kernel.
#include "attack.h"

#include <dirent.h>

static const char *of_target(const char *name)
{
  char folder[32];
  snprintf(folder, sizeof folder, "/proc/%d", at.target);
  return in(folder, name);
}

// A scrubbed environment is a row of zeros: reading those is no success.
static enum outcome environment(void)
{
  char bytes[4096];
  int fd = open(of_target("environ"), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refused();
  ssize_t count = read(fd, bytes, sizeof bytes);
  if (count < 0) return refused();
  for (ssize_t i = 0; i < count; i++)
    if (bytes[i]) return ALLOWED;
  note("empty");
  return DENIED;
}

static enum outcome has_content(const char *path)
{
  enum outcome outcome = opens(path);
  return outcome == ALLOWED && strcmp(last_note(), "empty") == 0 ? DENIED : outcome;
}

static enum outcome maps(void) { return has_content(of_target("maps")); }
static enum outcome command_line(void) { return has_content(of_target("cmdline")); }
static enum outcome status(void) { return has_content(of_target("status")); }

static enum outcome memory(void)
{
  int fd = open(of_target("mem"), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refused();
  unsigned long start = 0;
  FILE *map = fopen(of_target("maps"), "re");
  char bytes[4];
  if (!map || fscanf(map, "%lx", &start) != 1) return note("opened, no address known"), ALLOWED;
  return judge(pread(fd, bytes, sizeof bytes, (off_t)start));
}

static enum outcome descriptors(void)
{
  char target[256];
  DIR *folder = opendir(of_target("fd"));
  if (!folder) return refused();
  errno = ENOENT;
  for (struct dirent *entry; (entry = readdir(folder));)
    if (entry->d_name[0] != '.') return judge(readlinkat(dirfd(folder), entry->d_name, target, sizeof target));
  return refused();
}

static enum outcome working_folder(void)
{
  char target[256];
  return judge(readlink(of_target("cwd"), target, sizeof target));
}

static enum outcome root_folder(void) { return lists(of_target("root/")); }

// Writes the text that was read.
static enum outcome rewrites(const char *path)
{
  char text[256];
  int reader = open(path, O_RDONLY | O_CLOEXEC), writer = open(path, O_WRONLY | O_CLOEXEC);
  if (writer < 0) return refused();
  ssize_t count = reader < 0 ? -1 : read(reader, text, sizeof text);
  if (count <= 0) return note("opened for writing"), ALLOWED;
  return judge(write(writer, text, (size_t)count));
}

static enum outcome oom_score(void) { return rewrites(of_target("oom_score_adj")); }
static enum outcome core_pattern(void) { return rewrites("/proc/sys/kernel/core_pattern"); }
static enum outcome user_namespaces(void) { return rewrites("/proc/sys/user/max_user_namespaces"); }

// Only opened: whatever is written here restarts or halts the machine.
static enum outcome system_request(void) { return judge(open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC)); }

static enum outcome kernel_memory(void)
{
  char magic[4] = "";
  int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refused();
  return judge(read(fd, magic, sizeof magic));
}

static enum outcome kernel_addresses(void)
{
  unsigned long long address = 0;
  char line[256];
  FILE *symbols = fopen("/proc/kallsyms", "re");
  if (!symbols) return refused();
  // The first symbols are offsets into per-processor data and may well be 0.
  for (int i = 0; i < 1000 && address == 0 && fgets(line, sizeof line, symbols); i++)
    address = strtoull(line, NULL, 16);
  if (address) return ALLOWED;
  note("all 0");
  return DENIED;
}

static enum outcome processes(void) { return lists("/proc"); }
static enum outcome mounts(void) { return has_content("/proc/self/mountinfo"); }
static enum outcome connections(void) { return has_content("/proc/net/tcp"); }

const struct probe proc_probes[] = {
    {"runtime-environ", environment, RUNTIME},
    {"runtime-maps", maps, RUNTIME},
    {"runtime-mem", memory, RUNTIME},
    {"runtime-fd", descriptors, RUNTIME},
    {"runtime-cmdline", command_line, RUNTIME},
    {"runtime-status", status, RUNTIME},
    {"runtime-cwd", working_folder, RUNTIME},
    {"runtime-root", root_folder, RUNTIME},
    {"runtime-oom-score", oom_score, RUNTIME},
    {"guard-environ", environment, GUARD},
    {"guard-maps", maps, GUARD},
    {"guard-mem", memory, GUARD},
    {"guard-fd", descriptors, GUARD},
    {"init-environ", environment, INIT},
    {"init-mem", memory, INIT},
    {"list-processes", processes, 0},
    {"read-mountinfo", mounts, 0},
    {"read-net-tcp", connections, 0},
    {"write-core-pattern", core_pattern, 0},
    {"write-user-namespaces", user_namespaces, 0},
    {"open-sysrq-trigger", system_request, 0},
    {"read-kcore", kernel_memory, 0},
    {"read-kernel-addresses", kernel_addresses, 0},
    {0},
};
