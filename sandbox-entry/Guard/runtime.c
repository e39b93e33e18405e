#include "runtime.h"

#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char runtime_name[] = "sandbox-runtime";

void runtime_hide_environment(void) {
  size_t count = 0;
  while (environ[count]) count++;
  char **copy = calloc(count + 1, sizeof *copy);
  if (!copy) return;
  for (size_t index = 0; index < count; index++) {
    copy[index] = strdup(environ[index]);
    // Then it stays where it is, as of little use as that is: without memory nothing goes on anyway.
    if (!copy[index]) return;
  }
  for (size_t index = 0; index < count; index++) explicit_bzero(environ[index], strlen(environ[index]));
  environ = copy;
}

// The path of the runtime's executable: ours with another last part.
static bool find_runtime(char path[PATH_MAX]) {
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (length > 0) {
    path[length] = 0;
  } else {
    // Without /proc the kernel still says by which path it found us.
    const char *given = (const char *)getauxval(AT_EXECFN);
    if (!given || strlen(given) >= PATH_MAX) return false;
    strcpy(path, given);
  }
  char *name = strrchr(path, '/');
  name = name ? name + 1 : path;
  if ((size_t)(name - path) + sizeof runtime_name > PATH_MAX) return false;
  strcpy(name, runtime_name);
  return true;
}

// Runs in the new process. Returns only when it fails.
static void become_runtime(const char *path, char **arguments, int socket, pid_t guard, runtime_history history) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != guard) return;
  // A copy that is not closed by exec.
  int kept = fcntl(socket, F_DUPFD, 3);
  char text[64];
  snprintf(text, sizeof text, "%d %u %d %d", kept, history.starts, history.ended_by, history.stop_signal);
  if (kept < 0 || setenv(CSB_GUARD_VARIABLE, text, 1) != 0) return;
  execv(path, arguments);
}

pid_t runtime_start(char **arguments, int socket, runtime_history history) {
  char path[PATH_MAX] = "";
  if (!find_runtime(path)) {
    fprintf(stderr, "sandbox-entry: cannot find out where its runtime, %s, lies; start it by an absolute path\n",
            runtime_name);
    return -1;
  }
  int failure[2];
  if (csb_pipe(failure) != 0) return -1;
  const pid_t guard = getpid(), child = fork();
  if (child == 0) {
    become_runtime(path, arguments, socket, guard, history);
    const int reason = errno;
    if (write(failure[1], &reason, sizeof reason) < 0) _exit(126);
    _exit(127);
  }
  const int fork_error = errno;
  close(failure[1]);
  int reason = fork_error;
  // Ends without a word once the runtime is executed.
  const ssize_t said = child < 0 ? (ssize_t)sizeof reason : read(failure[0], &reason, sizeof reason);
  close(failure[0]);
  if (said != (ssize_t)sizeof reason) return child;
  fprintf(stderr, "sandbox-entry: cannot start %s: %s; ship both executables in one folder\n", path, strerror(reason));
  if (child > 0) waitpid(child, NULL, 0);
  errno = reason;
  return -1;
}
