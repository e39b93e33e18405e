#!/bin/sh
# Installs what tests use besides the build: MCP servers that others wrote, of the present and of the older generation,
# each in a virtual environment. Without Python or a package index the tests that need them are skipped, and say so.
set -eu
build=$(dirname "$0")/../.build

if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null &&
  command -v apt-get >/dev/null; then
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -qq || true
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv || true
fi

# Supervisors that start sessions in tests. One that cannot be had is a skipped test.
if command -v apt-get >/dev/null; then
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  for package in tini:tini runit:runsv supervisor:supervisord s6:s6-supervise bubblewrap:bwrap util-linux:setpriv \
    runc:/usr/sbin/runc golang-github-containers-common:/usr/share/containers/seccomp.json; do
    command -v "${package#*:}" >/dev/null || [ -e "${package#*:}" ] && continue
    [ -n "${updated:-}" ] || $as_root apt-get update -qq || true
    updated=yes
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${package%:*}" \
      >/dev/null 2>&1 || echo "cannot install ${package%:*}; its test will be skipped" >&2
  done
fi

# install FOLDER PACKAGES: the list is kept beside them, so that a new one replaces them.
install() {
  [ "$(cat "$build/$1/packages" 2>/dev/null)" = "$2" ] && return
  rm -rf "${build:?}/$1"
  mkdir -p "$build"
  # shellcheck disable=SC2086
  if python3 -m venv "$build/$1" && "$build/$1/bin/pip" install --quiet --disable-pip-version-check $2; then
    echo "$2" >"$build/$1/packages"
  else
    rm -rf "${build:?}/$1"
    echo "cannot install $2; the tests that need them will be skipped" >&2
  fi
}

install mcp-venv "mcp==2.3.0 mcp-server-time==2026.10.19 mcp-server-git==2026.10.19"
install mcp-legacy-venv "fastmcp==2.14.7 mcp==1.30.0 mcp-server-time==2025.9.25"
