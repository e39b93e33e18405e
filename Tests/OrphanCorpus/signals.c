// Trees that a polite signal does not end.
#include "corpus.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

void case_ignore_term(const char *argument) {
  (void)argument;
  ignore_terminating_signals();
  gate_open();
  if (spawn("oc-deaf") == 0) {
    gate_report();
    linger();
  }
  gate_wait(1);
  announce();
  stay();
}

void case_stopped(const char *argument) {
  (void)argument;
  pid_t child = spawn("oc-stopped");
  if (child == 0) {
    // The kernel sends SIGHUP and SIGCONT to the stopped members of a group that becomes an orphan.
    signal(SIGHUP, SIG_IGN);
    while (!deadline_passed()) raise(SIGSTOP);
    _exit(0);
  }
  int status;
  if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status)) fail("the child did not stop");
  announce();
  stay();
}
