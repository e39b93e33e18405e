// What this kernel offers.
#include "include/CSandbox.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif

int csb_landlock_abi(void) {
  const int version_flag = 1;
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, version_flag);
  return version > 0 ? (int)version : 0;
}

bool csb_has_seccomp(void) {
  // Without a program the kernel says EFAULT, one that knows no filters EINVAL.
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) != 0 && errno == EFAULT;
}
