// Tracing, reading and re-ranking processes of others. What is set is what was already set.
#include "attack.h"

#include <sched.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

#ifndef MADV_COLD
#define MADV_COLD 20
#endif

// SEIZE, not ATTACH: the target is not stopped, and is let go when this process ends.
static enum outcome trace(void) { return judge(ptrace(PTRACE_SEIZE, at.target, NULL, NULL)); }

// Tracing a program one has started turns that program's system calls into one's own choice.
static enum outcome trace_child(void)
{
  pid_t child = helper();
  if (child == 0) {
    pause();
    _exit(0);
  }
  enum outcome outcome = judge(ptrace(PTRACE_SEIZE, child, NULL, NULL));
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return outcome;
}

static enum outcome limits(void)
{
  struct rlimit limit;
  if (prlimit(at.target, RLIMIT_MSGQUEUE, NULL, &limit) != 0) return refused();
  return judge(prlimit(at.target, RLIMIT_MSGQUEUE, &limit, NULL));
}

static enum outcome nice_value(void)
{
  errno = 0;
  int value = getpriority(PRIO_PROCESS, (id_t)at.target);
  if (errno != 0) return refused();
  return judge(setpriority(PRIO_PROCESS, (id_t)at.target, value));
}

static enum outcome processors(void)
{
  unsigned long mask[64] = {0};
  long size = syscall(SYS_sched_getaffinity, at.target, sizeof mask, mask);
  if (size < 0) return refused();
  return judge(syscall(SYS_sched_setaffinity, at.target, size, mask));
}

static enum outcome scheduler(void)
{
  struct sched_param param;
  int policy = sched_getscheduler(at.target);
  if (policy < 0 || sched_getparam(at.target, &param) != 0) return refused();
  return judge(sched_setscheduler(at.target, policy, &param));
}

static enum outcome io_rank(void)
{
  enum { who_process = 1 };
  long rank = syscall(SYS_ioprio_get, who_process, at.target);
  if (rank < 0) return refused();
  return judge(syscall(SYS_ioprio_set, who_process, at.target, rank));
}

// Address 0 is never mapped: EFAULT means that the right was granted and only the address was wrong.
static enum outcome read_memory(void)
{
  char bytes[8];
  struct iovec here = {bytes, sizeof bytes}, there = {NULL, sizeof bytes};
  return reached(process_vm_readv(at.target, &here, 1, &there, 1, 0), EFAULT, EFAULT);
}

static enum outcome write_memory(void)
{
  char bytes[8] = "";
  struct iovec here = {bytes, sizeof bytes}, there = {NULL, sizeof bytes};
  return reached(process_vm_writev(at.target, &here, 1, &there, 1, 0), EFAULT, EFAULT);
}

static enum outcome advise_memory(void)
{
  struct iovec there = {NULL, 4096};
  long fd = pidfd_of(at.target);
  if (fd < 0) return refused();
  return reached(syscall(SYS_process_madvise, fd, &there, 1, MADV_COLD, 0), ENOMEM, EFAULT);
}

static enum outcome compare(void)
{
  enum { kcmp_vm = 1 };
  return judge(syscall(SYS_kcmp, getpid(), at.target, kcmp_vm, 0, 0));
}

static enum outcome take_descriptor(void)
{
  long fd = pidfd_of(at.target);
  if (fd < 0) return refused();
  return reached(syscall(SYS_pidfd_getfd, fd, 0, 0), EBADF, EBADF);
}

static enum outcome robust_list(void)
{
  void *head;
  size_t size;
  return judge(syscall(SYS_get_robust_list, at.target, &head, &size));
}

const struct probe inspect_probes[] = {
    {"ptrace-runtime", trace, RUNTIME},
    {"ptrace-guard", trace, GUARD},
    {"ptrace-init", trace, INIT},
    {"ptrace-own-child", trace_child, 0},
    {"prlimit-runtime", limits, RUNTIME},
    {"prlimit-guard", limits, GUARD},
    {"setpriority-runtime", nice_value, RUNTIME},
    {"sched-setaffinity-runtime", processors, RUNTIME},
    {"sched-setscheduler-runtime", scheduler, RUNTIME},
    {"ioprio-set-runtime", io_rank, RUNTIME},
    {"process-vm-readv-runtime", read_memory, RUNTIME},
    {"process-vm-readv-guard", read_memory, GUARD},
    {"process-vm-writev-runtime", write_memory, RUNTIME},
    {"process-madvise-runtime", advise_memory, RUNTIME},
    {"kcmp-runtime", compare, RUNTIME},
    {"pidfd-getfd-runtime", take_descriptor, RUNTIME},
    {"pidfd-getfd-guard", take_descriptor, GUARD},
    {"get-robust-list-runtime", robust_list, RUNTIME},
    {0},
};
