#include "init.h"

#include "confine.h"
#include "landlock.h"
#include "request.h"
#include "seccomp.h"
#include "spawn.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  // How often it is looked whether there are too many processes or too much memory: soon at first, because what
  // multiplies does so from the start.
  FIRST_CHECK_MS = 5,
  LAST_CHECK_MS = 200,
  TASKS_FOR_PROCESS = 16,
  TASKS_LIMIT = 4000000,  // the kernel knows no more
};

typedef struct {
  init_surroundings around;
  int stream;
  int signals;
  // Prepared before there was a request.
  int ruleset;
  bool has_entered;
  bool is_in_group;
  bool is_bounded;
  csb_request request;
  pid_t pid;
  bool has_ended;
  siginfo_t end;
  csb_end reason;
  unsigned collected;  // after the program had ended
  int64_t timeout_at;  // INT64_MAX when there is none
  int64_t kill_at;
  int64_t check_at;
  int64_t check_every;
} init_state;

// The kernel's copies of what was passed to us stay open in us; nothing of them may reach the program.
static void keep_only(int *const kept[], int count) {
  const int first = 3, end = first + count;
  // Out of the way first, because they may lie where others belong.
  for (int index = 0; index < count; index++) {
    if (*kept[index] >= 0) *kept[index] = fcntl(*kept[index], F_DUPFD, end);
  }
  for (int index = 0; index < count; index++) {
    if (*kept[index] >= 0) *kept[index] = dup2(*kept[index], first + index);
    else close(first + index);
  }
  // What is above is the guard's; close-on-exec alone would not close it, because we execute nothing.
  if (close_range((unsigned)end, ~0U, 0) == 0) return;
  for (int descriptor = end; descriptor < 1024; descriptor++) close(descriptor);
}

static void send_report(int stream, const csb_report *report) {
  if (csb_send(stream, report, sizeof *report, NULL, 0) != 0) errno = 0;
}

static _Noreturn void fail(int stream, csb_stage stage, int error_number) {
  csb_report report = {.kind = CSB_REPORT_FAILED, .pid = -1, .stage = stage, .error_number = error_number};
  send_report(stream, &report);
  _exit(0);
}

// MARK: - Starting

static void enter_namespaces(init_state *state, const char *rules) {
  if (!(state->request.layers & CSB_NAMESPACES)) return;
  if (!state->has_entered && view_enter(&state->around.view) != 0) fail(state->stream, CSB_STAGE_NAMESPACES, errno);
  if (view_complete(&state->around.view, &state->request, rules) != 0) fail(state->stream, CSB_STAGE_NAMESPACES, errno);
}

// The ruleset that was prepared is for programs without network, and for the version that the runtime has named.
static int ruleset(init_state *state, const char *rules) {
  const csb_request *request = &state->request;
  const init_system *system = &state->around.system;
  const uint32_t abi = request->landlock_abi;
  const bool holds_network = request->network != CSB_NETWORK_FULL, has_system = request->layers & CSB_SYSTEM_FILES;
  int result = state->ruleset;
  if (result < 0 || !has_system || !holds_network || abi != system->landlock_abi) {
    result = landlock_make(abi, holds_network);
    if (result < 0 || (has_system && landlock_allow(result, abi, system->rules, system->count) != 0)) return -1;
  }
  if (landlock_allow(result, abi, rules, request->rulec) != 0) return -1;
  if (request->network == CSB_NETWORK_PROXY && landlock_allow_port(result, abi, request->proxy_port) != 0) return -1;
  return result;
}

static void start(init_state *state, const int streams[3], pid_t guard, pid_t guard_group) {
  csb_request *request = &state->request;
  const int stream = state->stream;
  request_strings strings;
  const int problem = request_read(stream, request, &strings);
  // Nobody is there any more who wants it.
  if (problem == EPIPE) _exit(0);
  if (problem != 0) fail(stream, CSB_STAGE_REQUEST, problem);

  spawn_order order = {
      .path = strings.path,
      .argv = strings.argv,
      .envp = strings.envp,
      .directory = strings.directory,
      .streams = {streams[0], streams[1], streams[2]},
      .limits = request,
      .ruleset = -1,
  };
  enter_namespaces(state, strings.rules);
  if (request->layers & CSB_DROP_CAPABILITIES && !state->is_bounded) confine_bounds();
  if (request->layers & CSB_LANDLOCK && (order.ruleset = ruleset(state, strings.rules)) < 0) {
    fail(stream, CSB_STAGE_RULES, errno);
  }
  static seccomp_program program;
  struct sock_fprog filter;
  if (request->layers & CSB_SECCOMP) {
    const pid_t protected[SECCOMP_PROTECTED] = {guard, request->runtime_pid, getpid(), guard_group};
    if (!seccomp_build(&program, request, protected)) fail(stream, CSB_STAGE_RULES, E2BIG);
    filter = (struct sock_fprog){program.count, program.code};
    order.filter = &filter;
  }
  spawn_result result;
  if (spawn_child(&order, &result) != 0) fail(stream, result.stage, result.error_number);
  state->pid = result.pid;
  // The program has them now; here they would keep its streams open.
  for (int index = 0; index < 3; index++) close(streams[index]);
  if (order.ruleset >= 0) close(order.ruleset);
  request_free(&strings);
}

// MARK: - Ending

static void collected(void *context, const siginfo_t *end) {
  init_state *state = context;
  if (end->si_pid == state->pid) {
    state->has_ended = true;
    state->end = *end;
  } else if (state->has_ended) {
    state->collected++;
  }
}

// SIGTERM to the program's group, and a date for the rest. Only the first reason counts.
static void ask_to_end(init_state *state, csb_end reason) {
  if (state->reason != CSB_END_ITSELF) return;
  state->reason = reason;
  kill(-state->pid, SIGTERM);
  // A stopped process does not see SIGTERM.
  kill(-state->pid, SIGCONT);
  state->kill_at = now_ms() + state->request.grace_ms;
}

static void end_now(init_state *state, csb_end reason) {
  if (state->reason == CSB_END_ITSELF) state->reason = reason;
  // The group at once, so that what multiplies in it cannot run ahead of us.
  kill(-state->pid, SIGKILL);
  tree_kill(state->request.sweep_ms, NULL, collected, state);
  if (state->has_ended) return;
  // It hangs in the kernel. Nobody waits for that; the guard gets what is left.
  state->has_ended = true;
  state->end = (siginfo_t){.si_code = CLD_KILLED};
  state->end.si_status = SIGKILL;
}

// The program runs already, and has had no time to use anything.
static void limit_group(init_state *state) {
  const csb_request *request = &state->request;
  const cgroup *group = &state->around.group;
  if (!state->is_in_group) return;
  const uint64_t memory = group->memory < 0 ? 0 : request->memory_bytes;
  const bool is_large = request->processes > TASKS_LIMIT / TASKS_FOR_PROCESS;
  const uint64_t all = is_large ? TASKS_LIMIT : request->processes * TASKS_FOR_PROCESS;
  const uint64_t tasks = group->processes < 0 ? 0 : all;
  if (cgroup_limit(group, memory, (unsigned)tasks)) return;
  const int failure = errno;
  end_now(state, CSB_END_KILLED);
  fail(state->stream, CSB_STAGE_LIMITS, failure);
}

// When runtime or guard are gone there is nobody to report to.
static _Noreturn void end_abandoned(init_state *state) {
  const int64_t patience_ms = 2000;
  kill(-state->pid, SIGKILL);
  tree_kill(patience_ms, NULL, collected, state);
  _exit(0);
}

// The kernel has acted already; here only the reason is found. Threads are counted, too, so what they may be is only a
// dam, far above the processes.
static csb_end group_limit(const init_state *state) {
  if (!state->is_in_group) return CSB_END_ITSELF;
  const cgroup_events events = cgroup_read_events(&state->around.group);
  if (events.killed_for_memory > 0) return CSB_END_MEMORY;
  return events.refused_forks > 0 ? CSB_END_PROCESSES : CSB_END_ITSELF;
}

static void check_sizes(init_state *state, int64_t now) {
  state->check_every = state->check_every * 2 < LAST_CHECK_MS ? state->check_every * 2 : LAST_CHECK_MS;
  state->check_at = now + state->check_every;
  const csb_request *request = &state->request;
  const csb_end limit = group_limit(state);
  if (limit != CSB_END_ITSELF) return end_now(state, limit);
  const bool is_held = state->is_in_group && state->around.group.memory >= 0;
  if (!request->processes && is_held) return;
  const tree_size size = tree_measure(request->processes ? (unsigned)request->processes + 64 : 4096);
  if (request->processes && size.processes > request->processes) return end_now(state, CSB_END_PROCESSES);
  if (!is_held && request->memory_bytes && size.memory_bytes > request->memory_bytes) end_now(state, CSB_END_MEMORY);
}

// MARK: - Waiting

static void obey(init_state *state) {
  char orders[16];
  ssize_t count = read(state->stream, orders, sizeof orders);
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) end_abandoned(state);
  for (ssize_t index = 0; index < count; index++) {
    if (orders[index] == CSB_ORDER_END) ask_to_end(state, CSB_END_CANCELLED);
    if (orders[index] == CSB_ORDER_KILL) end_now(state, CSB_END_KILLED);
  }
}

static int64_t earliest(int64_t left, int64_t right) { return left < right ? left : right; }

static void wait_for_event(init_state *state) {
  const int64_t next = earliest(state->check_at, earliest(state->timeout_at, state->kill_at)), now = now_ms();
  const int64_t wait = next <= now ? 0 : earliest(next - now, 60000);
  struct pollfd events[3] = {
      {state->signals, POLLIN, 0}, {state->stream, POLLIN, 0}, {state->around.lifeline, POLLIN, 0}};
  if (poll(events, 3, (int)wait) <= 0) return;
  if (events[2].revents) end_abandoned(state);
  if (events[0].revents) {
    struct signalfd_siginfo drained[4];
    if (read(state->signals, drained, sizeof drained) < 0) errno = 0;
    tree_collect(collected, state);
  }
  if (events[1].revents && !state->has_ended) obey(state);
}

static void run_to_end(init_state *state) {
  while (!state->has_ended) {
    wait_for_event(state);
    if (state->has_ended) break;
    const int64_t now = now_ms();
    if (now >= state->timeout_at) {
      state->timeout_at = INT64_MAX;
      ask_to_end(state, CSB_END_TIMEOUT);
    }
    if (now >= state->kill_at) {
      state->kill_at = INT64_MAX;
      end_now(state, state->reason);
    }
    if (now >= state->check_at) check_sizes(state, now);
  }
}

static void report_end(init_state *state, unsigned left) {
  struct rusage used;
  getrusage(RUSAGE_CHILDREN, &used);
  const csb_report report = {
      .kind = CSB_REPORT_ENDED,
      .pid = state->pid,
      .end = (int32_t)state->reason,
      .is_signaled = state->end.si_code != CLD_EXITED,
      .status = state->end.si_status,
      .swept = state->collected,
      .left = left,
      .cpu_us = (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
                (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec),
      .peak_bytes = (uint64_t)used.ru_maxrss * 1024,
  };
  send_report(state->stream, &report);
}

// MARK: - Life

// What takes time and needs no request. What cannot be done now is done, or fails, when there is one.
static void prepare(init_state *state) {
  state->is_in_group = (state->around.group.memory >= 0 || state->around.group.processes >= 0) &&
                       cgroup_enter(&state->around.group);
  const init_system *system = &state->around.system;
  state->has_entered = system->layers & CSB_NAMESPACES && view_enter(&state->around.view) == 0;
  // Only now: a user namespace gives it back.
  state->is_bounded = system->layers & CSB_DROP_CAPABILITIES;
  if (state->is_bounded) confine_bounds();
  if (!system->count || !system->landlock_abi) return;
  state->ruleset = landlock_make(system->landlock_abi, true);
  if (state->ruleset < 0 ||
      landlock_allow(state->ruleset, system->landlock_abi, system->rules, system->count) == 0) {
    return;
  }
  close(state->ruleset);
  state->ruleset = -1;
}

// Returns when there is a program to start. Ends when there will be none.
static void wait_for_program(init_state *state, int orders, int streams[3]) {
  int descriptors[CSB_DESCRIPTOR_LIMIT];
  size_t count = 0;
  char order;
  if (csb_receive(orders, &order, sizeof order, descriptors, &count) <= 0 || count != CSB_SPAWN_DESCRIPTORS) _exit(0);
  close(orders);
  state->stream = descriptors[0];
  for (int index = 0; index < 3; index++) streams[index] = descriptors[1 + index];
}

static void keep_what_is_ours(init_state *state, int *orders) {
  view *view = &state->around.view;
  cgroup *group = &state->around.group;
  const bool is_one_group = group->processes == group->memory;
  if (is_one_group) group->processes = -1;
  int proc = tree_proc();
  int *const kept[] = {orders, &state->around.lifeline, &proc, &view->user, &view->host, &view->mounts,
                       &view->no_network, &view->proxy_network, &group->memory, &group->processes};
  keep_only(kept, sizeof kept / sizeof kept[0]);
  if (is_one_group) group->processes = group->memory;
  tree_move_proc(proc);
}

static void become_init(init_state *state) {
  // A session of its own keeps what is meant for the guard's group away.
  setsid();
  spawn_reset_dispositions();
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  prctl(PR_SET_NAME, "tool-init", 0, 0, 0);
  sigset_t all, child;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  state->signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

void init_run(int orders, const init_surroundings *around, pid_t guard, pid_t guard_group) {
  init_state state = {.around = *around, .ruleset = -1, .kill_at = INT64_MAX, .timeout_at = INT64_MAX};
  keep_what_is_ours(&state, &orders);
  become_init(&state);
  prepare(&state);
  int streams[3];
  wait_for_program(&state, orders, streams);
  if (state.signals < 0) fail(state.stream, CSB_STAGE_CLONE, EMFILE);

  start(&state, streams, guard, guard_group);
  limit_group(&state);
  view_close(&state.around.view);
  const csb_report started = {.kind = CSB_REPORT_STARTED, .pid = state.pid};
  send_report(state.stream, &started);
  const int64_t now = now_ms();
  if (state.request.timeout_ms >= 0) state.timeout_at = now + state.request.timeout_ms;
  state.check_every = FIRST_CHECK_MS;
  const bool has_sizes = state.request.processes || state.request.memory_bytes;
  state.check_at = has_sizes ? now + FIRST_CHECK_MS : INT64_MAX;

  run_to_end(&state);
  // What the program has left behind holds its streams, and more.
  const unsigned left = tree_kill(state.request.sweep_ms, NULL, collected, &state);
  if (state.reason == CSB_END_ITSELF && group_limit(&state) == CSB_END_MEMORY) state.reason = CSB_END_MEMORY;
  report_end(&state, left);
  _exit(left > 0);
}
