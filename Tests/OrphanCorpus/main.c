// orphan-corpus CASE[+exit] MARKER [SECONDS] [FILE]: a tree of processes that tries to outlive its parent (README.md).
#include "corpus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  void (*run)(const char *argument);
} cases[] = {
    {"double-fork", case_double_fork},
    {"setsid", case_setsid},
    {"ignore-term", case_ignore_term},
    {"held-stdout", case_held_stdout},
    {"fork-loop", case_fork_loop},
    {"fork-tree", case_fork_tree},
    {"nested-shell", case_nested_shell},
    {"stopped", case_stopped},
    {"respawner", case_respawner},
    {"pgid-hop", case_pgid_hop},
    {"vfork-chain", case_vfork_chain},
    {"mcp-server", case_mcp_server},

    {"extra:thread-exec", extra_thread_exec},
    {"extra:kill-init", extra_kill_init},
    {"extra:orphan-storm", extra_orphan_storm},
    {"extra:zombie-maker", extra_zombie_maker},
    {"extra:exit-code", extra_exit_code},
    {"extra:signal", extra_signal},
    {"extra:output", extra_output},
    {"extra:lines-forever", extra_lines_forever},
    {"extra:cpu-spin", extra_cpu_spin},
    {"extra:alloc", extra_alloc},
    {"extra:alloc-shared", extra_alloc_shared},
    {"extra:fork-bomb", extra_fork_bomb},
    {"extra:file", extra_file},
    {"extra:many-files", extra_many_files},
    {"extra:close-stdout", extra_close_stdout},
    {"extra:no-stdin-read", extra_no_stdin_read},
};

enum { CASE_COUNT = sizeof cases / sizeof cases[0], DEFAULT_SECONDS = 600, MOST_SECONDS = 24 * 3600 };

struct options options;

NORETURN static void usage(const char *why) {
  fprintf(stderr, "orphan-corpus: %s\nusage: orphan-corpus CASE[+exit] MARKER [SECONDS] [FILE]\ncases:", why);
  for (int index = 0; index < CASE_COUNT; index++) fprintf(stderr, " %s", cases[index].name);
  fputc('\n', stderr);
  exit(EXIT_USAGE);
}

long number_argument(const char *text, long least) {
  char *end;
  errno = 0;
  long number = strtol(text, &end, 10);
  if (end == text || *end != '\0' || errno != 0 || number < least) usage("not a number, or too small");
  return number;
}

// Cuts "+exit" and ":ARGUMENT" off the name, in a copy: argv must keep what the harness looks for.
static char *split_name(char *name, const char **argument) {
  static const char exit_suffix[] = "+exit";
  size_t length = strlen(name), suffix = sizeof exit_suffix - 1;
  if (length > suffix && strcmp(name + length - suffix, exit_suffix) == 0) {
    options.exits = true;
    name[length - suffix] = '\0';
  }
  *argument = "";
  char *first = strchr(name, ':');
  char *second = first == NULL ? NULL : strchr(first + 1, ':');
  if (second != NULL) {
    *second = '\0';
    *argument = second + 1;
  }
  return name;
}

int main(int argc, char **argv) {
  if (argc < 3 || argc > 5) usage("wrong number of arguments");
  if (argv[2][0] == '\0') usage("the marker is empty");
  options.marker = argv[2];
  options.ready_file = argc > 4 ? argv[4] : NULL;
  long seconds = argc > 3 ? number_argument(argv[3], 1) : DEFAULT_SECONDS;
  if (seconds > MOST_SECONDS) usage("more seconds than a day has");

  const char *argument;
  char *copy = strdup(argv[1]);
  if (copy == NULL) fail("strdup");
  const char *name = split_name(copy, &argument);
  for (int index = 0; index < CASE_COUNT; index++) {
    if (strcmp(name, cases[index].name) != 0) continue;
    set_deadline(seconds);
    arm_safety_net();
    prepare_ready_file();
    cases[index].run(argument);
    return 0;
  }
  usage("no such case");
}
