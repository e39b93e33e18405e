#include "view.h"

#include "bind.h"
#include "tree.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int own_namespace(const char *name) {
  char path[32];
  snprintf(path, sizeof path, "self/ns/%s", name);
  return openat(tree_proc(), path, O_RDONLY | O_CLOEXEC);
}

// MARK: - Making

static int write_own(const char *name, const char *text) {
  char path[32];
  snprintf(path, sizeof path, "self/%s", name);
  const int file = openat(tree_proc(), path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  const ssize_t length = (ssize_t)strlen(text), written = write(file, text, (size_t)length);
  close(file);
  return written == length ? 0 : -1;
}

// Everybody keeps his own number; the kernel lets nobody map more without rights.
static int map_ourselves(uid_t user, gid_t group) {
  char users[48], groups[48];
  snprintf(users, sizeof users, "%u %u 1", user, user);
  snprintf(groups, sizeof groups, "%u %u 1", group, group);
  return write_own("setgroups", "deny") == 0 && write_own("uid_map", users) == 0 &&
                 write_own("gid_map", groups) == 0
             ? 0
             : -1;
}

// With rights of our own if that is enough, else with those that a user namespace gives.
static int leave_machine(view *view) {
  const int flags = CLONE_NEWNS | CLONE_NEWNET;
  if (unshare(flags) == 0) return 0;
  if (errno != EPERM) return -1;
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWUSER | flags) != 0 || map_ourselves(user, group) != 0) return -1;
  view->user = own_namespace("user");
  return view->user < 0 ? -1 : 0;
}

static int raise_loopback(void) {
  const int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return -1;
  struct ifreq request = {.ifr_name = "lo"};
  int result = ioctl(control, SIOCGIFFLAGS, &request);
  if (result == 0) {
    request.ifr_flags |= IFF_UP;
    result = ioctl(control, SIOCSIFFLAGS, &request);
  }
  close(control);
  return result;
}

// A socket belongs to the network in which it was made, whoever has it later.
static int listen_for_proxy(void) {
  const int backlog = 256, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (listener < 0) return -1;
  if (bind(listener, (const struct sockaddr *)&address, sizeof address) == 0 && listen(listener, backlog) == 0) {
    return listener;
  }
  close(listener);
  return -1;
}

static int make_networks(view *view, int *listener) {
  if ((view->no_network = own_namespace("net")) < 0 || unshare(CLONE_NEWNET) != 0) return -1;
  if ((view->proxy_network = own_namespace("net")) < 0 || raise_loopback() != 0) return -1;
  return (*listener = listen_for_proxy()) < 0 ? -1 : 0;
}

// An empty root that nobody may change. It is mounted over /proc, because nothing of that is ever shown.
static int make_root(void) {
  if (mount("none", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=111") != 0) return -1;
  if (chdir("/proc") != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return -1;
  // The old root lies on top of the new one now.
  if (umount2(".", MNT_DETACH) != 0) return -1;
  return mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

// What a namespace calls its root is not ours in a changed root, and shows more.
static int check_root(const view *view) {
  struct stat before, after;
  if (stat("/", &before) != 0 || setns(view->host, CLONE_NEWNS) != 0 || stat("/", &after) != 0) return -1;
  if (before.st_dev == after.st_dev && before.st_ino == after.st_ino) return 0;
  errno = EXDEV;
  return -1;
}

static int make(view *view, const char *rules, unsigned count, int *listener) {
  if (leave_machine(view) != 0 || make_networks(view, listener) != 0) return -1;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
  if ((view->host = own_namespace("mnt")) < 0 || check_root(view) != 0) return -1;
  if (unshare(CLONE_NEWNS) != 0 || make_root() != 0) return -1;
  if ((view->mounts = own_namespace("mnt")) < 0) return -1;
  return bind_rules(view->host, view->mounts, rules, count);
}

// MARK: - From outside

// Runs in a process of its own, because there is no way back from a namespace.
static _Noreturn void make_and_send(int socket, const char *rules, unsigned count) {
  view view = view_none;
  int listener = -1;
  const int failure = make(&view, rules, count, &listener) == 0 ? 0 : errno;
  const int descriptors[] = {view.host, view.mounts, view.no_network, view.proxy_network, listener, view.user};
  csb_send(socket, &failure, sizeof failure, descriptors, failure ? 0 : view.user >= 0 ? 6 : 5);
  _exit(0);
}

int view_make(view *view, const char *rules, unsigned count, int *listener) {
  int ends[2];
  if (csb_message_sockets(ends) != 0) return -1;
  const pid_t maker = fork();
  if (maker == 0) make_and_send(ends[1], rules, count);
  int failure = errno;
  close(ends[1]);
  int descriptors[CSB_DESCRIPTOR_LIMIT];
  size_t received = 0;
  if (maker > 0) {
    if (csb_receive(ends[0], &failure, sizeof failure, descriptors, &received) <= 0) failure = EIO;
    waitpid(maker, NULL, 0);
  }
  close(ends[0]);
  if (received < 5) {
    errno = failure ? failure : EIO;
    return -1;
  }
  view_close(view);
  *view = (struct view){
      received > 5 ? descriptors[5] : -1, descriptors[0], descriptors[1], descriptors[2], descriptors[3]};
  *listener = descriptors[4];
  return 0;
}

static int join_user(const view *view) { return view->user < 0 ? 0 : setns(view->user, CLONE_NEWUSER); }

int view_show(const view *view, const char *rules, unsigned count) {
  const pid_t shower = fork();
  if (shower < 0) return -1;
  if (shower == 0) {
    const bool is_shown = join_user(view) == 0 && setns(view->mounts, CLONE_NEWNS) == 0 &&
                          bind_rules(view->host, view->mounts, rules, count) == 0;
    _exit(is_shown ? 0 : errno);
  }
  int status = 0;
  if (waitpid(shower, &status, 0) < 0) return -1;
  if (status == 0) return 0;
  errno = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
  return -1;
}

void view_close(view *view) {
  const int descriptors[VIEW_DESCRIPTORS] = {
      view->user, view->host, view->mounts, view->no_network, view->proxy_network};
  for (int index = 0; index < VIEW_DESCRIPTORS; index++) {
    if (descriptors[index] >= 0) close(descriptors[index]);
  }
  *view = view_none;
}

// MARK: - From inside

static int join_network(const view *view, uint32_t network) {
  if (network == CSB_NETWORK_FULL) return 0;
  return setns(network == CSB_NETWORK_PROXY ? view->proxy_network : view->no_network, CLONE_NEWNET);
}

int view_enter(view *view) {
  if (view->mounts < 0) {
    errno = ENOENT;
    return -1;
  }
  if (join_user(view) != 0 || setns(view->mounts, CLONE_NEWNS) != 0) return -1;
  if (unshare(CLONE_NEWNS | CLONE_NEWIPC) != 0) return -1;
  const int copy = own_namespace("mnt");
  if (copy < 0) return -1;
  close(view->mounts);
  view->mounts = copy;
  return 0;
}

int view_complete(const view *view, const csb_request *request, const char *rules) {
  if (join_network(view, request->network) != 0) return -1;
  return bind_rules(view->host, view->mounts, rules, request->rulec);
}
