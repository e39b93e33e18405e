// What every topic of the attack suite shares: the surroundings the supervisor prepared, and the words of a verdict.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// System calls newer than the headers of Debian 12, or dropped from newer headers. Numbers from 424 on are the same on
// every 64-bit architecture.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#define SYS_io_uring_enter 426
#endif
#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#define SYS_fsopen 430
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#endif

enum { seconds_per_probe = 5 };

enum outcome { ALLOWED, DENIED, SKIPPED, BROKEN };

// Which keys of the command line a probe cannot do without. RUNTIME, GUARD and INIT also name its target.
enum need {
  OUTSIDE = 1 << 0,
  HOME = 1 << 1,
  STATE = 1 << 2,
  OTHERCALL = 1 << 3,
  RUNTIME = 1 << 4,
  GUARD = 1 << 5,
  INIT = 1 << 6,
  PORT = 1 << 7,
  UDPPORT = 1 << 8,
  ABSTRACT = 1 << 9,
  ABSTRACTDGRAM = 1 << 10,
  UNIXDGRAM = 1 << 11,
};

struct around {
  const char *outside, *home, *state, *othercall;
  const char *abstract, *abstract_dgram, *unix_dgram;
  const char *marker;
  pid_t runtime, guard, init;
  pid_t target;  // the one of the three above that the current probe is about
  int port, udp_port;
  int inherited;          // descriptors above 2 that were open when main began
  char unique[128];       // a name nobody else has, for what is made outside: the marker and a number
  char scratch[2048];     // a folder in home, emptied after each probe
};
extern struct around at;

struct probe {
  const char *name;
  enum outcome (*run)(void);
  unsigned needs;
};

// Each list ends with an entry without a name.
extern const struct probe fs_read_probes[], fs_write_probes[], fs_replace_probes[], fs_meta_probes[], fs_exec_probes[];
extern const struct probe proc_probes[], signal_probes[], inspect_probes[], net_probes[], net_local_probes[];
extern const struct probe privilege_probes[], namespace_probes[], kernel_probes[], admin_probes[];
extern const struct probe limits_probes[], descriptors_probes[], env_probes[], control_probes[];

// Verdicts (support.c). The detail of a probe is the last note.
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void share_notes(void);
const char *last_note(void);
const char *errno_name(int number);
enum outcome refused(void);                      // denied, with the name of errno
enum outcome skip(const char *why);
enum outcome broken(const char *what);           // the probe could not be set up, says nothing about the jail
enum outcome judge(long result);                 // allowed when the call succeeded
enum outcome reached(long result, int one, int other);  // also allowed when errno shows that permission was granted

// Files (support.c). The texts returned by `in` and `fresh` live until the eighth next call.
const char *in(const char *folder, const char *name);
const char *fresh(const char *name);  // a name in the scratch folder
void empty_folder(const char *folder);
bool make_file(const char *path, const char *text, mode_t mode);
bool copy_to(int to, const char *from);
bool copy_program(const char *from, const char *to);
enum outcome holds_canary(int fd);     // allowed when the descriptor yields the secret; closes it
enum outcome opens(const char *path);  // allowed when it opens for reading and yields a byte
enum outcome lists(const char *path);

// A file's content and attributes, to put it back after an attack that worked.
struct saved {
  bool known;
  char bytes[4096];
  ssize_t size;
  struct stat st;
};
void save(const char *path, struct saved *saved);
void put_back(const char *path, const struct saved *saved);

// Processes (support.c)
pid_t helper(void);                                              // fork; the child dies with its parent
pid_t start_program(int fd, const char *path, char *const argv[]);  // -1 and errno when execve refused
enum outcome runs(int fd, const char *path, char *const argv[]);
long pidfd_of(pid_t pid);

// One operation through io_uring, which no system call filter sees (uring.c): its result, or -errno.
struct io_uring_sqe;
int uring_once(const struct io_uring_sqe *operation);
int uring_open(const char *path);
int uring_socket(int family, int type);
