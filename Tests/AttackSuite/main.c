// Runs every probe in a process of its own and prints what became of it. See README.md.
#include "attack.h"

#include <limits.h>

static const struct {
  const char *area;
  const struct probe *probes;
} topics[] = {
    {"fs-read", fs_read_probes},       {"fs-write", fs_write_probes},     {"fs-write", fs_replace_probes},
    {"fs-meta", fs_meta_probes},       {"fs-exec", fs_exec_probes},       {"proc", proc_probes},
    {"signal", signal_probes},         {"signal", inspect_probes},        {"net", net_probes},
    {"net", net_local_probes},         {"privilege", privilege_probes},   {"privilege", namespace_probes},
    {"kernel", kernel_probes},         {"kernel", admin_probes},          {"limits", limits_probes},
    {"descriptors", descriptors_probes}, {"env", env_probes},             {"control", control_probes},
};
enum { topic_count = sizeof topics / sizeof topics[0] };

static const char *const words[] = {"allowed", "denied", "skipped", "error"};

static const struct {
  const char *key;
  unsigned need;
  const char **text;
  int *number;
} keys[] = {
    {"outside", OUTSIDE, &at.outside, NULL},
    {"home", HOME, &at.home, NULL},
    {"state", STATE, &at.state, NULL},
    {"othercall", OTHERCALL, &at.othercall, NULL},
    {"runtime", RUNTIME, NULL, &at.runtime},
    {"guard", GUARD, NULL, &at.guard},
    {"init", INIT, NULL, &at.init},
    {"port", PORT, NULL, &at.port},
    {"udpport", UDPPORT, NULL, &at.udp_port},
    {"abstract", ABSTRACT, &at.abstract, NULL},
    {"abstractdgram", ABSTRACTDGRAM, &at.abstract_dgram, NULL},
    {"unixdgram", UNIXDGRAM, &at.unix_dgram, NULL},
    {"marker", 0, &at.marker, NULL},
};
enum { key_count = sizeof keys / sizeof keys[0] };

static unsigned given = INIT;

static void usage(const char *problem)
{
  fprintf(stderr, "attack-suite: %s\nusage: attack-suite [--only NAME|AREA] key=value...\nkeys:", problem);
  for (int i = 0; i < key_count; i++) fprintf(stderr, " %s", keys[i].key);
  fputc('\n', stderr);
  exit(64);
}

static void take(char *argument)
{
  char *value = strchr(argument, '=');
  if (!value || !value[1]) usage(argument);
  *value++ = 0;
  for (int i = 0; i < key_count; i++) {
    if (strcmp(argument, keys[i].key) != 0) continue;
    char *end = "";
    long number = keys[i].number ? strtol(value, &end, 10) : 1;
    if (*end || number <= 0 || number > INT_MAX) usage(value);
    if (keys[i].number) *keys[i].number = (int)number;
    else *keys[i].text = value;
    given |= keys[i].need;
    return;
  }
  usage(argument);
}

static const char *missing(unsigned needs)
{
  for (int i = 0; i < key_count; i++)
    if (needs & keys[i].need & ~given) return keys[i].key;
  return NULL;
}

static enum outcome run(const struct probe *probe)
{
  note("%s", "");
  if (missing(probe->needs)) {
    note("no %s given", missing(probe->needs));
    return SKIPPED;
  }
  at.target = probe->needs & RUNTIME ? at.runtime : probe->needs & GUARD ? at.guard : at.init;

  pid_t pid = fork();
  if (pid < 0) return broken("fork");
  if (pid == 0) {
    alarm(seconds_per_probe);
    enum outcome outcome = probe->run();
    while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) continue;  // leave no zombies to whoever adopts them
    _exit(outcome);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (at.scratch[0]) empty_folder(at.scratch);

  if (WIFEXITED(status)) return WEXITSTATUS(status) <= BROKEN ? (enum outcome)WEXITSTATUS(status) : BROKEN;
  // A filter may kill instead of refusing, which is a refusal too. Taking too long is neither.
  if (WTERMSIG(status) == SIGALRM) {
    note("no answer within %d s", seconds_per_probe);
    return BROKEN;
  }
  note("killed by signal %d", WTERMSIG(status));
  return DENIED;
}

static void print(const char *area, const char *name, enum outcome outcome)
{
  char detail[200] = "";
  size_t used = 0;
  for (const char *c = last_note(); *c && used < sizeof detail - 1; c++)
    detail[used++] = *c == '"' || *c == '\\' || (unsigned char)*c < ' ' ? '?' : *c;
  printf("{\"name\":\"%s\",\"area\":\"%s\",\"result\":\"%s\",\"detail\":\"%s\"}\n", name, area, words[outcome], detail);
  fflush(stdout);  // else the probes' processes inherit what is still buffered
}

// Not /proc/self/fd: a jail without /proc would seem to have inherited nothing.
static int count_inherited(void)
{
  int count = 0;
  for (int fd = 3; fd < 1 << 20; fd++)
    if (fcntl(fd, F_GETFD) >= 0) count++;
  return count;
}

int main(int argc, char *argv[])
{
  at.inherited = count_inherited();
  at.init = getppid();
  const char *only = NULL;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--only") != 0) take(argv[i]);
    else if (++i < argc) only = argv[i];
    else usage("--only needs a name");
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGALRM, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  umask(022);
  share_notes();
  snprintf(at.unique, sizeof at.unique, "%.99s-%d", at.marker, getpid());
  if (at.home) {
    snprintf(at.scratch, sizeof at.scratch, "%s/.%s", at.home, at.unique);
    if (mkdir(at.scratch, 0700) != 0) fprintf(stderr, "attack-suite: %s: %s\n", at.scratch, strerror(errno));
  }

  int counts[4] = {0}, total = 0;
  for (int t = 0; t < topic_count; t++)
    for (const struct probe *probe = topics[t].probes; probe->name; probe++) {
      if (only && strcmp(only, probe->name) != 0 && strcmp(only, topics[t].area) != 0) continue;
      enum outcome outcome = run(probe);
      print(topics[t].area, probe->name, outcome);
      counts[outcome]++, total++;
    }
  if (at.scratch[0]) rmdir(at.scratch);
  if (total == 0) usage("no such probe");
  printf("{\"total\":%d,\"allowed\":%d,\"denied\":%d,\"skipped\":%d}\n", total, counts[ALLOWED], counts[DENIED],
         counts[SKIPPED]);
  return 0;
}
