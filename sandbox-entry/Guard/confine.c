#include "confine.h"

#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif

// Soft and hard: the signal for the soft limit of CPU time tells why the program ended, SIGKILL at the hard one does not.
static int set_limit(int resource, uint64_t soft, uint64_t hard) {
  struct rlimit limit;
  if (getrlimit((__rlimit_resource_t)resource, &limit) != 0) return -1;
  // Never more than what we were given.
  rlim_t ceiling = limit.rlim_max;
  limit.rlim_max = hard < ceiling ? hard : ceiling;
  limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
  return setrlimit((__rlimit_resource_t)resource, &limit);
}

int confine_limits(const csb_request *limits) {
  if (set_limit(RLIMIT_CORE, 0, 0) != 0) return -1;
  if (limits->cpu_seconds && set_limit(RLIMIT_CPU, limits->cpu_seconds, limits->cpu_seconds + 2) != 0) return -1;
  if (limits->file_bytes && set_limit(RLIMIT_FSIZE, limits->file_bytes, limits->file_bytes) != 0) return -1;
  if (limits->open_files && set_limit(RLIMIT_NOFILE, limits->open_files, limits->open_files) != 0) return -1;
  if (limits->address_space_bytes &&
      set_limit(RLIMIT_AS, limits->address_space_bytes, limits->address_space_bytes) != 0) {
    return -1;
  }
  // The kernel counts all processes of the user here, ours among them; so this is only a dam, and the init counts.
  if (limits->processes && set_limit(RLIMIT_NPROC, limits->processes + 4096, limits->processes + 4096) != 0) return -1;

  // Both only help others; a kernel that refuses them is no reason not to start.
  setpriority(PRIO_PROCESS, 0, 5);
  int file = openat(tree_proc(), "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    if (write(file, "500", 3) < 0) errno = 0;
    close(file);
  }
  return 0;
}

void confine_bounds(void) {
  // Without CAP_SETPCAP it stays; no_new_privs then keeps the next program from taking anything out of it.
  for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0;) capability++;
}

int confine_capabilities(void) {
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) return -1;
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, none);
}

int confine_files(int ruleset) { return (int)syscall(SYS_landlock_restrict_self, ruleset, 0); }

int confine_calls(const struct sock_fprog *filter) {
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter);
}
