// Trees that leave the process group or the session which a signal to the group would reach.
#include "corpus.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

// The classic daemon: no parent, no session, no terminal, no directory, no pipe.
void case_double_fork(const char *argument) {
  (void)argument;
  gate_open();
  pid_t child = spawn("oc-between");
  if (child == 0) {
    setsid();
    if (spawn("oc-daemon") > 0) _exit(0);
    if (chdir("/") != 0) fail("chdir");
    int null = open("/dev/null", O_RDWR);
    for (int standard = 0; standard < 3; standard++) {
      // A jail may have no /dev/null; a closed descriptor is as silent.
      if (null < 0 || dup2(null, standard) < 0) close(standard);
    }
    if (null > 2) close(null);
    gate_report();
    linger();
  }
  reap(child);
  gate_wait(1);
  announce();
  stay();
}

void case_setsid(const char *argument) {
  (void)argument;
  gate_open();
  if (spawn("oc-session") == 0) {
    if (setsid() < 0) fail("setsid");
    gate_report();
    linger();
  }
  gate_wait(1);
  announce();
  stay();
}

// Whoever reads our stdout to its end waits for the grandchild.
void case_held_stdout(const char *argument) {
  (void)argument;
  gate_open();
  pid_t child = spawn("oc-between");
  if (child == 0) {
    if (spawn("oc-holder") > 0) _exit(0);
    if (setsid() < 0) fail("setsid");
    gate_report();
    linger();
  }
  reap(child);
  gate_wait(1);
  announce();
  stay();
}

enum { HOP_MS = 10 };

// In turn in a group of its own and in the group of `other`. A group that is gone cannot be joined: then it stays put.
NORETURN static void hop_between_groups(pid_t other) {
  gate_report();
  while (!deadline_passed()) {
    setpgid(0, 0);
    sleep_milliseconds(HOP_MS);
    if (setpgid(0, other) != 0) setpgid(0, getpgrp());
    sleep_milliseconds(HOP_MS);
  }
  _exit(0);
}

// A session's leader cannot begin another session, so each hop is a new process, and the old one exits.
NORETURN static void hop_between_sessions(void) {
  setsid();
  gate_report();
  while (!deadline_passed()) {
    sleep_milliseconds(HOP_MS);
    pid_t next = try_spawn("oc-hop-session");
    if (next == 0) setsid();
    if (next > 0) _exit(0);
  }
  _exit(0);
}

void case_pgid_hop(const char *argument) {
  (void)argument;
  pid_t home = getpgrp();
  signal(SIGCHLD, SIG_IGN);  // The hops leave no zombies.
  gate_open();
  pid_t first = spawn("oc-hop-home");
  if (first == 0) hop_between_groups(home);
  pid_t second = spawn("oc-hop-first");
  if (second == 0) hop_between_groups(first);
  pid_t third = spawn("oc-hop-session");
  if (third == 0) hop_between_sessions();
  gate_wait(3);
  announce();
  stay();
}
