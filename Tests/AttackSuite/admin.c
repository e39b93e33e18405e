// Running the machine. Every call carries an argument that the kernel refuses after it has granted the right, or sets
// what is already set: EPERM means denied, the other error means that the real call would have worked.
#include "attack.h"

#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

enum { unknown_flag = 0x8000 };

static enum outcome load_kernel(void)
{
  return reached(syscall(SYS_kexec_load, 0, 0, NULL, unknown_flag), EINVAL, EINVAL);
}

static enum outcome load_kernel_file(void)
{
  return reached(syscall(SYS_kexec_file_load, -1, -1, 0, NULL, unknown_flag), EINVAL, EINVAL);
}

static enum outcome load_module(void) { return reached(syscall(SYS_init_module, NULL, 0, ""), ENOEXEC, EFAULT); }
static enum outcome load_module_file(void) { return reached(syscall(SYS_finit_module, -1, "", 0), EBADF, EBADF); }

static enum outcome remove_module(void)
{
  return reached(syscall(SYS_delete_module, "attack_suite_none", O_NONBLOCK), ENOENT, ENOENT);
}

static enum outcome restart(void) { return reached(syscall(SYS_reboot, 0, 0, 0, NULL), EINVAL, EINVAL); }
static enum outcome swap_on(void) { return reached(syscall(SYS_swapon, "/attack-suite-none", 0), ENOENT, ENOENT); }
static enum outcome swap_off(void) { return reached(syscall(SYS_swapoff, "/attack-suite-none"), ENOENT, ENOENT); }
static enum outcome accounting(void) { return reached(acct("/attack-suite-none"), ENOENT, ENOENT); }

// Asks for the quota of no file system: writes back what is due anyway.
static enum outcome quota(void)
{
  const unsigned sync_quota = 0x80000100u;  // QCMD(Q_SYNC, USRQUOTA)
  return judge(syscall(SYS_quotactl, sync_quota, NULL, 0, NULL));
}

static enum outcome set_clock(void)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return judge(syscall(SYS_clock_settime, CLOCK_REALTIME, &now));
}

// The C library would make clock_settime of it.
static enum outcome set_clock_old(void)
{
  struct timeval now;
  gettimeofday(&now, NULL);
  return judge(syscall(SYS_settimeofday, &now, NULL));
}

static enum outcome tick(int (*adjust)(struct timex *))
{
  struct timex clock = {0};
  if (adjust(&clock) < 0) return refused();
  clock.modes = ADJ_TICK;
  return judge(adjust(&clock));
}

static int adjust_realtime(struct timex *clock) { return (int)syscall(SYS_clock_adjtime, CLOCK_REALTIME, clock); }
static int adjust(struct timex *clock) { return (int)syscall(SYS_adjtimex, clock); }
static enum outcome adjust_clock(void) { return tick(adjust_realtime); }
static enum outcome adjust_clock_old(void) { return tick(adjust); }

static enum outcome host_name(void)
{
  char name[256];
  if (gethostname(name, sizeof name) != 0) return broken("gethostname");
  return judge(sethostname(name, strlen(name)));
}

const struct probe admin_probes[] = {
    {"kexec-load", load_kernel, 0},
    {"kexec-file-load", load_kernel_file, 0},
    {"init-module", load_module, 0},
    {"finit-module", load_module_file, 0},
    {"delete-module", remove_module, 0},
    {"reboot", restart, 0},
    {"swapon", swap_on, 0},
    {"swapoff", swap_off, 0},
    {"acct", accounting, 0},
    {"quotactl", quota, 0},
    {"clock-settime", set_clock, 0},
    {"settimeofday", set_clock_old, 0},
    {"clock-adjtime", adjust_clock, 0},
    {"adjtimex", adjust_clock_old, 0},
    {"sethostname", host_name, 0},
    {0},
};
