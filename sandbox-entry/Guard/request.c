#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_all(int stream, void *bytes, size_t count) {
  for (size_t done = 0; done < count;) {
    ssize_t got = read(stream, (char *)bytes + done, count - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += (size_t)got;
  }
  return true;
}

// Cuts the strings behind a request's header apart. Returns false when there are fewer than it says.
static bool cut(const csb_request *request, request_strings *strings) {
  const char *end = strings->text + (request->size - sizeof *request);
  char *next = strings->text;
  char **lists = calloc((size_t)request->argc + request->envc + 2, sizeof *lists);
  strings->argv = lists;
  if (!lists || end == strings->text || end[-1] != 0) return false;
  size_t place = 0;
  strings->envp = lists + request->argc + 1;
  for (size_t index = 0; index < 2 + (size_t)request->argc + request->envc; index++, next += strlen(next) + 1) {
    if (next >= end) return false;
    if (index == 0) strings->path = next;
    if (index == 1) strings->directory = next;
    if (index == 2 + (size_t)request->argc) place++;
    if (index >= 2) lists[place++] = next;
  }
  strings->rules = next;
  for (uint32_t index = 0; index < request->rulec; index++, next += strlen(next) + 1) {
    if (next >= end) return false;
  }
  return true;
}

int request_read(int stream, csb_request *request, request_strings *strings) {
  *strings = (request_strings){0};
  if (!read_all(stream, request, sizeof *request)) return EPIPE;
  if (request->size < sizeof *request || request->size > CSB_REQUEST_LIMIT || request->argc > request->size ||
      request->envc > request->size) {
    return EINVAL;
  }
  const size_t size = request->size - sizeof *request;
  strings->text = malloc(size + 1);
  if (!strings->text) return ENOMEM;
  if (!read_all(stream, strings->text, size)) return EPIPE;
  return cut(request, strings) ? 0 : EINVAL;
}

void request_free(request_strings *strings) {
  free(strings->text);
  free(strings->argv);
}
