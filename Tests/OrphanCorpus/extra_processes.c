// Beyond the corpus: ends of processes, and numbers of them, that a runtime must get right.
#include "corpus.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *outlive_main_thread(void *unused) {
  (void)unused;
  // announce() only when the main thread is a zombie: its state is the third field, behind the name in brackets.
  for (int tries = 0; tries < 1000; tries++) {
    char path[64], text[256] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)getpid());
    FILE *file = fopen(path, "r");
    if (file == NULL) break;  // A jail without /proc: then a moment must do.
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    const char *bracket = strrchr(text, ')');
    if (bracket != NULL && strncmp(bracket, ") Z", 3) == 0) break;
    sleep_milliseconds(1);
  }
  sleep_milliseconds(10);
  announce();
  stay();
}

void extra_thread_exec(const char *argument) {
  (void)argument;
  pthread_t thread;
  if ((errno = pthread_create(&thread, NULL, outlive_main_thread, NULL)) != 0) fail("pthread_create");
  // What pthread_exit() does in the end; that one would load libgcc_s first, which a static program cannot.
  for (;;) syscall(SYS_exit, 0);
}

// Tells on stderr what came of each attempt, for a test to read.
static void try_kill(const char *whom, pid_t target) {
  int result = kill(target, SIGKILL);
  fprintf(stderr, "kill %s: %s\n", whom, result == 0 ? "done" : strerror(errno));
}

void extra_kill_init(const char *argument) {
  (void)argument;
  const char *consent = getenv("ORPHAN_CORPUS_DANGEROUS");
  if (consent == NULL || strcmp(consent, "1") != 0) {
    fprintf(stderr, "kill-init: nothing done without ORPHAN_CORPUS_DANGEROUS=1\n");
  } else {
    pid_t parent = getppid();
    if (parent > 1) try_kill("parent", parent);
    // Who may signal init is root and not in a jail: kill(-1) would take the machine down and prove no more than this.
    if (kill(1, 0) == 0) {
      fprintf(stderr, "kill everything: not tried, init is in reach\n");
    } else {
      try_kill("everything", -1);
    }
  }
  announce();
  stay();
}

enum { STORM = 2000, ZOMBIES = 50 };

void extra_orphan_storm(const char *argument) {
  (void)argument;
  for (int orphan = 0; orphan < STORM; orphan++) {
    pid_t child = spawn("oc-between");
    if (child == 0) {
      if (spawn("oc-orphan") > 0) _exit(0);
      sleep_milliseconds(1);  // Outlives its parent, so that someone else must reap it.
      _exit(0);
    }
    reap(child);
  }
  announce();
}

void extra_zombie_maker(const char *argument) {
  (void)argument;
  for (int zombie = 0; zombie < ZOMBIES; zombie++) {
    pid_t child = spawn("oc-zombie");
    if (child == 0) _exit(0);
    siginfo_t info;
    if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) != 0) fail("waitid");
  }
  announce();
  stay();
}

void extra_exit_code(const char *argument) {
  int code = (int)number_argument(argument, 0);
  announce();
  _exit(code);
}

void extra_signal(const char *argument) {
  int number = (int)number_argument(argument, 1);
  sigset_t only;
  sigemptyset(&only);
  if (sigaddset(&only, number) != 0) fail("no such signal");
  announce();
  signal(number, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  kill(getpid(), number);
  stay();  // A signal which is ignored or stops does not end us.
}

// --- fork-bomb

enum { MOST_FORKS = 5000, BOMB_SECONDS = 20 };

void extra_fork_bomb(const char *argument) {
  int most = *argument == '\0' ? MOST_FORKS : (int)number_argument(argument, 1);
  if (most > MOST_FORKS) most = MOST_FORKS;
  if (seconds_left() > BOMB_SECONDS) set_deadline(BOMB_SECONDS);
  arm_safety_net();
  // Shared by all of them, and counts forks, not living processes: what is killed does not come again for ever.
  atomic_int *forks = mmap(NULL, sizeof *forks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (forks == MAP_FAILED) fail("mmap");
  announce();
  while (!deadline_passed()) {
    if (atomic_fetch_add(forks, 1) >= most) linger();
    if (try_spawn("oc-bomb") < 0) {
      atomic_fetch_sub(forks, 1);  // No more processes for now: once again, as a bomb does.
      sleep_milliseconds(1);
    }
  }
  _exit(0);
}
