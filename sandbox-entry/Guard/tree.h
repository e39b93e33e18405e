// The processes below this one, which must be a subreaper: what an orphan's parent leaves comes to us.
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
  unsigned processes;
  uint64_t memory_bytes;  // resident and not shared with files
} tree_size;

// Counts the descendants, at most `limit` of them.
tree_size tree_measure(unsigned limit);

// Called for each child whose end is collected.
typedef void (*tree_collector)(void *context, const siginfo_t *end);

// Collects every child that has ended. False when there is no child any more, running or not.
bool tree_collect(tree_collector collector, void *context);

// Sends SIGKILL to every descendant and collects them, again and again, until none is left or the time is over.
// `spares`, when not NULL, says which direct children are left alone with everything below them. Returns how many direct
// children are left.
unsigned tree_kill(int64_t milliseconds, bool (*spares)(void *context, pid_t child), tree_collector collector,
                   void *context);

// Whether a descriptor is of what the path names without following any link.
bool tree_is_exact(int descriptor, const char *path);

// A descriptor of /proc, which is also there where that cannot be seen any more; -1 when there never was one.
int tree_proc(void);
void tree_move_proc(int descriptor);

// The monotonic clock.
int64_t now_us(void);
int64_t now_ms(void);
