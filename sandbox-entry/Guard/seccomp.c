#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "The numbers and arguments of system calls are known for x86_64 and aarch64 only."
#endif

// Calls that headers do not have yet. Numbers from 424 on are the same on all architectures.
enum {
  NR_PIDFD_SEND_SIGNAL = 424, NR_IO_URING_SETUP = 425, NR_IO_URING_ENTER, NR_IO_URING_REGISTER, NR_OPEN_TREE,
  NR_MOVE_MOUNT, NR_FSOPEN, NR_FSCONFIG, NR_FSMOUNT, NR_FSPICK, NR_PIDFD_OPEN, NR_CLONE3, NR_PIDFD_GETFD = 438,
  NR_PROCESS_MADVISE = 440, NR_MOUNT_SETATTR = 442, NR_QUOTACTL_FD = 443, NR_MEMFD_SECRET = 447,
  NR_PROCESS_MRELEASE = 448, NR_OPEN_TREE_ATTR = 467,
};

// What becomes of a call. The last ones depend on its arguments.
typedef enum {
  DENY, ABSENT, NO_FLAGGED_CLONE, SOCKET, SOCKETPAIR, TERMINAL, PERSONALITY, OWN_FIRST, OWN_SECOND, SIGNAL, NO_EMPTY_PATH,
  NO_FAST_OPEN_THIRD, NO_FAST_OPEN_FOURTH,
  VERDICTS,
} verdict;

typedef struct {
  uint32_t number;
  verdict verdict;
} call_rule;

static const call_rule listed[] = {
    // Other processes: looking into them, and changing how they run.
    {SYS_ptrace, DENY}, {SYS_process_vm_readv, DENY}, {SYS_process_vm_writev, DENY}, {SYS_kcmp, DENY},
    {NR_PIDFD_GETFD, DENY}, {NR_PROCESS_MADVISE, DENY}, {NR_PROCESS_MRELEASE, DENY}, {SYS_migrate_pages, DENY},
    {SYS_move_pages, DENY}, {SYS_prlimit64, OWN_FIRST}, {SYS_sched_setaffinity, OWN_FIRST},
    {SYS_sched_setscheduler, OWN_FIRST}, {SYS_sched_setparam, OWN_FIRST}, {SYS_sched_setattr, OWN_FIRST},
    {SYS_setpriority, OWN_SECOND}, {SYS_ioprio_set, OWN_SECOND}, {SYS_kill, SIGNAL}, {SYS_tgkill, SIGNAL},
    {SYS_rt_sigqueueinfo, SIGNAL}, {SYS_rt_tgsigqueueinfo, SIGNAL}, {NR_PIDFD_OPEN, SIGNAL},
    // Namespaces and mounts: a new one gives back rights that were taken.
    {SYS_unshare, DENY}, {SYS_setns, DENY}, {SYS_clone, NO_FLAGGED_CLONE}, {NR_CLONE3, ABSENT}, {SYS_mount, DENY},
    {SYS_umount2, DENY}, {SYS_pivot_root, DENY}, {SYS_chroot, DENY}, {NR_OPEN_TREE, DENY}, {NR_MOVE_MOUNT, DENY},
    {NR_FSOPEN, DENY}, {NR_FSCONFIG, DENY}, {NR_FSMOUNT, DENY}, {NR_FSPICK, DENY}, {NR_MOUNT_SETATTR, DENY},
    {NR_OPEN_TREE_ATTR, DENY}, {SYS_open_by_handle_at, DENY}, {SYS_quotactl, DENY}, {NR_QUOTACTL_FD, DENY},
    {SYS_fanotify_init, DENY},
    // Parts of the kernel with a history of holes, and no use for tools.
    {SYS_bpf, DENY}, {SYS_perf_event_open, DENY}, {SYS_userfaultfd, DENY}, {NR_IO_URING_SETUP, DENY},
    {NR_IO_URING_ENTER, DENY}, {NR_IO_URING_REGISTER, DENY}, {SYS_keyctl, DENY}, {SYS_add_key, DENY},
    {SYS_request_key, DENY}, {NR_MEMFD_SECRET, DENY}, {SYS_vhangup, DENY}, {SYS_lookup_dcookie, DENY},
    {SYS_personality, PERSONALITY}, {SYS_ioctl, TERMINAL}, {SYS_execveat, NO_EMPTY_PATH},
    // The machine as a whole.
    {SYS_init_module, DENY}, {SYS_finit_module, DENY}, {SYS_delete_module, DENY}, {SYS_kexec_load, DENY},
    {SYS_reboot, DENY}, {SYS_swapon, DENY}, {SYS_swapoff, DENY}, {SYS_settimeofday, DENY}, {SYS_clock_settime, DENY},
    {SYS_clock_adjtime, DENY}, {SYS_adjtimex, DENY}, {SYS_acct, DENY}, {SYS_syslog, DENY}, {SYS_sethostname, DENY},
    {SYS_setdomainname, DENY}, {SYS_nfsservctl, DENY},
#ifdef SYS_kexec_file_load
    {SYS_kexec_file_load, DENY},
#endif
#ifdef __x86_64__
    {SYS_iopl, DENY}, {SYS_ioperm, DENY}, {SYS_modify_ldt, DENY}, {SYS_uselib, DENY}, {SYS_ustat, DENY},
    {SYS__sysctl, DENY}, {SYS_create_module, DENY},
#endif
    {SYS_socket, SOCKET}, {SYS_socketpair, SOCKETPAIR},
};
// With Landlock's scope a signal reaches no process outside anyway; without it these two would reach any thread.
static const call_rule without_scope[] = {{SYS_tkill, DENY}, {NR_PIDFD_SEND_SIGNAL, DENY}};
// Where TCP is held to one port: sending with this flag connects, listening binds, and Landlock sees neither.
static const call_rule with_proxy[] = {
    {SYS_sendmsg, NO_FAST_OPEN_THIRD}, {SYS_sendto, NO_FAST_OPEN_FOURTH}, {SYS_sendmmsg, NO_FAST_OPEN_FOURTH},
    {SYS_listen, DENY}};

enum {
  RULE_LIMIT = sizeof listed / sizeof listed[0] + sizeof without_scope / sizeof without_scope[0] +
               sizeof with_proxy / sizeof with_proxy[0]
};

typedef struct {
  seccomp_program *program;
  const csb_request *request;
  const pid_t *protected;
  call_rule rules[RULE_LIMIT];
  size_t rule_count;
  // Jumps to a block of instructions that comes later.
  struct {
    unsigned short place;
    verdict verdict;
  } jumps[RULE_LIMIT];
  size_t jump_count;
} builder;

static void emit(builder *builder, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false) {
  seccomp_program *program = builder->program;
  if (program->count < SECCOMP_CAPACITY) {
    program->code[program->count] = (struct sock_filter){code, if_true, if_false, k};
  }
  program->count++;
}

static void answer(builder *builder, uint32_t action) { emit(builder, BPF_RET | BPF_K, action, 0, 0); }
static void refuse(builder *builder, int error) { answer(builder, SECCOMP_RET_ERRNO | (uint32_t)error); }
static void allow(builder *builder) { answer(builder, SECCOMP_RET_ALLOW); }

// The low half of an argument: the kernel takes these arguments as 32 bits, too.
static void load_argument(builder *builder, int index) {
  emit(builder, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (size_t)index), 0, 0);
}

static void allow_if(builder *builder, uint32_t value) {
  emit(builder, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
  allow(builder);
}

static void refuse_if(builder *builder, uint32_t value, int error) {
  emit(builder, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
  refuse(builder, error);
}

static void refuse_if_any(builder *builder, uint32_t bits, int error) {
  emit(builder, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
  refuse(builder, error);
}

// TCP and, where everything is allowed, UDP and ping over IP. Never local sockets: who answers there, nobody knows.
static void socket_block(builder *builder) {
  const uint32_t network = builder->request->network;
  if (network == CSB_NETWORK_NONE) return refuse(builder, EACCES);
  load_argument(builder, 0);
  emit(builder, BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
  emit(builder, BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
  refuse(builder, EACCES);
  load_argument(builder, 1);
  emit(builder, BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0);
  emit(builder, BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, network == CSB_NETWORK_FULL ? 2 : 1, 0);
  if (network == CSB_NETWORK_FULL) emit(builder, BPF_JMP | BPF_JEQ | BPF_K, SOCK_DGRAM, 1, 0);
  refuse(builder, EACCES);
  load_argument(builder, 2);
  const uint32_t tcp = 6, udp = 17, icmp = 1, icmp6 = 58;
  allow_if(builder, 0);
  allow_if(builder, tcp);
  if (network == CSB_NETWORK_FULL) {
    allow_if(builder, udp);
    allow_if(builder, icmp);
    allow_if(builder, icmp6);
  }
  refuse(builder, EACCES);
}

static void signal_block(builder *builder) {
  load_argument(builder, 0);
  for (int index = 0; index < SECCOMP_PROTECTED; index++) {
    refuse_if(builder, (uint32_t)builder->protected[index], EPERM);
    refuse_if(builder, (uint32_t)-builder->protected[index], EPERM);
  }
  // Everybody.
  refuse_if(builder, (uint32_t)-1, EPERM);
  allow(builder);
}

static void block(builder *builder, verdict verdict) {
  const uint32_t new_namespaces = 0x7e020000, push_input = 0x5412, console = 0x541c, line_discipline = 0x5423;
  const uint32_t ask_only = 0xffffffff, empty_path = 0x1000, fast_open = 0x20000000;
  switch (verdict) {
    case DENY: return refuse(builder, EPERM);
    case ABSENT: return refuse(builder, ENOSYS);
    case NO_FLAGGED_CLONE:
      load_argument(builder, 0);
      refuse_if_any(builder, new_namespaces, EPERM);
      return allow(builder);
    case SOCKET: return socket_block(builder);
    case SOCKETPAIR:
      load_argument(builder, 0);
      emit(builder, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0);
      refuse(builder, EACCES);
      // Half a pair of datagram sockets can still send to any other local socket; these stay among themselves.
      load_argument(builder, 1);
      emit(builder, BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0);
      allow_if(builder, SOCK_STREAM);
      allow_if(builder, SOCK_SEQPACKET);
      return refuse(builder, EACCES);
    case TERMINAL:
      load_argument(builder, 1);
      refuse_if(builder, push_input, EPERM);
      refuse_if(builder, console, EPERM);
      refuse_if(builder, line_discipline, EPERM);
      return allow(builder);
    case PERSONALITY:
      load_argument(builder, 0);
      allow_if(builder, 0);
      allow_if(builder, ask_only);
      return refuse(builder, EPERM);
    case OWN_FIRST:
    case OWN_SECOND:
      load_argument(builder, verdict == OWN_FIRST ? 0 : 1);
      allow_if(builder, 0);
      return refuse(builder, EPERM);
    case SIGNAL: return signal_block(builder);
    case NO_EMPTY_PATH:
      // A program in memory, which no rule about files sees.
      load_argument(builder, 4);
      refuse_if_any(builder, empty_path, EPERM);
      return allow(builder);
    case NO_FAST_OPEN_THIRD:
    case NO_FAST_OPEN_FOURTH:
      load_argument(builder, verdict == NO_FAST_OPEN_THIRD ? 2 : 3);
      refuse_if_any(builder, fast_open, EPERM);
      return allow(builder);
    case VERDICTS: return;
  }
}

// A search tree, because the kernel runs the filter once for each of its calls when it is installed, and that is most of
// what a filter costs.
static void tree(builder *builder, size_t from, size_t to) {
  if (to - from > 3) {
    const size_t middle = from + (to - from) / 2;
    const unsigned short place = builder->program->count;
    emit(builder, BPF_JMP | BPF_JGE | BPF_K, builder->rules[middle].number, 0, 0);
    tree(builder, from, middle);
    const unsigned distance = builder->program->count - place - 1U;
    if (place < SECCOMP_CAPACITY) builder->program->code[place].jt = (uint8_t)distance;
    if (distance > UINT8_MAX) builder->program->count = SECCOMP_CAPACITY + 1;
    return tree(builder, middle, to);
  }
  for (size_t index = from; index < to; index++) {
    emit(builder, BPF_JMP | BPF_JEQ | BPF_K, builder->rules[index].number, 0, 1);
    builder->jumps[builder->jump_count].place = builder->program->count;
    builder->jumps[builder->jump_count++].verdict = builder->rules[index].verdict;
    emit(builder, BPF_JMP | BPF_JA, 0, 0, 0);
  }
  allow(builder);
}

static void blocks(builder *builder) {
  for (verdict verdict = 0; verdict < VERDICTS; verdict++) {
    const unsigned short start = builder->program->count;
    for (size_t index = 0; index < builder->jump_count; index++) {
      const unsigned short place = builder->jumps[index].place;
      if (builder->jumps[index].verdict == verdict && place < SECCOMP_CAPACITY) {
        builder->program->code[place].k = start - place - 1U;
      }
    }
    block(builder, verdict);
  }
}

static int by_number(const void *left, const void *right) {
  const call_rule *a = left, *b = right;
  return a->number < b->number ? -1 : a->number > b->number;
}

bool seccomp_build(seccomp_program *program, const csb_request *request, const pid_t protected[SECCOMP_PROTECTED]) {
  builder builder = {.program = program, .request = request, .protected = protected};
  program->count = 0;
  memcpy(builder.rules, listed, sizeof listed);
  builder.rule_count = sizeof listed / sizeof listed[0];
  if (!(request->layers & CSB_LANDLOCK) || request->landlock_abi < 6) {
    memcpy(builder.rules + builder.rule_count, without_scope, sizeof without_scope);
    builder.rule_count += sizeof without_scope / sizeof without_scope[0];
  }
  if (request->network == CSB_NETWORK_PROXY) {
    memcpy(builder.rules + builder.rule_count, with_proxy, sizeof with_proxy);
    builder.rule_count += sizeof with_proxy / sizeof with_proxy[0];
  }
  qsort(builder.rules, builder.rule_count, sizeof builder.rules[0], by_number);

  // Another architecture has other numbers, so nothing below would hold for it.
  emit(&builder, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
  emit(&builder, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
  answer(&builder, SECCOMP_RET_KILL_PROCESS);
  emit(&builder, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
#ifdef __x86_64__
  const uint32_t x32_bit = 0x40000000;
  emit(&builder, BPF_JMP | BPF_JGE | BPF_K, x32_bit, 0, 1);
  refuse(&builder, ENOSYS);
#endif
  tree(&builder, 0, builder.rule_count);
  blocks(&builder);
  return program->count <= SECCOMP_CAPACITY;
}
