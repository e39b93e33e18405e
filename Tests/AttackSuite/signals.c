// Signals to processes of others. Only 0 (asks for permission, delivers nothing) and two that do nothing by default.
#include "attack.h"

static enum outcome plain(void)
{
  if (kill(at.target, 0) != 0 || kill(at.target, SIGURG) != 0) return refused();
  return judge(kill(at.target, SIGCONT));
}

static enum outcome to_thread(void) { return judge(syscall(SYS_tgkill, at.target, at.target, SIGURG)); }
static enum outcome to_thread_old(void) { return judge(syscall(SYS_tkill, at.target, SIGURG)); }

static enum outcome by_descriptor(void)
{
  long fd = pidfd_of(at.target);
  return fd < 0 ? refused() : judge(syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0));
}

static siginfo_t queued(void)
{
  siginfo_t info = {.si_signo = SIGURG, .si_code = SI_QUEUE};
  info.si_pid = getpid();
  info.si_uid = getuid();
  return info;
}

static enum outcome with_value(void)
{
  siginfo_t info = queued();
  return judge(syscall(SYS_rt_sigqueueinfo, at.target, SIGURG, &info));
}

static enum outcome with_value_to_thread(void)
{
  siginfo_t info = queued();
  return judge(syscall(SYS_rt_tgsigqueueinfo, at.target, at.target, SIGURG, &info));
}

// kill(-1) succeeds as long as there is any process, whether or not it may be signalled, so it is combined with the
// check that it makes for each of them.
static enum outcome to_all(void)
{
  if (kill(-1, 0) != 0) return refused();
  return judge(kill(at.target, 0));
}

// The own group is left out: it contains the suite itself, which may be signalled.
static enum outcome to_group(void)
{
  pid_t group = getpgid(at.target);
  if (group < 0) return refused();
  if (group <= 1 || group == getpgrp()) return judge(kill(at.target, 0));
  return judge(kill(-group, 0));
}

const struct probe signal_probes[] = {
    {"kill-runtime", plain, RUNTIME},
    {"kill-guard", plain, GUARD},
    {"kill-init", plain, INIT},
    {"tgkill-runtime", to_thread, RUNTIME},
    {"tgkill-guard", to_thread, GUARD},
    {"tgkill-init", to_thread, INIT},
    {"tkill-runtime", to_thread_old, RUNTIME},
    {"pidfd-signal-runtime", by_descriptor, RUNTIME},
    {"pidfd-signal-guard", by_descriptor, GUARD},
    {"pidfd-signal-init", by_descriptor, INIT},
    {"sigqueue-runtime", with_value, RUNTIME},
    {"tgsigqueue-runtime", with_value_to_thread, RUNTIME},
    {"kill-everybody", to_all, RUNTIME},
    {"kill-runtime-group", to_group, RUNTIME},
    {"kill-guard-group", to_group, GUARD},
    {0},
};
