// What a program may do with files, by Landlock (kernel documentation: userspace-api/landlock.rst).
#pragma once

#include "CSandbox.h"

// Makes a ruleset that allows nothing of what this version knows; with `holds_network` no TCP either. Returns its
// descriptor, or -1 with errno set.
int landlock_make(uint32_t abi, bool holds_network);

// Allows what `count` rules (CSandbox.h) say. Paths that are not there are left out. Returns 0, or -1 with errno set.
int landlock_allow(int ruleset, uint32_t abi, const char *rules, unsigned count);

// Allows connections to one TCP port, of whatever machine; before version 4 nothing was forbidden.
int landlock_allow_port(int ruleset, uint32_t abi, uint32_t port);
