#include "landlock.h"

#include "tree.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#endif

// Our own names, because the headers of Debian 12 end with version 2.
enum {
  EXECUTE = 1 << 0,
  WRITE_FILE = 1 << 1,
  READ_FILE = 1 << 2,
  READ_DIR = 1 << 3,
  REMOVE_DIR = 1 << 4,
  REMOVE_FILE = 1 << 5,
  MAKE_CHAR = 1 << 6,
  MAKE_DIR = 1 << 7,
  MAKE_REG = 1 << 8,
  MAKE_SOCK = 1 << 9,
  MAKE_FIFO = 1 << 10,
  MAKE_BLOCK = 1 << 11,
  MAKE_SYM = 1 << 12,
  REFER = 1 << 13,      // version 2
  TRUNCATE = 1 << 14,   // 3
  IOCTL_DEV = 1 << 15,  // 5
};
enum { NET_BIND_TCP = 1 << 0, NET_CONNECT_TCP = 1 << 1 };            // 4
enum { SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0, SCOPE_SIGNAL = 1 << 1 };  // 6
enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2 };

typedef struct {
  uint64_t fs;
  uint64_t net;
  uint64_t scoped;
} ruleset_attributes;

typedef struct {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed)) path_rule;

typedef struct {
  uint64_t allowed;
  uint64_t port;
} port_rule;

static const uint64_t read_rights = READ_FILE | READ_DIR;
static const uint64_t write_rights = WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK |
                                     MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE;
static const uint64_t file_rights = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

// Everything that this version knows is handled, and so forbidden unless a rule allows it.
static uint64_t handled_files(uint32_t abi) {
  uint64_t rights = MAKE_SYM * 2 - 1;
  if (abi >= 2) rights |= REFER;
  if (abi >= 3) rights |= TRUNCATE;
  if (abi >= 5) rights |= IOCTL_DEV;
  return rights;
}

static uint64_t rights_of(char kind) {
  switch (tolower(kind)) {
    case CSB_RULE_READ: return read_rights;
    case CSB_RULE_EXECUTE: return read_rights | EXECUTE;
    case CSB_RULE_WRITE: return read_rights | write_rights;
    case CSB_RULE_WRITE_EXECUTE: return read_rights | write_rights | EXECUTE;
    case CSB_RULE_DEVICE: return READ_FILE | WRITE_FILE | IOCTL_DEV;
    default: return 0;
  }
}

static int allow_path(int ruleset, uint64_t handled, const char *rule) {
  int file = open(rule + 1, O_PATH | O_CLOEXEC);
  if (file < 0) return errno == ENOENT || errno == EACCES || errno == ENOTDIR ? 0 : -1;
  if (isupper(rule[0]) && !tree_is_exact(file, rule + 1)) return close(file);
  uint64_t allowed = rights_of(rule[0]);
  struct stat status;
  if (fstat(file, &status) == 0 && !S_ISDIR(status.st_mode)) allowed &= file_rights;
  path_rule attributes = {allowed & handled, file};
  int result = (int)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attributes, 0);
  int failure = errno;
  close(file);
  errno = failure;
  return result;
}

int landlock_make(uint32_t abi, bool holds_network) {
  const uint64_t network = abi >= 4 && holds_network ? NET_BIND_TCP | NET_CONNECT_TCP : 0;
  const ruleset_attributes attributes = {
      handled_files(abi), network, abi >= 6 ? SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL : 0};
  // Older kernels refuse a size that they do not know.
  const size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  return (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
}

int landlock_allow(int ruleset, uint32_t abi, const char *rules, unsigned count) {
  for (unsigned index = 0; index < count; index++, rules += strlen(rules) + 1) {
    if (allow_path(ruleset, handled_files(abi), rules) != 0) return -1;
  }
  return 0;
}

int landlock_allow_port(int ruleset, uint32_t abi, uint32_t port) {
  const port_rule attributes = {NET_CONNECT_TCP, port};
  return abi < 4 ? 0 : (int)syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &attributes, 0);
}
