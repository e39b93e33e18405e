#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
  const char *file;
  const char *folder;
  pid_t runtime;
} surroundings;

static bool opens(const char *path, int flags) {
  int file = open(path, flags | O_CLOEXEC, 0600);
  if (file < 0) return false;
  close(file);
  return true;
}

static bool has_socket(int domain, int type) {
  int number = socket(domain, type, 0);
  if (number < 0) return false;
  close(number);
  return true;
}

static bool reads_file(const surroundings *around) { return opens(around->file, O_RDONLY); }

static bool writes_outside(const surroundings *around) {
  char path[4096];
  snprintf(path, sizeof path, "%s/probe-%d", around->folder, getpid());
  if (!opens(path, O_WRONLY | O_CREAT | O_EXCL)) return false;
  unlink(path);
  return true;
}

static bool changes_mode(const surroundings *around) {
  struct stat status;
  return stat(around->folder, &status) == 0 && chmod(around->folder, status.st_mode & 07777) == 0;
}

static bool has_tcp(const surroundings *around) {
  (void)around;
  // Where sockets can be had, it depends on the port; nobody listens at this one.
  int number = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (number < 0) return false;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  const bool is_denied = connect(number, (struct sockaddr *)&address, sizeof address) != 0 &&
                         (errno == EACCES || errno == EPERM || errno == ENETUNREACH);
  close(number);
  return !is_denied;
}

static bool has_udp(const surroundings *around) {
  (void)around;
  int number = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (number < 0) return false;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  const bool is_sent = sendto(number, "", 0, 0, (struct sockaddr *)&address, sizeof address) == 0;
  close(number);
  return is_sent;
}

static bool has_local_socket(const surroundings *around) {
  (void)around;
  return has_socket(AF_UNIX, SOCK_STREAM);
}

static bool has_netlink(const surroundings *around) {
  (void)around;
  return has_socket(AF_NETLINK, SOCK_RAW);
}

static bool signals_runtime(const surroundings *around) { return kill(around->runtime, 0) == 0; }
static bool signals_init(const surroundings *around) {
  (void)around;
  return kill(getppid(), 0) == 0;
}

static bool reads_environment(const surroundings *around) {
  char path[64], byte;
  snprintf(path, sizeof path, "/proc/%d/environ", around->runtime);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_read = read(file, &byte, 1) >= 0;
  close(file);
  return is_read;
}

static bool traces_runtime(const surroundings *around) {
  if (ptrace(PTRACE_SEIZE, around->runtime, 0, 0) != 0) return false;
  ptrace(PTRACE_DETACH, around->runtime, 0, 0);
  return true;
}

static bool has_namespace(const surroundings *around) {
  (void)around;
  return unshare(CLONE_NEWUSER) == 0;
}

static bool has_rings(const surroundings *around) {
  (void)around;
  const int io_uring_setup = 425;
  char parameters[120] = {0};
  long number = syscall(io_uring_setup, 1, parameters);
  if (number >= 0) close((int)number);
  return number >= 0;
}

static bool has_capabilities(const surroundings *around) {
  (void)around;
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) != 0) return true;
  return data[0].effective || data[1].effective || data[0].permitted || data[1].permitted;
}

static bool may_gain_privileges(const surroundings *around) {
  (void)around;
  return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
}

typedef struct {
  const char *name;
  bool (*is_allowed)(const surroundings *around);
} attack;

// The last ones change the process for those that follow.
static const attack attacks[] = {
    {"read", reads_file}, {"write", writes_outside}, {"chmod", changes_mode}, {"tcp", has_tcp}, {"udp", has_udp},
    {"unix", has_local_socket}, {"netlink", has_netlink}, {"signal_runtime", signals_runtime},
    {"signal_init", signals_init}, {"environ", reads_environment}, {"ptrace", traces_runtime},
    {"io_uring", has_rings}, {"capabilities", has_capabilities}, {"new_privileges", may_gain_privileges},
    {"user_namespace", has_namespace},
};

int probe_run(int count, char **arguments) {
  if (count != 3) return 64;
  const surroundings around = {arguments[0], arguments[1], (pid_t)atoi(arguments[2])};
  for (size_t index = 0; index < sizeof attacks / sizeof attacks[0]; index++) {
    printf("%s %s\n", attacks[index].name, attacks[index].is_allowed(&around) ? "allowed" : "denied");
  }
  return 0;
}
