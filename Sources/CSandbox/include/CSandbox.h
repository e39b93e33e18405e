// System calls that Swift cannot reach: starting a child process in its own session, collecting
// it, becoming a subreaper, and descriptors that are never inherited.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// The step of starting a child that failed, in the order in which the steps are taken.
typedef enum {
  CSB_STAGE_NONE = 0,
  CSB_STAGE_CLONE,
  CSB_STAGE_SESSION,
  CSB_STAGE_SIGNALS,
  CSB_STAGE_DESCRIPTORS,
  CSB_STAGE_DIRECTORY,
  CSB_STAGE_PRIVILEGES,
  CSB_STAGE_CLOSE,
  CSB_STAGE_EXECUTE,
} csb_stage;

typedef struct {
  const char *path;         // absolute path of the executable
  char *const *argv;        // ends with NULL
  char *const *envp;        // ends with NULL; the child gets exactly this
  const char *directory;    // working directory of the child
  int input;                // descriptors that become 0, 1 and 2 of the child
  int output;
  int error;
  bool no_new_privileges;   // set PR_SET_NO_NEW_PRIVS
} csb_spawn_request;

typedef struct {
  pid_t pid;                // also the child's session and process group
  int pidfd;                // close-on-exec; readable once the child has exited
  csb_stage stage;          // of the failure
  int error_number;         // of the failure
} csb_spawn_result;

// Starts a child and returns once it has executed the program: 0, or -1 with stage and error_number set, in which case no
// child is left. The child leads a session and process group of its own, has default signal dispositions, an empty signal
// mask, umask 077 and no descriptors but 0, 1 and 2. Memory is not copied, so the cost does not depend on our size.
int csb_spawn(const csb_spawn_request *request, csb_spawn_result *result);

// Collects the exit status of one child. Returns 1 when it was collected, 0 when the child still runs (only with
// `block` false), -1 with errno set. `signaled` says whether `status` is a signal's number or an exit code.
int csb_reap(pid_t pid, bool block, bool *signaled, int *status);

// Makes this process the parent of orphaned descendants. Returns 0, or -1 with errno set.
int csb_become_subreaper(void);

// A pipe whose ends are close-on-exec, from the start. Returns 0, or -1 with errno set.
int csb_pipe(int ends[2]);

// A non-blocking, close-on-exec event counter that is readable once eight bytes were written to it; -1 with errno set.
int csb_event(void);

#ifdef __cplusplus
}
#endif
