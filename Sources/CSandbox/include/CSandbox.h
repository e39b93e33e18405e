// What Swift and the guard share: how a child is asked for, how its end is reported, and system calls that Swift cannot
// reach. Processes of tools are started by the guard, never by the runtime itself (docs/architecture.md).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The step of starting a child that failed, in the order in which the steps are taken.
typedef enum {
  CSB_STAGE_NONE = 0,
  CSB_STAGE_REQUEST,
  CSB_STAGE_CLONE,
  CSB_STAGE_NAMESPACES,
  CSB_STAGE_RULES,
  CSB_STAGE_SESSION,
  CSB_STAGE_SIGNALS,
  CSB_STAGE_DESCRIPTORS,
  CSB_STAGE_DIRECTORY,
  CSB_STAGE_LIMITS,
  CSB_STAGE_CAPABILITIES,
  CSB_STAGE_PRIVILEGES,
  CSB_STAGE_LANDLOCK,
  CSB_STAGE_SECCOMP,
  CSB_STAGE_CLOSE,
  CSB_STAGE_EXECUTE,
} csb_stage;

// The layers of confinement that a request asks for. One that cannot be applied fails the start.
enum {
  CSB_NO_NEW_PRIVILEGES = 1 << 0,
  CSB_DROP_CAPABILITIES = 1 << 1,
  CSB_LANDLOCK = 1 << 2,
  CSB_SECCOMP = 1 << 3,
  // Mounts, network and System V objects of its own.
  CSB_NAMESPACES = 1 << 4,
  // No layer: the rules for files come on top of those that the guard has for every program.
  CSB_SYSTEM_FILES = 1 << 5,
  // No layer: there are limits that a control group can hold.
  CSB_LIMITED = 1 << 6,
};

typedef enum {
  CSB_NETWORK_NONE = 0,
  // TCP to one port of this machine, on which the runtime's proxy listens.
  CSB_NETWORK_PROXY,
  CSB_NETWORK_FULL,
} csb_network;

// What the first byte of a rule's text allows below the path that follows it. As a capital letter: only if no part of the
// path is a link, because whoever can put one there would choose himself what he is granted.
enum {
  CSB_RULE_READ = 'r',
  CSB_RULE_EXECUTE = 'x',        // and read
  CSB_RULE_WRITE = 'w',          // and read; not execute, no device files
  CSB_RULE_WRITE_EXECUTE = 'e',  // and read
  CSB_RULE_DEVICE = 'd',         // read and write a device file that is there
};

// Ahead of a request's strings, each ended by NUL: the executable, the directory, argc arguments, envc variables, rulec
// rules. No number is a "no limit" but 0, and -1 for times.
typedef struct {
  uint32_t size;  // of header and strings
  uint32_t argc;
  uint32_t envc;
  uint32_t rulec;
  uint32_t layers;
  uint32_t landlock_abi;  // the newest that may be used
  uint32_t network;
  uint32_t proxy_port;
  int64_t timeout_ms;
  int64_t grace_ms;  // between SIGTERM and SIGKILL
  int64_t sweep_ms;  // for ending what a child has left behind
  uint64_t cpu_seconds;
  uint64_t file_bytes;
  uint64_t open_files;
  uint64_t processes;
  uint64_t memory_bytes;
  uint64_t address_space_bytes;
  int32_t runtime_pid;
  uint32_t unused;  // no hole in the middle of what is sent
} csb_request;

enum { CSB_REQUEST_LIMIT = 16 << 20 };

// Why a child was ended.
typedef enum {
  CSB_END_ITSELF = 0,
  CSB_END_TIMEOUT,
  CSB_END_CANCELLED,
  CSB_END_KILLED,
  CSB_END_MEMORY,
  CSB_END_PROCESSES,
} csb_end;

typedef enum { CSB_REPORT_STARTED = 1, CSB_REPORT_FAILED, CSB_REPORT_ENDED } csb_report_kind;

// What a tool's init says about its child: STARTED or FAILED once, then ENDED when nothing of the child is left.
typedef struct {
  uint32_t kind;
  int32_t pid;
  int32_t stage;         // of a failure
  int32_t error_number;  // of a failure
  int32_t end;
  int32_t is_signaled;
  int32_t status;  // a signal's number or an exit code
  uint32_t swept;  // processes that were killed after the child had ended
  uint32_t left;   // processes that could not be killed in time
  uint32_t unused;
  uint64_t cpu_us;
  uint64_t peak_bytes;  // the largest resident set of one process
} csb_report;

// Orders to a tool's init, a byte each. The end of the stream is the end of the runtime, and so of the child.
enum { CSB_ORDER_END = 'T', CSB_ORDER_KILL = 'K' };

// Messages to the guard.
typedef enum {
  CSB_GUARD_NOTHING = 0,
  // Carries the layers of the request, and four descriptors: the init's end of its stream, and the child's 0, 1 and 2.
  CSB_GUARD_SPAWN,
  // The milliseconds between the first signal and the exit. Says that a session runs.
  CSB_GUARD_GRACE,
  // How programs usually are confined. The rules that follow are for every program. Is replied to, as all that come now.
  CSB_GUARD_SYSTEM,
  // Makes the namespaces in which programs see what these rules allow, and nothing else.
  CSB_GUARD_VIEW,
  // Shows more in them, for every program.
  CSB_GUARD_SHOW,
  // Makes control groups for programs, as far as that is allowed.
  CSB_GUARD_GROUPS,
} csb_guard_kind;
typedef struct {
  uint32_t kind;
  uint32_t number;        // layers, milliseconds, or how many rules
  uint32_t landlock_abi;  // that programs usually have, 0 for none
  uint32_t layers;        // that programs usually have
} csb_guard_message;

enum { CSB_GROUP_MEMORY = 1 << 0, CSB_GROUP_PROCESSES = 1 << 1 };

// To a view, with the listening socket for the proxy, from which programs reach nothing else.
typedef struct {
  int32_t error_number;
  uint32_t controllers;  // that groups have
} csb_guard_reply;

enum { CSB_SPAWN_DESCRIPTORS = 4, CSB_DESCRIPTOR_LIMIT = 6, CSB_GUARD_RULES_LIMIT = 64 << 10 };

// The guard passes signals on by this one, with the number as its value. A real-time signal is queued, while a second
// TERM would be lost beside one that somebody has sent to the whole process group.
enum { CSB_FORWARD_SIGNAL = 40 };

// The variable by which the guard tells the runtime where it listens: "<descriptor> <starts before> <how the last ended>".
#define CSB_GUARD_VARIABLE "SANDBOX_GUARD"

// Sends one message with descriptors. Returns 0, or -1 with errno set.
int csb_send(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);

// Receives one message with descriptors, which are close-on-exec. Returns its length, 0 at the end, -1 with errno set.
long csb_receive(int socket, void *bytes, size_t count, int descriptors[CSB_DESCRIPTOR_LIMIT], size_t *received);

// Two connected sockets, close-on-exec: of messages for the guard, of bytes for an init. 0, or -1 with errno set.
int csb_message_sockets(int ends[2]);
int csb_stream_sockets(int ends[2]);

// A pipe whose ends are close-on-exec, from the start. Returns 0, or -1 with errno set.
int csb_pipe(int ends[2]);

// A non-blocking, close-on-exec event counter that is readable once eight bytes were written to it; -1 with errno set.
int csb_event(void);

// A file in the folder that has no name and goes with its last descriptor, to be read and written; -1 with errno.
int csb_unnamed_file(const char *folder);

// The newest Landlock version of this kernel; 0 when there is none.
int csb_landlock_abi(void);

// Whether a process may filter its own system calls.
bool csb_has_seccomp(void);

#ifdef __cplusplus
}
#endif
