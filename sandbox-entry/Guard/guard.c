#include "guard.h"

#include "CSandbox.h"
#include "inits.h"
#include "runtime.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  // In contract.md, section 4.
  EXIT_INTERNAL = 70,
  STARTS_LIMIT = 3,
  SWEEP_MS = 2000,
  ORPHAN_SWEEP_MS = 100,
  GRACE_MS = 8000,
  // What the runtime gets on top of its own bounds before it is killed.
  PATIENCE_MS = 500,
  HURRY_MS = 1500,
  LAST_WORDS_MS = 3000,
  // Two signals in this time from one sender are one, if he is in our process group: `timeout` sends to its child and
  // then to its group, and may have to wait for a processor in between.
  ECHO_US = 100000,
  // The runtime passes on what it gets itself; that is usually what we got, too.
  RELAY_US = 1000000,
};

typedef struct {
  int socket;       // orders of the runtime
  int signals;
  int lifeline;  // whose end tells the inits that we are gone
  init_surroundings around;
  init_list inits;
  cgroup_tree groups;
  pid_t runtime;    // 0 when it is not our child
  bool has_ended;
  int ended_by;     // a signal, or 0
  int code;
  bool runs_session;
  int64_t grace_ms;
  int stops;
  int stop_signal;
  int64_t kill_at;
  pid_t last_sender;
  int last_signal;
  int64_t last_signal_us;
} guard_state;

// MARK: - Children

static bool is_known(void *context, pid_t child) {
  const guard_state *guard = context;
  return child == guard->runtime || inits_know(&guard->inits, child);
}

static void collected(void *context, const siginfo_t *end) {
  guard_state *guard = context;
  if (end->si_pid == guard->runtime) {
    guard->has_ended = true;
    guard->ended_by = end->si_code == CLD_EXITED ? 0 : end->si_status;
    guard->code = end->si_code == CLD_EXITED ? end->si_status : 0;
    guard->runtime = 0;
    return;
  }
  inits_collected(&guard->inits, end);
}

static void collect(guard_state *guard) {
  inits_wake(&guard->inits);
  tree_collect(collected, guard);
  inits_tidy(&guard->inits, &guard->groups);
  if (!guard->inits.has_orphans) return;
  guard->inits.has_orphans = tree_kill(ORPHAN_SWEEP_MS, is_known, collected, guard) > 0;
}

// MARK: - Orders

static void spawn(guard_state *guard, uint32_t layers, const int descriptors[CSB_SPAWN_DESCRIPTORS]) {
  init_surroundings around = guard->around;
  // What has been taken from one in advance it cannot get back.
  const bool is_usual = ((layers ^ around.system.layers) & (CSB_NAMESPACES | CSB_DROP_CAPABILITIES)) == 0;
  if (!is_usual) around.system.layers = 0;
  if (!is_usual || !inits_use_spare(&guard->inits, descriptors)) {
    inits_start(&guard->inits, &around, layers & CSB_LIMITED ? &guard->groups : NULL, descriptors);
  }
  inits_prepare(&guard->inits, &guard->around, &guard->groups);
}

// Keeps what every program may read. False for what are no rules.
static bool keep_rules(guard_state *guard, const csb_guard_message *message, const char *rules, size_t size) {
  char *copy = malloc(size + 1);
  if (!copy) return false;
  memcpy(copy, rules, size);
  free(guard->around.system.rules);
  guard->around.system = (init_system){copy, message->number, message->landlock_abi, message->layers};
  return true;
}

static int make_view(guard_state *guard, int *listener) {
  const init_system *system = &guard->around.system;
  return view_make(&guard->around.view, system->rules, system->count, listener);
}

static int make_groups(guard_state *guard, csb_guard_reply *reply) {
  cgroup_tree *groups = &guard->groups;
  if (groups->owner == 0) cgroup_tree_open(groups, guard->runtime);
  if (groups->memory.folder >= 0) reply->controllers |= CSB_GROUP_MEMORY;
  if (groups->processes.folder >= 0) reply->controllers |= CSB_GROUP_PROCESSES;
  return 0;
}

static unsigned count_strings(const char *text, size_t size) {
  unsigned found = 0;
  for (size_t index = 0; index < size; index++) found += text[index] == 0;
  return found;
}

// Answers on the socket, because whoever asks waits.
static void arrange(guard_state *guard, const csb_guard_message *message, const char *rules, size_t size) {
  csb_guard_reply reply = {0};
  int listener = -1, result = -1;
  errno = EINVAL;
  if (count_strings(rules, size) == message->number && (size == 0 || rules[size - 1] == 0)) {
    if (message->kind == CSB_GUARD_SYSTEM) result = keep_rules(guard, message, rules, size) ? 0 : -1;
    if (message->kind == CSB_GUARD_VIEW) result = make_view(guard, &listener);
    if (message->kind == CSB_GUARD_GROUPS) result = make_groups(guard, &reply);
    if (message->kind == CSB_GUARD_SHOW) result = view_show(&guard->around.view, rules, message->number);
  }
  if (result != 0) reply.error_number = errno;
  csb_send(guard->socket, &reply, sizeof reply, &listener, listener >= 0);
  if (listener >= 0) close(listener);
}

// Returns false when nobody is there any more to give orders.
static bool obey(guard_state *guard) {
  static char bytes[sizeof(csb_guard_message) + CSB_GUARD_RULES_LIMIT];
  int descriptors[CSB_DESCRIPTOR_LIMIT];
  size_t count = 0;
  const ssize_t length = csb_receive(guard->socket, bytes, sizeof bytes, descriptors, &count);
  if (length <= 0) return false;
  csb_guard_message message;
  const bool is_whole = (size_t)length >= sizeof message;
  if (is_whole) memcpy(&message, bytes, sizeof message);
  switch (is_whole ? message.kind : CSB_GUARD_NOTHING) {
    case CSB_GUARD_NOTHING: break;
    case CSB_GUARD_SPAWN:
      if (count != CSB_SPAWN_DESCRIPTORS) break;
      spawn(guard, message.number, descriptors);
      break;
    case CSB_GUARD_GRACE:
      guard->grace_ms = message.number;
      guard->runs_session = true;
      break;
    default:
      // The one in advance is of the old surroundings, and the next call makes another. What is shown later it binds.
      if (message.kind != CSB_GUARD_SHOW) inits_dismiss(&guard->inits);
      arrange(guard, &message, bytes + sizeof message, (size_t)length - sizeof message);
      break;
  }
  for (size_t index = 0; index < count; index++) close(descriptors[index]);
  return true;
}

// MARK: - Signals

static void kill_at(guard_state *guard, int64_t time) {
  if (time < guard->kill_at) guard->kill_at = time;
}

static bool is_in_our_group(const struct signalfd_siginfo *signal) {
  return signal->ssi_code == SI_USER && signal->ssi_pid > 0 && getpgid((pid_t)signal->ssi_pid) == getpgrp();
}

static bool is_echo(guard_state *guard, const struct signalfd_siginfo *signal) {
  const int64_t now = now_us(), since = now - guard->last_signal_us;
  const bool is_same = guard->last_signal == (int)signal->ssi_signo;
  const bool is_relayed = guard->runtime > 0 && (pid_t)signal->ssi_pid == guard->runtime;
  if (is_same && is_relayed && since < RELAY_US) return true;
  const bool is_from_same = guard->last_sender == (pid_t)signal->ssi_pid;
  if (is_same && is_from_same && since < ECHO_US && is_in_our_group(signal)) return true;
  guard->last_signal = (int)signal->ssi_signo;
  guard->last_sender = (pid_t)signal->ssi_pid;
  guard->last_signal_us = now;
  return false;
}

static void stop_asked(guard_state *guard, int number) {
  const int64_t now = now_ms();
  guard->stops++;
  if (!guard->stop_signal) guard->stop_signal = number;
  if (guard->stops == 1) kill_at(guard, now + guard->grace_ms + PATIENCE_MS);
  if (guard->stops == 2) kill_at(guard, now + HURRY_MS);
  if (guard->stops > 2 || number == SIGQUIT) kill_at(guard, now + PATIENCE_MS * 2);
}

static void forward(const guard_state *guard, int number) {
  if (guard->runtime <= 0) return;
  const union sigval value = {.sival_int = number};
  if (sigqueue(guard->runtime, CSB_FORWARD_SIGNAL, value) != 0) kill(guard->runtime, number);
}

static void handle(guard_state *guard, const struct signalfd_siginfo *signal) {
  const int number = (int)signal->ssi_signo;
  switch (number) {
    case SIGCHLD: return;
    case SIGTSTP:
      // The runtime is in our group and stops by itself.
      raise(SIGSTOP);
      return;
    case SIGTERM:
    case SIGINT:
    case SIGHUP:
    case SIGQUIT:
      if (is_echo(guard, signal)) return;
      stop_asked(guard, number);
      break;
    default: break;
  }
  forward(guard, number);
}

static void drain_signals(guard_state *guard) {
  struct signalfd_siginfo signals[8];
  const ssize_t length = read(guard->signals, signals, sizeof signals);
  for (ssize_t index = 0; index < length / (ssize_t)sizeof signals[0]; index++) handle(guard, &signals[index]);
  collect(guard);
}

static bool is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

// Blocks all signals, so that nothing ends us, and takes those that matter from a descriptor.
static int take_signals(void) {
  sigset_t all, taken;
  sigemptyset(&taken);
  const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP, SIGCHLD};
  for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
    // Who starts us with HUP ignored, as nohup does, wants it to stay so.
    if (numbers[index] != SIGHUP || !is_ignored(SIGHUP)) sigaddset(&taken, numbers[index]);
  }
  // An ignored SIGCHLD would let ends of children go unseen.
  signal(SIGCHLD, SIG_DFL);
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  return signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
}

// MARK: - Life

static bool prepare(guard_state *guard) {
  *guard = (guard_state){.socket = -1, .inits = inits_none, .grace_ms = GRACE_MS, .kill_at = INT64_MAX};
  guard->around.view = view_none;
  guard->around.group = cgroup_none;
  guard->groups = cgroup_tree_none;
  // No file of ours may ever get the number of a standard stream.
  for (int descriptor = 0; descriptor < 3; descriptor++) {
    if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY);
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  tree_proc();
  guard->signals = take_signals();
  int lifeline[2];
  if (guard->signals >= 0 && csb_pipe(lifeline) == 0) {
    guard->around.lifeline = lifeline[0];
    guard->lifeline = lifeline[1];
    return true;
  }
  fprintf(stderr, "sandbox-entry: cannot start: %s\n", strerror(errno));
  return false;
}

// Waits for whatever comes until the runtime has ended.
static void serve(guard_state *guard) {
  while (!guard->has_ended) {
    const int64_t left = guard->kill_at - now_ms();
    const bool has_rest = guard->inits.has_orphans || guard->inits.has_groups;
    const int wait = has_rest ? 50 : left > 60000 ? 60000 : left < 0 ? 0 : (int)left;
    struct pollfd events[2] = {{guard->signals, POLLIN, 0}, {guard->socket, POLLIN, 0}};
    const int ready = poll(events, 2, wait);
    if (ready > 0 && events[0].revents) drain_signals(guard);
    if (ready > 0 && events[1].revents && !obey(guard)) {
      // Who is not our child has no other end than this.
      if (guard->runtime == 0) return;
      close(guard->socket);
      guard->socket = -1;
    }
    if (guard->inits.has_orphans || guard->inits.has_groups) collect(guard);
    if (guard->runtime > 0 && now_ms() >= guard->kill_at) {
      guard->kill_at = INT64_MAX;
      fprintf(stderr, "sandbox-entry: the runtime did not end in time and is killed\n");
      kill(guard->runtime, SIGKILL);
    }
  }
}

static bool start(guard_state *guard, char **arguments, runtime_history history) {
  int ends[2];
  if (csb_message_sockets(ends) != 0) {
    fprintf(stderr, "sandbox-entry: cannot start: %s\n", strerror(errno));
    return false;
  }
  guard->runtime = runtime_start(arguments, ends[1], history);
  close(ends[1]);
  if (guard->socket >= 0) close(guard->socket);
  guard->socket = ends[0];
  guard->has_ended = guard->runtime < 0;
  return guard->runtime > 0;
}

// The runtime has what was passed to us; here it would keep pipes open.
static void close_inherited(const guard_state *guard) {
  const int kept[] = {guard->socket, guard->signals, guard->lifeline, guard->around.lifeline, tree_proc()};
  for (int descriptor = 3; descriptor < 1024; descriptor++) {
    bool is_kept = false;
    for (size_t index = 0; index < sizeof kept / sizeof kept[0]; index++) is_kept |= kept[index] == descriptor;
    if (!is_kept) close(descriptor);
  }
}

static void sweep(guard_state *guard) {
  const unsigned left = tree_kill(SWEEP_MS, NULL, collected, guard);
  if (left > 0) fprintf(stderr, "sandbox-entry: %u processes could not be ended\n", left);
  inits_tidy(&guard->inits, &guard->groups);
}

// The code when no runtime is left that could say how the session ended.
static int own_code(const guard_state *guard) {
  const char *codes = getenv("AGENT_EXIT_CODES");
  if (codes && strcmp(codes, "simple") == 0) return 1;
  return guard->stop_signal ? 128 + guard->stop_signal : EXIT_INTERNAL;
}

static int run(guard_state *guard, char **arguments) {
  runtime_history history = {0};
  if (!start(guard, arguments, history)) return EXIT_INTERNAL;
  close_inherited(guard);
  runtime_hide_environment();
  while (true) {
    serve(guard);
    // The inits see that their runtime is gone, too; whoever is first.
    sweep(guard);
    if (!guard->ended_by) return guard->code;
    // One that has no handlers yet ends by the signal that was meant to stop it.
    if (guard->ended_by != CSB_FORWARD_SIGNAL || !guard->stop_signal) {
      fprintf(stderr, "sandbox-entry: the runtime was ended by signal %d (%s)\n", guard->ended_by,
              strsignal(guard->ended_by));
    }
    history = (runtime_history){history.starts + 1, guard->ended_by, guard->stop_signal};
    // Once more, so that the session goes on or at least says how it ended.
    if (!guard->runs_session || history.starts >= STARTS_LIMIT) return own_code(guard);
    guard->runs_session = false;
    guard->kill_at = guard->stop_signal ? now_ms() + LAST_WORDS_MS : INT64_MAX;
    if (!start(guard, arguments, history)) return own_code(guard);
  }
}

int guard_run(char **arguments) {
  guard_state guard;
  if (!prepare(&guard)) return EXIT_INTERNAL;
  const int code = run(&guard, arguments);
  cgroup_tree_close(&guard.groups);
  return code;
}

int guard_serve(int socket) {
  guard_state guard;
  if (!prepare(&guard)) return EXIT_INTERNAL;
  guard.socket = socket;
  close_inherited(&guard);
  // A terminal's signals are for whoever started us, and reach us as the end of the socket.
  setsid();
  serve(&guard);
  sweep(&guard);
  cgroup_tree_close(&guard.groups);
  return 0;
}
