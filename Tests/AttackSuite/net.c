// Reaching the network. On the loopback device only, except for one DNS question to the configured resolver.
#include "attack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { protocol_sctp = 132, protocol_mptcp = 262, family_bluetooth = 31, family_vsock = 40, family_xdp = 44 };

struct address {
  union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
  };
  socklen_t size;
};

// 127.0.0.1 for both families: over IPv6 as ::ffff:127.0.0.1, so that one listener serves for both.
static struct address loopback(int family, int port)
{
  struct address address = {.size = sizeof address.four};
  if (family == AF_INET) {
    address.four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  address.six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.six.sin6_addr);
  address.size = sizeof address.six;
  return address;
}

static int open_socket(int family, int type, int protocol) { return socket(family, type | SOCK_CLOEXEC, protocol); }

static enum outcome connects(int fd, int family)
{
  if (fd < 0) return refused();
  struct address to = loopback(family, at.port);
  return judge(connect(fd, &to.any, to.size));
}

static enum outcome tcp4(void) { return connects(open_socket(AF_INET, SOCK_STREAM, 0), AF_INET); }
static enum outcome tcp6(void) { return connects(open_socket(AF_INET6, SOCK_STREAM, 0), AF_INET6); }
static enum outcome mptcp(void) { return connects(open_socket(AF_INET, SOCK_STREAM, protocol_mptcp), AF_INET); }

// A connection without a connect: the first data opens it.
static enum outcome fast_open(void)
{
  struct address to = loopback(AF_INET, at.port);
  int fd = open_socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return refused();
  return judge(sendto(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, &to.any, to.size));
}

static enum outcome tcp_by_uring(void)
{
  int fd = uring_socket(AF_INET, SOCK_STREAM);
  if (fd < 0) return errno = -fd, refused();
  return connects(fd, AF_INET);
}

static enum outcome tcp_listen(void)
{
  struct address here = loopback(AF_INET, 0);
  int fd = open_socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || bind(fd, &here.any, here.size) != 0) return refused();
  return judge(listen(fd, 1));
}

static enum outcome tcp_listen_unbound(void)
{
  int fd = open_socket(AF_INET, SOCK_STREAM, 0);
  return fd < 0 ? refused() : judge(listen(fd, 1));
}

static enum outcome udp_bind(void)
{
  struct address here = loopback(AF_INET, 0);
  int fd = open_socket(AF_INET, SOCK_DGRAM, 0);
  return fd < 0 ? refused() : judge(bind(fd, &here.any, here.size));
}

static enum outcome sends(int family)
{
  struct address to = loopback(family, at.udp_port);
  int fd = open_socket(family, SOCK_DGRAM, 0);
  if (fd < 0) return refused();
  return judge(sendto(fd, at.marker, strlen(at.marker), 0, &to.any, to.size));
}

static enum outcome udp4(void) { return sends(AF_INET); }
static enum outcome udp6(void) { return sends(AF_INET6); }

// A name is a message: the question alone carries data out. Written by hand, a static glibc has no resolver.
static enum outcome dns(void)
{
  static const char question[] =
      "\x12\x34\x01\0\0\1\0\0\0\0\0\0"       // id, recursion wanted, one question
      "\x0c" "attack-suite" "\x07" "invalid"  // a name that is never delegated
      "\0\0\1\0\1";                           // root, type A, class IN
  char line[256], server[64] = "127.0.0.1";
  FILE *settings = fopen("/etc/resolv.conf", "re");
  while (settings && fgets(line, sizeof line, settings))
    if (sscanf(line, "nameserver %63[0-9.]", server) == 1) break;
  struct address to = loopback(AF_INET, 53);
  inet_pton(AF_INET, server, &to.four.sin_addr);
  int fd = open_socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return refused();
  return judge(sendto(fd, question, sizeof question - 1, 0, &to.any, to.size));
}

static enum outcome pings(int type)
{
  struct address to = loopback(AF_INET, 0);
  unsigned char echo[8] = {8, 0, 0xf7, 0xff};  // an echo request with its checksum
  int fd = open_socket(AF_INET, type, IPPROTO_ICMP);
  if (fd < 0) return refused();
  return judge(sendto(fd, echo, sizeof echo, 0, &to.any, to.size));
}

static enum outcome icmp_raw(void) { return pings(SOCK_RAW); }
static enum outcome icmp_datagram(void) { return pings(SOCK_DGRAM); }

// For these the socket itself is the attack: what lies behind it is not to be disturbed.
static enum outcome raw6(void) { return judge(open_socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)); }
static enum outcome packet(void) { return judge(open_socket(AF_PACKET, SOCK_RAW, 0)); }
static enum outcome vsock(void) { return judge(open_socket(family_vsock, SOCK_STREAM, 0)); }
static enum outcome vsock_datagram(void) { return judge(open_socket(family_vsock, SOCK_DGRAM, 0)); }
static enum outcome sctp(void) { return judge(open_socket(AF_INET, SOCK_STREAM, protocol_sctp)); }
static enum outcome bluetooth(void) { return judge(open_socket(family_bluetooth, SOCK_RAW, 1)); }
static enum outcome xdp(void) { return judge(open_socket(family_xdp, SOCK_RAW, 0)); }

const struct probe net_probes[] = {
    {"tcp4-connect", tcp4, PORT},
    {"tcp6-connect", tcp6, PORT},
    {"tcp-fast-open", fast_open, PORT},
    {"tcp-by-io-uring", tcp_by_uring, PORT},
    {"mptcp-connect", mptcp, PORT},
    {"tcp-bind-listen", tcp_listen, 0},
    {"tcp-listen-unbound", tcp_listen_unbound, 0},
    {"udp-bind", udp_bind, 0},
    {"udp4-send", udp4, UDPPORT},
    {"udp6-send", udp6, UDPPORT},
    {"dns-question", dns, 0},
    {"icmp-raw", icmp_raw, 0},
    {"icmp-datagram", icmp_datagram, 0},
    {"icmp6-raw", raw6, 0},
    {"packet-socket", packet, 0},
    {"vsock-stream", vsock, 0},
    {"vsock-datagram", vsock_datagram, 0},
    {"sctp-socket", sctp, 0},
    {"bluetooth-socket", bluetooth, 0},
    {"xdp-socket", xdp, 0},
    {0},
};
