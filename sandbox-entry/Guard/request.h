// What an init is told about its program (csb_request).
#pragma once

#include "CSandbox.h"

typedef struct {
  char *text;  // in which the others lie
  const char *path;
  const char *directory;
  char **argv;  // ends with NULL, as envp
  char **envp;
  const char *rules;  // each ended by NUL
} request_strings;

// Reads a request. Returns 0, EPIPE when it ends early, or what is wrong with it. The strings are to be freed in any case.
int request_read(int stream, csb_request *request, request_strings *strings);

void request_free(request_strings *strings);
