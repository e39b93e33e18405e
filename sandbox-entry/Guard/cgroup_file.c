#include "cgroup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool cgroup_write(int folder, const char *name, const char *text) {
  const int file = openat(folder, name, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_written = write(file, text, strlen(text)) >= 0;
  const int failure = errno;
  close(file);
  errno = failure;
  return is_written;
}

bool cgroup_read(int folder, const char *name, char text[CGROUP_TEXT_SIZE]) {
  text[0] = 0;
  const int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const ssize_t length = read(file, text, CGROUP_TEXT_SIZE - 1);
  close(file);
  text[length > 0 ? length : 0] = 0;
  return length >= 0;
}
