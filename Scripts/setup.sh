#!/bin/sh
# Installs the Debian packages that the build needs. Does nothing when they are there.
set -eu
missing=
[ -f /usr/include/sqlite3.h ] || missing="$missing libsqlite3-dev"
[ -f /usr/include/zlib.h ] || missing="$missing zlib1g-dev"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "missing C headers, and no apt-get here: install the equivalents of:$missing" >&2
  exit 1
fi
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
