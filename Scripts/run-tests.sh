#!/bin/bash
# Runs the tests that are built, and says at the end what failed, and how many ran, failed and were skipped.
set -uo pipefail
build=$(dirname "$0")/../.build
log=$build/tests.log
report=$build/tests-swift-testing.xml
rm -f "$report"
"$1" test --skip-build --experimental-maximum-parallelization-width 8 --xunit-output "$build/tests.xml" 2>&1 | tee "$log"
code=${PIPESTATUS[0]}
# Once more, because nobody finds them among thousands of lines.
grep -aE -A3 '^✘ .* recorded an issue|Fatal error|Program crashed' "$log" | grep -aE '^[✘↳]|Fatal error|crashed' |
  cut -c1-1000 | tail -n 200
if [ -f "$report" ]; then
  # Its own sum counts what was found wrong, not tests.
  awk '/<testcase /{tests++; first=1} /<skipped/{skipped++} /<failure/{failed+=first; first=0}
    END{print tests-failed-skipped " passed, " failed+0 " failed, " skipped+0 " skipped"}' "$report"
else
  echo "the tests did not come to their end: see $log"
fi
exit "$code"
