#include "corpus.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// --- Life time

// Who can leaves at the deadline by itself; the net catches the others a moment later.
enum { NET_DELAY_MS = 250, GATE_PATIENCE_MS = 20 * 1000 };

// Absolute, so that a successor has no more time than what its forebears left.
static struct timespec deadline;

static long long milliseconds_left(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (deadline.tv_sec - now.tv_sec) * 1000LL + (deadline.tv_nsec - now.tv_nsec) / 1000000;
}

void set_deadline(long seconds) {
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += seconds;
}

bool deadline_passed(void) { return milliseconds_left() <= 0; }

long seconds_left(void) { return (long)(milliseconds_left() / 1000); }

void arm_safety_net(void) {
  long long wait = milliseconds_left() + NET_DELAY_MS;
  if (wait < 1) _exit(0);
  time_t seconds = (time_t)(wait / 1000);
  long rest = (long)(wait % 1000);

  // SIGKILL can neither be ignored nor wait for SIGCONT, which SIGALRM would do in a stopped process.
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
  struct itimerspec once = {.it_value = {.tv_sec = seconds, .tv_nsec = rest * 1000000L}};
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) timer_settime(timer, 0, &once, NULL);

  // A second net, which unlike the first one stays over exec, and where a jail forbids the first.
  signal(SIGALRM, SIG_DFL);
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
  struct itimerval alarm = {.it_value = {.tv_sec = seconds, .tv_usec = rest * 1000}};
  setitimer(ITIMER_REAL, &alarm, NULL);
}

void sleep_milliseconds(long milliseconds) {
  struct timespec left = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

void linger(void) {
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) == EINTR) continue;
  _exit(0);
}

// --- Making the tree

void fail(const char *what) {
  // One write: stderr may be shared by many of us.
  char text[256];
  int length = snprintf(text, sizeof text, "orphan-corpus: %s: %s\n", what, strerror(errno));
  if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0) _exit(EXIT_FAILURE_OF_CASE);
  _exit(EXIT_FAILURE_OF_CASE);
}

void become(const char *role) {
  prctl(PR_SET_NAME, role, 0, 0, 0);
  arm_safety_net();
}

pid_t try_spawn(const char *role) {
  pid_t child = fork();
  if (child == 0) become(role);
  return child;
}

pid_t spawn(const char *role) {
  pid_t child = try_spawn(role);
  if (child < 0) fail("fork");
  return child;
}

void reap(pid_t child) {
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
}

void ignore_terminating_signals(void) {
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
}

static int gate[2];

void gate_open(void) {
  if (pipe2(gate, O_CLOEXEC) != 0) fail("pipe");
}

int gate_writer(void) { return gate[1]; }

void gate_report(void) {
  if (write(gate[1], "x", 1) != 1) fail("the gate");
  close(gate[0]);
  close(gate[1]);
}

void gate_wait(int reports) {
  close(gate[1]);
  char buffer[64];
  while (reports > 0) {
    struct pollfd readable = {.fd = gate[0], .events = POLLIN};
    int count = poll(&readable, 1, GATE_PATIENCE_MS);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) errno = ETIMEDOUT;
    if (count <= 0) fail("waiting for the tree");
    ssize_t bytes = read(gate[0], buffer, sizeof buffer);
    if (bytes == 0) errno = ECHILD;
    if (bytes <= 0) fail("a process of the tree is gone");
    reports -= (int)bytes;
  }
  close(gate[0]);
}

// --- The main process

// Who waits for the file must not see it without the pid: so it is written under another name first.
static int write_hidden_file(const char *name, char *hidden, size_t size, pid_t pid) {
  snprintf(hidden, size, "%s.tmp", name);
  int file = open(hidden, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0 || dprintf(file, "%d\n", (int)pid) < 0) fail(hidden);
  return file;
}

// Out of the way of the descriptors that a shell uses.
enum { LOCK_DESCRIPTOR = 20 };

static char ready_file_hidden[PATH_MAX];

void prepare_ready_file(void) {
  if (options.ready_file == NULL) return;
  int file = write_hidden_file(options.ready_file, ready_file_hidden, sizeof ready_file_hidden, getpid());
  // Every process of the tree inherits the descriptor, also over exec. The lock belongs to the open file, which is
  // closed when the last of them is gone.
  if (flock(file, LOCK_EX | LOCK_NB) != 0) fail("flock");
  if (dup2(file, LOCK_DESCRIPTOR) < 0) fail("dup2");
  close(file);
}

void show_ready_file(void) {
  if (options.ready_file != NULL && rename(ready_file_hidden, options.ready_file) != 0) fail(options.ready_file);
}

void announce_call(pid_t daemon) {
  if (options.ready_file == NULL) return;
  char name[PATH_MAX], hidden[PATH_MAX];
  snprintf(name, sizeof name, "%s.call", options.ready_file);
  close(write_hidden_file(name, hidden, sizeof hidden, daemon));
  if (rename(hidden, name) != 0) fail(name);
}

void announce(void) {
  show_ready_file();
  if (write(STDOUT_FILENO, "ready\n", 6) != 6) fail("stdout");
}

void stay(void) {
  if (options.exits) _exit(0);
  linger();
}
