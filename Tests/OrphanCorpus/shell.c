// The tree that a careless shell script leaves behind.
#include "corpus.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

// $0 is the marker, $1 the number of seconds, descriptor 3 the gate. `cat - "$0"` carries the marker in its arguments.
// `sleep` cannot, and so none of them is longer than a second: it is gone before anyone looks for survivors.
#define LINGER "n=$1; while [ $n -gt 0 ]; do sleep 1; n=$((n - 1)); done"
#define DEAF "trap '' TERM HUP INT QUIT; "

static const char script[] = DEAF
    "( { echo >&3; exec 3>&-; " LINGER "; } | cat - \"$0\" >/dev/null 2>&1 3>&- ) &\n"
    "nohup /bin/sh -c \"trap '' TERM HUP INT QUIT; echo >&3; exec 3>&-; $2\" \"$0\" \"$1\" >/dev/null 2>&1 &\n"
    "exec 3>&-\n" LINGER "\n";

void case_nested_shell(const char *argument) {
  (void)argument;
  gate_open();
  if (spawn("oc-shell") == 0) {
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%ld", seconds_left());
    int writer = gate_writer();
    // dup2() to itself would leave close-on-exec set.
    if (writer == 3 ? fcntl(3, F_SETFD, 0) != 0 : dup2(writer, 3) != 3) fail("the gate");
    execl("/bin/sh", "sh", "-c", script, options.marker, seconds, LINGER, (char *)NULL);
    fail("/bin/sh");
  }
  gate_wait(2);
  announce();
  stay();
}
