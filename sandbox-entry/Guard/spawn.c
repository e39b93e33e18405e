#include "spawn.h"

#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNAL_COUNT = 64, CHILD_STACK_SIZE = 16 * 1024 };

// The kernel's layouts. glibc's wrappers leave out the two real-time signals that it keeps for itself.
typedef uint64_t kernel_sigset;
typedef struct {
  void *handler;
  unsigned long flags;
  void *restorer;
  kernel_sigset mask;
} kernel_sigaction;

typedef struct {
  const spawn_order *order;
  pid_t parent;
  // Written by the child, which shares our memory, and read after it is gone.
  volatile csb_stage stage;
  volatile int error_number;
} child_context;

void spawn_reset_dispositions(void) {
  const kernel_sigaction action = {0};
  for (int number = 1; number <= SIGNAL_COUNT; number++) {
    if (number != SIGKILL && number != SIGSTOP) {
      syscall(SYS_rt_sigaction, number, &action, NULL, sizeof(kernel_sigset));
    }
  }
}

static int unblock_signals(void) {
  const kernel_sigset none = 0;
  return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}

static int place_descriptors(const int streams[3]) {
  int source[3] = {streams[0], streams[1], streams[2]};
  // A source that is itself 0, 1 or 2 would be overwritten before its turn.
  for (int target = 0; target < 3; target++) {
    if (source[target] < 3 && (source[target] = fcntl(source[target], F_DUPFD_CLOEXEC, 3)) < 0) return -1;
  }
  for (int target = 0; target < 3; target++) {
    if (dup2(source[target], target) < 0) return -1;
  }
  return 0;
}

static int close_other_descriptors(void) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return 0;
  if (errno != ENOSYS && errno != EPERM) return -1;
#endif
  // Kernels before 5.9.
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  int end = limit.rlim_cur < (1 << 20) ? (int)limit.rlim_cur : (1 << 20);
  for (int descriptor = 3; descriptor < end; descriptor++) close(descriptor);
  return 0;
}

// A child whose parent is gone must not begin, because nobody would end it.
static int die_with_parent(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
  if (getppid() == parent) return 0;
  errno = ESRCH;
  return -1;
}

// Runs in the child, on a stack of its own but in our memory while our thread stands still: only system calls here.
static int child_main(void *argument) {
  child_context *context = argument;
  const spawn_order *order = context->order;
  const uint32_t layers = order->limits->layers;
  csb_stage stage = CSB_STAGE_SESSION;
  if (setsid() < 0 || die_with_parent(context->parent) != 0) goto failed;

  stage = CSB_STAGE_SIGNALS;
  if (unblock_signals() != 0) goto failed;

  stage = CSB_STAGE_DESCRIPTORS;
  if (place_descriptors(order->streams) != 0) goto failed;

  stage = CSB_STAGE_DIRECTORY;
  if (chdir(order->directory) != 0) goto failed;
  umask(077);

  // From here on rights are taken away, the filter of system calls last, because it would be in the way of the others.
  stage = CSB_STAGE_LIMITS;
  if (confine_limits(order->limits) != 0) goto failed;

  stage = CSB_STAGE_CAPABILITIES;
  if (layers & CSB_DROP_CAPABILITIES && confine_capabilities() != 0) goto failed;

  stage = CSB_STAGE_PRIVILEGES;
  if (layers & CSB_NO_NEW_PRIVILEGES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) goto failed;

  stage = CSB_STAGE_LANDLOCK;
  if (order->ruleset >= 0 && confine_files(order->ruleset) != 0) goto failed;

  stage = CSB_STAGE_CLOSE;
  if (close_other_descriptors() != 0) goto failed;

  stage = CSB_STAGE_SECCOMP;
  if (order->filter && confine_calls(order->filter) != 0) goto failed;

  stage = CSB_STAGE_EXECUTE;
  execve(order->path, order->argv, order->envp);

failed:
  context->error_number = errno;
  context->stage = stage;
  _exit(127);
}

int spawn_child(const spawn_order *order, spawn_result *result) {
  child_context context = {.order = order, .parent = getpid(), .stage = CSB_STAGE_NONE, .error_number = 0};
  _Alignas(16) static char stack[CHILD_STACK_SIZE];
  const int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
  pid_t pid = clone(child_main, stack + CHILD_STACK_SIZE, flags, &context);
  if (pid < 0) {
    *result = (spawn_result){-1, CSB_STAGE_CLONE, errno};
    return -1;
  }
  if (context.stage != CSB_STAGE_NONE) {
    waitpid(pid, NULL, 0);
    *result = (spawn_result){-1, context.stage, context.error_number};
    return -1;
  }
  *result = (spawn_result){pid, CSB_STAGE_NONE, 0};
  return 0;
}
