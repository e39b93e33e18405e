// Trees that grow again, or hide a process behind another one.
#include "corpus.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

// --- fork-loop

// Each lineage is one process, and two between the fork of the successor and the exit of its parent: at most 29 with
// the main process, even if all of them hand over at once.
enum { LINEAGES = 14, GENERATION_MS = 5 };

NORETURN static void live_by_generations(void) {
  gate_report();
  while (!deadline_passed()) {
    sleep_milliseconds(GENERATION_MS);
    // Without a process to have, this generation lives on and tries again.
    if (try_spawn("oc-generation") > 0) _exit(0);
  }
  _exit(0);
}

void case_fork_loop(const char *argument) {
  (void)argument;
  signal(SIGCHLD, SIG_IGN);  // The first generation leaves no zombies.
  gate_open();
  for (int lineage = 0; lineage < LINEAGES; lineage++) {
    if (spawn("oc-generation") == 0) live_by_generations();
  }
  gate_wait(LINEAGES);
  announce();
  stay();
}

// --- fork-tree

enum { TREE_DEPTH = 4 };

// Makes two children, which do the same with one level less.
static void branch(int levels) {
  if (levels == 0) return;
  for (int child = 0; child < 2; child++) {
    if (spawn("oc-branch") != 0) continue;
    branch(levels - 1);
    gate_report();
    linger();
  }
}

void case_fork_tree(const char *argument) {
  (void)argument;
  gate_open();
  branch(TREE_DEPTH);
  gate_wait((2 << TREE_DEPTH) - 2);  // all but the root
  announce();
  stay();
}

// --- respawner

// The worker keeps the writing end of its lifeline: when it dies, however it does, the watcher reads the end.
NORETURN static void work(const int lifeline[2]) {
  close(lifeline[0]);
  linger();
}

NORETURN static void watch(int lifeline[2]) {
  while (!deadline_passed()) {
    close(lifeline[1]);
    char byte;
    while (read(lifeline[0], &byte, 1) > 0) continue;
    close(lifeline[0]);
    if (deadline_passed()) break;
    if (pipe2(lifeline, O_CLOEXEC) != 0) fail("pipe");
    pid_t worker;
    while ((worker = try_spawn("oc-worker")) < 0) sleep_milliseconds(10);
    if (worker == 0) work(lifeline);
  }
  _exit(0);
}

void case_respawner(const char *argument) {
  (void)argument;
  int lifeline[2];
  ignore_terminating_signals();
  signal(SIGCHLD, SIG_IGN);
  gate_open();
  if (pipe2(lifeline, O_CLOEXEC) != 0) fail("pipe");
  if (spawn("oc-watcher") == 0) {
    if (setsid() < 0) fail("setsid");
    gate_report();
    watch(lifeline);
  }
  if (spawn("oc-worker") == 0) {
    gate_report();
    work(lifeline);
  }
  close(lifeline[0]);
  close(lifeline[1]);
  gate_wait(2);
  announce();
  stay();
}

// --- vfork-chain

// vfork() with a stack for each child: if a link in the middle is killed, its parent goes on while its child still
// runs in the same memory.
enum { BLOCKED_LINKS = 2, LINK_STACK = 64 * 1024 };

static _Alignas(16) char link_stacks[BLOCKED_LINKS][LINK_STACK];

static int link_main(void *context) {
  int depth = (int)(intptr_t)context;
  if (depth == BLOCKED_LINKS) {
    become("oc-vfork-last");
    gate_report();
    linger();
  }
  become("oc-vfork");
  // Does not return before the child execs or is gone, and it never execs. ps shows us in state D.
  if (clone(link_main, link_stacks[depth] + LINK_STACK, CLONE_VM | CLONE_VFORK | SIGCHLD,
            (void *)(intptr_t)(depth + 1)) < 0) {
    fail("clone");
  }
  linger();
}

void case_vfork_chain(const char *argument) {
  (void)argument;
  gate_open();
  if (spawn("oc-vfork") == 0) link_main((void *)0);
  gate_wait(1);
  announce();
  stay();
}
