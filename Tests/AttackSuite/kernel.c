// Interfaces of the kernel that a tool has no use for and that have a history of holes.
#include "attack.h"

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/fanotify.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <termios.h>

#ifndef SYS_lookup_dcookie
#define SYS_lookup_dcookie 212
#endif

static enum outcome bpf_map(void)
{
  union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
  return judge(syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map));
}

static enum outcome perf_event(void)
{
  struct perf_event_attr clock = {.type = PERF_TYPE_SOFTWARE, .size = sizeof clock, .config = PERF_COUNT_SW_CPU_CLOCK};
  clock.exclude_kernel = clock.exclude_hv = 1;
  return judge(syscall(SYS_perf_event_open, &clock, 0, -1, -1, 0));
}

static enum outcome user_faults(void)
{
  enum { user_mode_only = 1 };
  return judge(syscall(SYS_userfaultfd, O_CLOEXEC | user_mode_only));
}

static enum outcome uring(void)
{
  uint64_t parameters[15] = {0};
  return judge(syscall(SYS_io_uring_setup, 1, parameters));
}

// The keyring of the probe's own process, which ends with it.
enum { own_keyring = -2, get_keyring = 0 };

static enum outcome keyring(void) { return judge(syscall(SYS_keyctl, get_keyring, own_keyring, 1)); }
static enum outcome add_key(void) { return judge(syscall(SYS_add_key, "user", at.marker, "x", 1, own_keyring)); }

static enum outcome request_key(void)
{
  enum { no_such_key = ENOKEY };
  return reached(syscall(SYS_request_key, "user", "attack-suite-none", NULL, 0), no_such_key, no_such_key);
}

// By handle a file is opened without walking the path that leads to it.
static enum outcome open_by_handle(void)
{
  char room[sizeof(struct file_handle) + MAX_HANDLE_SZ] __attribute__((aligned(8)));
  struct file_handle *handle = (struct file_handle *)room;
  int mount_id;
  handle->handle_bytes = MAX_HANDLE_SZ;
  if (name_to_handle_at(AT_FDCWD, in(at.outside, "secret.txt"), handle, &mount_id, 0) != 0) return refused();
  int mount = open(at.home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (mount < 0) return broken("open home");
  return holds_canary(open_by_handle_at(mount, handle, O_RDONLY | O_CLOEXEC));
}

static enum outcome other_personality(void) { return judge(personality(ADDR_NO_RANDOMIZE)); }

static enum outcome kernel_log(void)
{
  enum { read_all = 3 };  // reads without clearing
  char text[64];
  return judge(syscall(SYS_syslog, read_all, text, sizeof text));
}

// Typing into a terminal: here a new one, in a session of the probe's own. On a real one the text goes to the shell of
// whoever started the runtime.
static enum outcome type_into_terminal(void)
{
  char name[64], typed[4];
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, sizeof name) != 0)
    return note("no terminal: %s", errno_name(errno)), DENIED;
  setsid();
  int terminal = open(name, O_RDWR);
  if (terminal < 0) return refused();
  if (ioctl(terminal, TIOCSTI, "x") != 0 || ioctl(terminal, TIOCSTI, "\n") != 0) return refused();
  return judge(read(terminal, typed, sizeof typed));
}

static enum outcome cookie(void)
{
  char path[64];
  return reached(syscall(SYS_lookup_dcookie, (uint64_t)1, path, sizeof path), EINVAL, EINVAL);
}

static enum outcome fanotify(void)
{
  int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
  if (fd < 0) fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_CLOEXEC, O_RDONLY);
  return judge(fd);
}

static enum outcome secret_memory(void) { return judge(syscall(SYS_memfd_secret, 0)); }

#if defined(__x86_64__)
static enum outcome port_level(void) { return judge(iopl(3)); }
static enum outcome port_right(void) { return judge(ioperm(0x80, 1, 1)); }

static enum outcome descriptor_table(void)
{
  enum { read_table = 0 };
  char table[64];
  return judge(syscall(SYS_modify_ldt, read_table, table, sizeof table));
}

// The same calls under other numbers: a filter that looks at the number alone does not recognise them.
static enum outcome x32_call(void)
{
  long pid = syscall(0x40000000 | SYS_getpid);
  return pid == getpid() ? ALLOWED : refused();
}

static enum outcome call_of_32_bits(void)
{
  long result = 20;  // getpid there, writev here
  __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
  if (result == getpid()) return ALLOWED;
  return errno = (int)-result, refused();
}
#else
static enum outcome elsewhere(void) { return skip("x86-64 only"); }
#define port_level elsewhere
#define port_right elsewhere
#define descriptor_table elsewhere
#define x32_call elsewhere
#define call_of_32_bits elsewhere
#endif

static enum outcome device(const char *path, int access) { return judge(open(path, access | O_NONBLOCK | O_CLOEXEC)); }
static enum outcome device_mem(void) { return device("/dev/mem", O_RDONLY); }
static enum outcome device_kmsg(void) { return device("/dev/kmsg", O_RDONLY); }
static enum outcome device_kvm(void) { return device("/dev/kvm", O_RDWR); }
static enum outcome device_fuse(void) { return device("/dev/fuse", O_RDWR); }

const struct probe kernel_probes[] = {
    {"bpf-map-create", bpf_map, 0},
    {"perf-event-open", perf_event, 0},
    {"userfaultfd", user_faults, 0},
    {"io-uring-setup", uring, 0},
    {"keyctl", keyring, 0},
    {"add-key", add_key, 0},
    {"request-key", request_key, 0},
    {"open-by-handle-at", open_by_handle, OUTSIDE | HOME},
    {"personality", other_personality, 0},
    {"syslog", kernel_log, 0},
    {"tiocsti", type_into_terminal, 0},
    {"iopl", port_level, 0},
    {"ioperm", port_right, 0},
    {"modify-ldt", descriptor_table, 0},
    {"x32-syscall", x32_call, 0},
    {"int80-syscall", call_of_32_bits, 0},
    {"lookup-dcookie", cookie, 0},
    {"fanotify-init", fanotify, 0},
    {"memfd-secret", secret_memory, 0},
    {"open-dev-mem", device_mem, 0},
    {"open-dev-kmsg", device_kmsg, 0},
    {"open-dev-kvm", device_kvm, 0},
    {"open-dev-fuse", device_fuse, 0},
    {0},
};
