// Entry of the executable that a supervisor starts.
#include "guard.h"
#include "probe.h"

#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments) {
  // For ourselves only: what a confined child can do, and spawning for a program that has no guard.
  if (count > 1 && strcmp(arguments[1], "--guard-probe") == 0) return probe_run(count - 2, arguments + 2);
  if (count == 3 && strcmp(arguments[1], "--guard-spawner") == 0) return guard_serve(atoi(arguments[2]));
  return guard_run(arguments);
}
