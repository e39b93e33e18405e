// Sockets that lead to other processes or to the kernel of the same machine.
#include "attack.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#ifdef __has_include
#if __has_include(<linux/if_alg.h>)
#include <linux/if_alg.h>
#endif
#endif

struct name {
  struct sockaddr_un un;
  socklen_t size;
};

static struct name path_name(const char *path)
{
  struct name name = {.un.sun_family = AF_UNIX, .size = sizeof name.un};
  snprintf(name.un.sun_path, sizeof name.un.sun_path, "%s", path);
  return name;
}

static struct name abstract_name(const char *text)
{
  struct name name = {.un.sun_family = AF_UNIX};
  snprintf(name.un.sun_path + 1, sizeof name.un.sun_path - 1, "%s", text);
  name.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name.un.sun_path + 1));
  return name;
}

static enum outcome connects(struct name to)
{
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return fd < 0 ? refused() : judge(connect(fd, (struct sockaddr *)&to.un, to.size));
}

static enum outcome sends(int fd, struct name to)
{
  if (fd < 0) return refused();
  return judge(sendto(fd, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&to.un, to.size));
}

static int datagram_socket(void) { return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0); }

// One end of a pair, which has to be allowed: a datagram socket can address others besides its partner.
static int half_of_pair(void)
{
  int pair[2];
  return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) == 0 ? pair[0] : -1;
}

static enum outcome stream_to_path(void) { return connects(path_name(in(at.outside, "outside.sock"))); }
static enum outcome stream_to_abstract(void) { return connects(abstract_name(at.abstract)); }
static enum outcome datagram_to_path(void) { return sends(datagram_socket(), path_name(at.unix_dgram)); }
static enum outcome datagram_to_abstract(void) { return sends(datagram_socket(), abstract_name(at.abstract_dgram)); }
static enum outcome pair_to_path(void) { return sends(half_of_pair(), path_name(at.unix_dgram)); }
static enum outcome pair_to_abstract(void) { return sends(half_of_pair(), abstract_name(at.abstract_dgram)); }

static enum outcome pair_reconnect(void)
{
  struct name to = path_name(at.unix_dgram);
  int fd = half_of_pair();
  if (fd < 0 || connect(fd, (struct sockaddr *)&to.un, to.size) != 0) return refused();
  return judge(send(fd, "x", 1, MSG_NOSIGNAL));
}

static enum outcome path_by_uring(void)
{
  struct name to = path_name(in(at.outside, "outside.sock"));
  int fd = uring_socket(AF_UNIX, SOCK_STREAM);
  if (fd < 0) return errno = -fd, refused();
  return judge(connect(fd, (struct sockaddr *)&to.un, to.size));
}

// Taking a name that another process is going to trust.
static enum outcome abstract_bind(void)
{
  struct name here = abstract_name(at.unique);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&here.un, here.size) != 0) return refused();
  return judge(listen(fd, 1));
}

static enum outcome pair_bind(void)
{
  struct name here = abstract_name(at.unique);
  int fd = half_of_pair();
  return fd < 0 ? refused() : judge(bind(fd, (struct sockaddr *)&here.un, here.size));
}

static enum outcome netlink_route(void)
{
  struct {
    struct nlmsghdr head;
    struct rtgenmsg body;
  } ask = {{sizeof ask, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {AF_UNSPEC}};
  char answer[8192];
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0 || send(fd, &ask, sizeof ask, 0) < 0) return refused();
  return judge(recv(fd, answer, sizeof answer, 0));
}

static enum outcome netlink(int protocol) { return judge(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)); }
static enum outcome netlink_diag(void) { return netlink(NETLINK_SOCK_DIAG); }
static enum outcome netlink_audit(void) { return netlink(NETLINK_AUDIT); }
static enum outcome netlink_netfilter(void) { return netlink(NETLINK_NETFILTER); }

static enum outcome kernel_crypto(void)
{
#ifdef ALG_SET_KEY
  struct sockaddr_alg hash = {.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256"};
  int fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  return fd < 0 ? refused() : judge(bind(fd, (struct sockaddr *)&hash, sizeof hash));
#else
  return skip("built without linux/if_alg.h");
#endif
}

const struct probe net_local_probes[] = {
    {"unix-path-connect", stream_to_path, OUTSIDE},
    {"unix-path-by-io-uring", path_by_uring, OUTSIDE},
    {"unix-abstract-connect", stream_to_abstract, ABSTRACT},
    {"unix-abstract-bind", abstract_bind, 0},
    {"unix-datagram-to-path", datagram_to_path, UNIXDGRAM},
    {"unix-datagram-to-abstract", datagram_to_abstract, ABSTRACTDGRAM},
    {"socketpair-to-path", pair_to_path, UNIXDGRAM},
    {"socketpair-to-abstract", pair_to_abstract, ABSTRACTDGRAM},
    {"socketpair-reconnect", pair_reconnect, UNIXDGRAM},
    {"socketpair-bind-abstract", pair_bind, 0},
    {"netlink-route", netlink_route, 0},
    {"netlink-sock-diag", netlink_diag, 0},
    {"netlink-audit", netlink_audit, 0},
    {"netlink-netfilter", netlink_netfilter, 0},
    {"af-alg", kernel_crypto, 0},
    {0},
};
