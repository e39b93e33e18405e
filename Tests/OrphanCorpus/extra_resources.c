// Beyond the corpus: single processes that use up what a runtime must limit.
#include "corpus.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MIB = 1024 * 1024, LINE = 64 };

static void write_all(int file, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(file, bytes, count);
    if (written < 0) fail("write");
    bytes += written;
    count -= (size_t)written;
  }
}

// One MiB of lines.
static const char *megabyte(void) {
  static char bytes[MIB];
  memset(bytes, 'x', sizeof bytes);
  for (size_t end = LINE - 1; end < sizeof bytes; end += LINE) bytes[end] = '\n';
  return bytes;
}

void extra_output(const char *argument) {
  long megabytes = number_argument(argument, 0);
  const char *bytes = megabyte();
  announce();
  for (long count = 0; count < megabytes; count++) write_all(STDOUT_FILENO, bytes, MIB);
}

void extra_lines_forever(const char *argument) {
  (void)argument;
  announce();
  for (unsigned long number = 1; !deadline_passed(); number++) printf("line %lu\n", number);
}

void extra_cpu_spin(const char *argument) {
  (void)argument;
  announce();
  while (!deadline_passed()) continue;
}

static void allocate(const char *argument, int sharing) {
  size_t size = (size_t)number_argument(argument, 1) * MIB;
  char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("mmap");
  // Not zero: such pages could be merged or shared.
  for (size_t page = 0; page < size; page += 4096) memory[page] = (char)(page >> 12 | 1);
  announce();
  stay();
}

void extra_alloc(const char *argument) { allocate(argument, MAP_PRIVATE); }
void extra_alloc_shared(const char *argument) { allocate(argument, MAP_SHARED); }

void extra_file(const char *argument) {
  long megabytes = number_argument(argument, 0);
  int file = open("corpus-file", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) fail("corpus-file");
  const char *bytes = megabyte();
  for (long count = 0; count < megabytes; count++) write_all(file, bytes, MIB);
  if (close(file) != 0) fail("corpus-file");
  announce();
}

void extra_many_files(const char *argument) {
  long files = number_argument(argument, 0);
  for (long number = 0; number < files; number++) {
    char name[32];
    snprintf(name, sizeof name, "corpus-%ld", number);
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) fail(name);
    write_all(file, "x\n", 2);
    if (close(file) != 0) fail(name);
  }
  announce();
}

void extra_close_stdout(const char *argument) {
  (void)argument;
  announce();
  close(STDOUT_FILENO);
  close(STDERR_FILENO);
  stay();
}

void extra_no_stdin_read(const char *argument) {
  (void)argument;
  announce();
  stay();
}
