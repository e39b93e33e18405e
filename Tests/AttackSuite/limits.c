// What the tool was started with: its limits, its descriptors, its environment.
#include "attack.h"

#include <sched.h>
#include <sys/resource.h>

extern char **environ;

static enum outcome above(int resource, rlim_t bound)
{
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0) return broken("getrlimit");
  note("hard limit %lld", (long long)limit.rlim_max);  // what counts: the soft one may be raised to it
  return limit.rlim_max > bound ? ALLOWED : DENIED;
}

static enum outcome core_files(void) { return above(RLIMIT_CORE, 0); }
static enum outcome many_files(void) { return above(RLIMIT_NOFILE, 1024); }

static enum outcome raises(int resource)
{
  struct rlimit limit, now;
  if (getrlimit(resource, &limit) != 0) return broken("getrlimit");
  if (limit.rlim_max == RLIM_INFINITY) note("no limit is set");
  else limit.rlim_max++;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(resource, &limit) != 0) return refused();
  return getrlimit(resource, &now) == 0 && now.rlim_cur == limit.rlim_max ? ALLOWED : broken("getrlimit");
}

static enum outcome raise_core(void) { return raises(RLIMIT_CORE); }
static enum outcome raise_files(void) { return raises(RLIMIT_NOFILE); }
static enum outcome raise_size(void) { return raises(RLIMIT_FSIZE); }
static enum outcome raise_time(void) { return raises(RLIMIT_CPU); }
static enum outcome raise_processes(void) { return raises(RLIMIT_NPROC); }

static enum outcome raise_nice(void)
{
  errno = 0;
  int value = getpriority(PRIO_PROCESS, 0);
  if (errno != 0 || setpriority(PRIO_PROCESS, 0, value > -20 ? value - 1 : -20) != 0) return refused();
  return ALLOWED;
}

static enum outcome real_time(void)
{
  struct sched_param lowest = {.sched_priority = 1};
  return judge(sched_setscheduler(0, SCHED_FIFO, &lowest));
}

static enum outcome spared_by_oom(void)
{
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  return fd < 0 ? refused() : judge(write(fd, "-1000", 5));
}

const struct probe limits_probes[] = {
    {"core-above-zero", core_files, 0},
    {"nofile-above-1024", many_files, 0},
    {"raise-core", raise_core, 0},
    {"raise-nofile", raise_files, 0},
    {"raise-fsize", raise_size, 0},
    {"raise-cpu", raise_time, 0},
    {"raise-nproc", raise_processes, 0},
    {"raise-nice", raise_nice, 0},
    {"real-time-scheduling", real_time, 0},
    {"spared-by-oom", spared_by_oom, 0},
    {0},
};

static enum outcome inherited(void)
{
  note("%d above 2", at.inherited);
  return at.inherited ? ALLOWED : DENIED;
}

// A folder among the three is a way past its path.
static enum outcome standard_is_folder(void)
{
  for (int fd = 0; fd < 3; fd++) {
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) return note("descriptor %d", fd), ALLOWED;
  }
  return DENIED;
}

static enum outcome terminal(void) { return judge(open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)); }

const struct probe descriptors_probes[] = {
    {"inherited-descriptors", inherited, 0},
    {"standard-is-folder", standard_is_folder, 0},
    {"controlling-terminal", terminal, 0},
    {0},
};

// Only the name is reported, never the value.
static enum outcome holds(const char *const words[], bool at_start)
{
  for (char **entry = environ; *entry; entry++) {
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(*entry, "="), *entry);
    for (int i = 0; words[i]; i++) {
      const char *found = strcasestr(name, words[i]);
      if (found && (!at_start || found == name)) return note("%s", name), ALLOWED;
    }
  }
  note("none");
  return DENIED;
}

static enum outcome secret_names(void)
{
  return holds((const char *const[]){"KEY", "SECRET", "TOKEN", "PASSWORD", "CREDENTIAL", NULL}, false);
}

static enum outcome loader_names(void) { return holds((const char *const[]){"LD_", "DYLD_", NULL}, true); }

static enum outcome hook_names(void)
{
  return holds((const char *const[]){"PYTHONPATH", "PYTHONSTARTUP", "NODE_OPTIONS", "BASH_ENV", "GIT_", "PERL5", NULL},
               true);
}

const struct probe env_probes[] = {
    {"env-secrets", secret_names, 0},
    {"env-loader", loader_names, 0},
    {"env-hooks", hook_names, 0},
    {0},
};
