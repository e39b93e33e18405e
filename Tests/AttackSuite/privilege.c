// Having, keeping and winning back rights. Everything is done to the probe's own process, which ends right after.
#include "attack.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct capabilities {
  uint64_t effective, permitted, inheritable;
};

static bool get_capabilities(pid_t pid, struct capabilities *caps)
{
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, pid};
  struct __user_cap_data_struct data[2] = {0};
  if (syscall(SYS_capget, &head, data) != 0) return false;
  caps->effective = data[0].effective | (uint64_t)data[1].effective << 32;
  caps->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
  caps->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
  return true;
}

static enum outcome any_capability(pid_t pid)
{
  struct capabilities caps;
  if (!get_capabilities(pid, &caps)) return refused();
  note("eff %llx prm %llx inh %llx", (unsigned long long)caps.effective, (unsigned long long)caps.permitted,
       (unsigned long long)caps.inheritable);
  return caps.effective | caps.permitted | caps.inheritable ? ALLOWED : DENIED;
}

static enum outcome has_capabilities(void) { return any_capability(0); }

static enum outcome raise_capability(void)
{
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {0};
  data[0].effective = data[0].permitted = data[0].inheritable = 1u << CAP_SYS_ADMIN;
  return judge(syscall(SYS_capset, &head, data));
}

static enum outcome raise_ambient(void)
{
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {0};
  data[0].effective = data[0].permitted = data[0].inheritable = 1u << CAP_NET_RAW;
  syscall(SYS_capset, &head, data);  // the ambient set takes only what is permitted and inheritable
  return judge(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0));
}

// A process that has ended but was not waited for still shows what rights it had: nothing has to be timed.
static pid_t run_to_the_end(const char *path, const char *argument)
{
  siginfo_t info;
  char *const argv[] = {(char *)path, (char *)argument, NULL};
  pid_t pid = start_program(-1, path, argv);
  if (pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0) return -1;
  return pid;
}

// execve gives uid 0 its capabilities back, unless the bounding set is empty too.
static enum outcome regain_by_exec(void)
{
  pid_t pid = run_to_the_end("/bin/true", NULL);
  return pid < 0 ? broken("/bin/true") : any_capability(pid);
}

static enum outcome privileges_not_locked(void)
{
  int locked = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
  if (locked < 0) return broken("prctl");
  note("no_new_privs %d", locked);
  return locked ? DENIED : ALLOWED;
}

// Root becomes nobody and the others become root: for root, setuid(0) is no step at all.
static uid_t other_id(void) { return geteuid() == 0 ? 65534 : 0; }

static enum outcome other_user(void) { return judge(setresuid(other_id(), other_id(), other_id())); }
static enum outcome other_group(void) { return judge(setresgid(other_id(), other_id(), other_id())); }

static enum outcome supplementary_groups(void)
{
  gid_t group = other_id();
  return judge(setgroups(1, &group));
}

// -1 when neither /proc nor prlimit lets this be seen. prlimit answers only when all uids of the target are the own.
static int runs_as_root(pid_t pid)
{
  char path[64], line[256];
  unsigned real, effective;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  for (FILE *status = fopen(path, "re"); status && fgets(line, sizeof line, status);)
    if (sscanf(line, "Uid: %u %u", &real, &effective) == 2) return effective == 0;

  struct rlimit limit;
  pid_t plain = run_to_the_end("/bin/true", NULL);
  if (plain < 0 || prlimit(plain, RLIMIT_CORE, NULL, &limit) != 0) return -1;
  return prlimit(pid, RLIMIT_CORE, NULL, &limit) != 0;
}

static enum outcome setuid_program(void)
{
  static const char *const programs[] = {"/usr/bin/su", "/bin/su", "/usr/bin/passwd", "/usr/bin/mount"};
  if (geteuid() == 0) return skip("uid 0 has nothing to gain");
  for (unsigned i = 0; i < sizeof programs / sizeof programs[0]; i++) {
    struct stat st;
    if (stat(programs[i], &st) != 0 || !(st.st_mode & S_ISUID) || st.st_uid != 0) continue;
    pid_t pid = run_to_the_end(programs[i], "--help");  // does nothing, but it does so as root
    if (pid < 0) return refused();
    int root = runs_as_root(pid);
    if (root < 0) return skip("its uid cannot be seen from here");
    note("%s ran %s", programs[i], root ? "as root" : "without root's uid");
    return root ? ALLOWED : DENIED;
  }
  return skip("no setuid program found");
}

const struct probe privilege_probes[] = {
    {"has-capabilities", has_capabilities, 0},
    {"capset-raise", raise_capability, 0},
    {"ambient-raise", raise_ambient, 0},
    {"regain-by-exec", regain_by_exec, 0},
    {"no-new-privs-not-set", privileges_not_locked, 0},
    {"setresuid", other_user, 0},
    {"setresgid", other_group, 0},
    {"setgroups", supplementary_groups, 0},
    {"setuid-program", setuid_program, 0},
    {0},
};
