#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif

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
  const csb_spawn_request *request;
  // Written by the child, which shares our memory, and read after it is gone.
  volatile csb_stage stage;
  volatile int error_number;
} child_context;

static int set_signal_mask(const kernel_sigset *mask, kernel_sigset *previous) {
  return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, previous, sizeof(kernel_sigset));
}

static int reset_signals(void) {
  kernel_sigaction action = {0};
  for (int number = 1; number <= SIGNAL_COUNT; number++) {
    if (number != SIGKILL && number != SIGSTOP &&
        syscall(SYS_rt_sigaction, number, &action, NULL, sizeof(kernel_sigset)) != 0) {
      return -1;
    }
  }
  // Only now: until here a signal would have run one of our handlers, in our memory.
  kernel_sigset none = 0;
  return set_signal_mask(&none, NULL);
}

static int place_descriptors(const csb_spawn_request *request) {
  int source[3] = {request->input, request->output, request->error};
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
  if (errno != ENOSYS) return -1;
#endif
  // Kernels before 5.9.
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  int end = limit.rlim_cur < (1 << 20) ? (int)limit.rlim_cur : (1 << 20);
  for (int descriptor = 3; descriptor < end; descriptor++) close(descriptor);
  return 0;
}

// Runs in the child, on a stack of its own but in our memory while our thread stands still: only system calls here.
static int child_main(void *argument) {
  child_context *context = argument;
  const csb_spawn_request *request = context->request;
  csb_stage stage = CSB_STAGE_SESSION;
  if (setsid() < 0) goto failed;

  stage = CSB_STAGE_SIGNALS;
  if (reset_signals() != 0) goto failed;

  stage = CSB_STAGE_DESCRIPTORS;
  if (place_descriptors(request) != 0) goto failed;

  stage = CSB_STAGE_DIRECTORY;
  if (chdir(request->directory) != 0) goto failed;
  umask(077);

  // Everything that takes rights away comes here, from limits to filters, and before the last two steps.
  stage = CSB_STAGE_PRIVILEGES;
  if (request->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) goto failed;

  stage = CSB_STAGE_CLOSE;
  if (close_other_descriptors() != 0) goto failed;

  stage = CSB_STAGE_EXECUTE;
  execve(request->path, request->argv, request->envp);

failed:
  context->error_number = errno;
  context->stage = stage;
  _exit(127);
}

static int fail(csb_spawn_result *result, csb_stage stage, int error_number) {
  *result = (csb_spawn_result){-1, -1, stage, error_number};
  return -1;
}

static void collect(pid_t pid) {
  bool signaled;
  int status;
  csb_reap(pid, true, &signaled, &status);
}

int csb_spawn(const csb_spawn_request *request, csb_spawn_result *result) {
  child_context context = {.request = request, .stage = CSB_STAGE_NONE, .error_number = 0};
  _Alignas(16) char stack[CHILD_STACK_SIZE];
  const int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
  int pidfd = -1;

  // A signal must not run one of our handlers in the child, which shares our memory.
  kernel_sigset all = ~(kernel_sigset)0, previous;
  if (set_signal_mask(&all, &previous) != 0) return fail(result, CSB_STAGE_CLONE, errno);
  pid_t pid = clone(child_main, stack + CHILD_STACK_SIZE, flags | CLONE_PIDFD, &context, &pidfd);
  int clone_error = errno;
  set_signal_mask(&previous, NULL);

  if (pid < 0) return fail(result, CSB_STAGE_CLONE, clone_error);
  if (context.stage != CSB_STAGE_NONE) {
    collect(pid);
    if (pidfd >= 0) close(pidfd);
    return fail(result, context.stage, context.error_number);
  }
  // Kernels before 5.2 ignore CLONE_PIDFD.
  if (pidfd < 0) {
    kill(-pid, SIGKILL);
    collect(pid);
    return fail(result, CSB_STAGE_CLONE, ENOSYS);
  }
  *result = (csb_spawn_result){pid, pidfd, CSB_STAGE_NONE, 0};
  return 0;
}

int csb_reap(pid_t pid, bool block, bool *signaled, int *status) {
  siginfo_t info;
  int result;
  do {
    memset(&info, 0, sizeof info);
    result = waitid(P_PID, (id_t)pid, &info, WEXITED | (block ? 0 : WNOHANG));
  } while (result != 0 && errno == EINTR);
  if (result != 0) return -1;
  if (info.si_pid == 0) return 0;
  *signaled = info.si_code != CLD_EXITED;
  *status = info.si_status;
  return 1;
}
