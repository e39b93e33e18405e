#!/bin/bash
# Runs the tests that are built, and says at the end what failed, and how many ran, failed and were skipped.
set -uo pipefail
log=$(dirname "$0")/../.build/tests.log
"$1" test --skip-build --experimental-maximum-parallelization-width 8 2>&1 | tee "$log"
code=${PIPESTATUS[0]}
count() { grep -E "^$1 Test " "$log" | grep -cE "$2"; }
passed=$(count ✔ ' passed after ')
failed=$(count ✘ ' failed after ')
skipped=$(count ➜ ' skipped')
# The run itself has such a line, too.
[ "$code" = 0 ] && passed=$((passed - 1)) || failed=$((failed - 1))
# Once more, because nobody finds them among thousands of lines.
grep -E -A3 '^✘ .* recorded an issue' "$log" | grep -E '^[✘↳]' | cut -c1-1000 | tail -n 200
echo "$passed passed, $failed failed, $skipped skipped"
exit "$code"
