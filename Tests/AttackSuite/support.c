// Verdicts, files and processes for all topics.
#include "attack.h"

#include <dirent.h>
#include <ftw.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>

struct around at = {.marker = "attack-suite"};

// Shared with the probes' processes: a probe that dies has still said how far it came, and needs no pipe, which would
// be a descriptor that the descriptors' probes had to leave out.
static char *notes;
enum { note_size = 160 };

void share_notes(void)
{
  notes = mmap(NULL, note_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (notes == MAP_FAILED) abort();
}

void note(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(notes, note_size, format, arguments);
  va_end(arguments);
}

const char *last_note(void) { return notes; }

const char *errno_name(int number)
{
  static char text[24];
#ifdef __GLIBC__
  const char *name = strerrorname_np(number);
  if (name) return name;
#endif
  snprintf(text, sizeof text, "errno %d", number);
  return text;
}

enum outcome refused(void)
{
  note("%s", errno_name(errno));
  return DENIED;
}

enum outcome skip(const char *why)
{
  note("%s", why);
  return SKIPPED;
}

enum outcome broken(const char *what)
{
  note("%s: %s", what, errno_name(errno));
  return BROKEN;
}

enum outcome judge(long result) { return result < 0 ? refused() : ALLOWED; }

enum outcome reached(long result, int one, int other)
{
  if (result < 0 && errno != one && errno != other) return refused();
  if (result < 0) note("permitted, then %s", errno_name(errno));
  return ALLOWED;
}

const char *in(const char *folder, const char *name)
{
  static char paths[8][4096];
  static unsigned next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

const char *fresh(const char *name) { return in(at.scratch, name); }

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
  (void)st, (void)kind;
  if (where->level > 0) remove(path);
  return 0;
}

void empty_folder(const char *folder) { nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS); }

bool make_file(const char *path, const char *text, mode_t mode)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return false;
  bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, mode) == 0;
  close(fd);
  return written;
}

bool copy_to(int to, const char *from)
{
  int source = open(from, O_RDONLY | O_CLOEXEC);
  if (source < 0) return false;
  char bytes[65536];
  ssize_t count;
  while ((count = read(source, bytes, sizeof bytes)) > 0)
    if (write(to, bytes, (size_t)count) != count) count = -1;
  close(source);
  return count == 0;
}

bool copy_program(const char *from, const char *to)
{
  int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
  if (fd < 0) return false;
  bool copied = copy_to(fd, from);
  close(fd);
  return copied;
}

enum outcome holds_canary(int fd)
{
  if (fd < 0) return refused();
  char bytes[7] = "";
  ssize_t count = read(fd, bytes, 6);
  int why = errno;
  close(fd);
  if (count < 0) return errno = why, refused();
  if (strcmp(bytes, "canary") == 0) return ALLOWED;
  note("opened, but not the canary");
  return DENIED;
}

enum outcome opens(const char *path)
{
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return refused();
  char byte;
  ssize_t count = read(fd, &byte, 1);
  if (count < 0) return refused();
  close(fd);
  if (count == 0) note("empty");
  return ALLOWED;
}

enum outcome lists(const char *path)
{
  DIR *folder = opendir(path);
  if (!folder) return refused();
  errno = 0;
  bool entry = readdir(folder) != NULL;
  if (!entry && errno == 0) errno = ENOENT;
  return entry ? ALLOWED : refused();
}

void save(const char *path, struct saved *saved)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  saved->known = fd >= 0 && fstat(fd, &saved->st) == 0 && saved->st.st_size <= (off_t)sizeof saved->bytes;
  if (saved->known) saved->size = read(fd, saved->bytes, sizeof saved->bytes);
  saved->known = saved->known && saved->size == saved->st.st_size;
  if (fd >= 0) close(fd);
}

void put_back(const char *path, const struct saved *saved)
{
  int fd = saved->known ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
  bool done = fd >= 0 && write(fd, saved->bytes, (size_t)saved->size) == saved->size &&
              fchmod(fd, saved->st.st_mode & 07777) == 0;
  if (done && (saved->st.st_uid != geteuid() || saved->st.st_gid != getegid()))
    done = fchown(fd, saved->st.st_uid, saved->st.st_gid) == 0;
  if (fd >= 0) close(fd);
  if (!done) note("NOT RESTORED: %.120s", path);
}

pid_t helper(void)
{
  pid_t parent = getpid(), pid = fork();
  if (pid != 0) return pid;
  alarm(seconds_per_probe);  // not inherited; lasts over execve
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // a filter killed the parent before it could be outlived
  return 0;
}

pid_t start_program(int fd, const char *path, char *const argv[])
{
  int report[2];
  char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
  if (pipe2(report, O_CLOEXEC) != 0) return -1;
  pid_t pid = helper();
  if (pid == 0) {
    int null = open("/dev/null", O_RDWR);
    for (int standard = 0; standard < 3 && null >= 0; standard++) dup2(null, standard);
    if (fd >= 0) syscall(SYS_execveat, fd, "", argv, environment, AT_EMPTY_PATH);
    else execve(path, argv, environment);
    int why = errno;
    if (write(report[1], &why, sizeof why) < 0) _exit(126);
    _exit(127);
  }
  close(report[1]);
  int why = pid < 0 ? errno : 0;
  if (pid > 0 && read(report[0], &why, sizeof why) == sizeof why) {
    waitpid(pid, NULL, 0);
    pid = -1;
  }
  close(report[0]);
  errno = why;
  return pid;
}

// Allowed as soon as execve succeeded: what the program did then is not the question.
enum outcome runs(int fd, const char *path, char *const argv[])
{
  int status = 0;
  pid_t pid = start_program(fd, path, argv);
  if (pid < 0) return refused();
  waitpid(pid, &status, 0);
  if (WIFEXITED(status)) note("exit %d", WEXITSTATUS(status));
  else note("signal %d", WTERMSIG(status));
  return ALLOWED;
}

long pidfd_of(pid_t pid) { return syscall(SYS_pidfd_open, pid, 0); }
