// What a tool has to be able to do: "allowed" in a healthy jail. A jail in which these fail denies by being broken.
#include "attack.h"

#include <pthread.h>
#include <sys/socket.h>

static enum outcome wrong(const char *what)
{
  note("%s", what);
  return DENIED;
}

static enum outcome read_program(void)
{
  char magic[4] = "";
  int fd = open("/usr/bin/env", O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read(fd, magic, sizeof magic) < 0) return refused();
  return memcmp(magic, "\177ELF", 4) == 0 ? ALLOWED : wrong("not a program");
}

static enum outcome work_in_home(void)
{
  char text[8] = "";
  if (!make_file(fresh("first"), "work", 0600) || rename(fresh("first"), fresh("second")) != 0) return refused();
  int fd = open(fresh("second"), O_RDWR | O_CLOEXEC);
  if (fd < 0 || read(fd, text, sizeof text) != 4 || strcmp(text, "work") != 0) return refused();
  if (ftruncate(fd, 2) != 0 || unlink(fresh("second")) != 0) return refused();
  return access(fresh("second"), F_OK) != 0 ? ALLOWED : wrong("still there");
}

static enum outcome folders_in_home(void)
{
  if (mkdir(fresh("folder"), 0700) != 0 || !make_file(fresh("folder/file"), "x", 0600)) return refused();
  if (rename(fresh("folder/file"), fresh("file")) != 0) return refused();
  return judge(rmdir(fresh("folder")));
}

static enum outcome fork_and_wait(void)
{
  int status = 0;
  pid_t child = helper();
  if (child == 0) _exit(7);
  if (child < 0 || waitpid(child, &status, 0) != child) return refused();
  return WIFEXITED(status) && WEXITSTATUS(status) == 7 ? ALLOWED : wrong("another status");
}

static enum outcome carries(int from, int to)
{
  char byte = 0;
  if (write(to, "y", 1) != 1 || read(from, &byte, 1) != 1) return refused();
  return byte == 'y' ? ALLOWED : wrong("another byte");
}

static enum outcome pipes(void)
{
  int ends[2];
  return pipe2(ends, O_CLOEXEC) != 0 ? refused() : carries(ends[0], ends[1]);
}

static enum outcome socket_pair(void)
{
  int ends[2];
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 ? refused() : carries(ends[0], ends[1]);
}

static enum outcome write_null(void)
{
  int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  return fd < 0 ? refused() : judge(write(fd, "x", 1));
}

static enum outcome read_random(void) { return opens("/dev/urandom"); }

static void *answer(void *question)
{
  *(int *)question = 42;
  return NULL;
}

static enum outcome threads(void)
{
  pthread_t thread;
  int value = 0;
  errno = pthread_create(&thread, NULL, answer, &value);
  if (errno != 0 || (errno = pthread_join(thread, NULL)) != 0) return refused();
  return value == 42 ? ALLOWED : wrong("did not run");
}

static enum outcome exec_true(void)
{
  char *const argv[] = {"true", NULL};
  enum outcome outcome = runs(-1, "/bin/true", argv);
  return outcome == ALLOWED && strcmp(last_note(), "exit 0") != 0 ? DENIED : outcome;
}

static enum outcome shell_pipeline(void)
{
  int ends[2];
  char text[8] = "";
  if (pipe2(ends, O_CLOEXEC) != 0) return refused();
  pid_t child = helper();
  if (child == 0) {
    char *const argv[] = {"sh", "-c", "echo a | cat", NULL}, *const environment[] = {"PATH=/usr/bin:/bin", NULL};
    dup2(ends[1], 1);
    execve("/bin/sh", argv, environment);
    _exit(127);
  }
  close(ends[1]);
  if (child < 0 || read(ends[0], text, sizeof text - 1) < 0) return refused();
  return strcmp(text, "a\n") == 0 ? ALLOWED : wrong("another output");
}

static enum outcome signal_own_child(void)
{
  int status = 0;
  pid_t child = helper();
  if (child == 0) {
    pause();
    _exit(0);
  }
  if (child < 0 || kill(child, SIGTERM) != 0 || waitpid(child, &status, 0) != child) return refused();
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? ALLOWED : wrong("another end");
}

const struct probe control_probes[] = {
    {"read-program", read_program, 0},
    {"work-in-home", work_in_home, HOME},
    {"folders-in-home", folders_in_home, HOME},
    {"fork-and-wait", fork_and_wait, 0},
    {"pipe", pipes, 0},
    {"socketpair", socket_pair, 0},
    {"write-dev-null", write_null, 0},
    {"read-dev-urandom", read_random, 0},
    {"thread", threads, 0},
    {"exec-true", exec_true, 0},
    {"shell-pipeline", shell_pipeline, 0},
    {"signal-own-child", signal_own_child, 0},
    {0},
};
