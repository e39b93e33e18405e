// What the cases share. A case builds its tree, calls announce() once all of it stands, and then stay().
#ifndef ORPHAN_CORPUS_H
#define ORPHAN_CORPUS_H

#include <stdbool.h>
#include <sys/types.h>

#define NORETURN __attribute__((noreturn))

enum { EXIT_USAGE = 64, EXIT_FAILURE_OF_CASE = 70 };

// The arguments of the program. Children inherit them, and with them the marker in their /proc/PID/cmdline.
struct options {
  const char *marker;
  const char *ready_file;  // or NULL
  bool exits;              // CASE+exit: the main process leaves as soon as the tree stands
};
extern struct options options;

// --- Life time (support.c)

// Sets the moment after which no process of the tree may live.
void set_deadline(long seconds);
bool deadline_passed(void);
long seconds_left(void);
// Arms this process's safety net. Timers are not inherited by fork, so each child must.
void arm_safety_net(void);
void sleep_milliseconds(long milliseconds);
// Sleeps to the deadline, then exits: the end of every process which only wants to be there.
NORETURN void linger(void);

// --- Making the tree (support.c)

// fork(): the child has the name `role` in ps and an armed safety net. Ends the program if there is no process to have.
pid_t spawn(const char *role);
// The same, but -1 is left to the caller.
pid_t try_spawn(const char *role);
void become(const char *role);
void reap(pid_t child);
void ignore_terminating_signals(void);
NORETURN void fail(const char *what);

// The gate tells the main process that its descendants have taken their places: each reports once.
void gate_open(void);
int gate_writer(void);
void gate_report(void);
void gate_wait(int reports);

// --- The main process (support.c)

// Writes and locks the ready file under another name, if one was asked for. Before the first fork: all must inherit it.
void prepare_ready_file(void);
void show_ready_file(void);
// Shows the ready file and prints "ready".
void announce(void);
// FILE.call: a tool call has started this daemon.
void announce_call(pid_t daemon);
// What the main process does after announce(): nothing until the deadline, or leave at once.
NORETURN void stay(void);

// --- The cases. The argument is the text after the second colon of extra:NAME:ARGUMENT, or "".

void case_double_fork(const char *);
void case_setsid(const char *);
void case_held_stdout(const char *);
void case_pgid_hop(const char *);

void case_ignore_term(const char *);
void case_stopped(const char *);

void case_fork_loop(const char *);
void case_fork_tree(const char *);
void case_respawner(const char *);
void case_vfork_chain(const char *);

void case_nested_shell(const char *);
void case_mcp_server(const char *);

void extra_thread_exec(const char *);
void extra_kill_init(const char *);
void extra_orphan_storm(const char *);
void extra_zombie_maker(const char *);
void extra_exit_code(const char *);
void extra_signal(const char *);
void extra_fork_bomb(const char *);

void extra_output(const char *);
void extra_lines_forever(const char *);
void extra_cpu_spin(const char *);
void extra_alloc(const char *);
void extra_alloc_shared(const char *);
void extra_file(const char *);
void extra_many_files(const char *);
void extra_close_stdout(const char *);
void extra_no_stdin_read(const char *);

// The number in the argument of an extra case. Ends the program if it is not one of at least `least`.
long number_argument(const char *text, long least);

#endif
