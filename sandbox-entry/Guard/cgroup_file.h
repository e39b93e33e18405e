// The small files of control groups.
#pragma once

#include <stdbool.h>

enum { CGROUP_TEXT_SIZE = 1024, CGROUP_NAME_SIZE = 32 };

// False with errno set.
bool cgroup_write(int folder, const char *name, const char *text);

// Reads the beginning of a file; one that cannot be read is an empty text.
bool cgroup_read(int folder, const char *name, char text[CGROUP_TEXT_SIZE]);
