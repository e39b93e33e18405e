// An MCP server on stdio (2025-11-25 and before) that outstays its client: it ignores the end of stdin and SIGTERM,
// and its only tool starts a daemon and never answers.
#include "corpus.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// --- As much JSON as it takes to find a member of an object. Not a validator: the client is the one under test.

struct span {
  const char *start;
  size_t length;
};

static const char *skip_space(const char *at) { return at + strspn(at, " \t\r\n"); }

// Each skips one value and returns what follows it, or NULL if the text ends before.
static const char *skip_string(const char *at) {
  for (at++; *at != '"'; at++) {
    if (*at == '\\') at++;
    if (*at == '\0') return NULL;
  }
  return at + 1;
}

static const char *skip_value(const char *at) {
  int depth = 0;
  do {
    if (*at == '\0') return NULL;
    if (*at == '"') {
      if ((at = skip_string(at)) == NULL) return NULL;
    } else if (*at == '{' || *at == '[') {
      depth++;
      at++;
    } else if (*at == '}' || *at == ']') {
      depth--;
      at++;
    } else if (depth > 0) {
      at++;
    } else {
      at += strcspn(at, ",}] \t\r\n");
    }
  } while (depth > 0);
  return at;
}

// The raw text of a member, quotes included; its start is NULL if the object has no such member.
static struct span member(const char *object, const char *key) {
  struct span none = {NULL, 0};
  if (object == NULL || *(object = skip_space(object)) != '{') return none;
  const char *at = skip_space(object + 1);
  while (*at == '"') {
    const char *name = at + 1;
    if ((at = skip_string(at)) == NULL) return none;
    size_t name_length = (size_t)(at - 1 - name);
    at = skip_space(at);
    if (*at != ':') return none;
    const char *value = skip_space(at + 1);
    if ((at = skip_value(value)) == NULL) return none;
    if (name_length == strlen(key) && memcmp(name, key, name_length) == 0) {
      return (struct span){value, (size_t)(at - value)};
    }
    at = skip_space(at);
    if (*at == ',') at = skip_space(at + 1);
  }
  return none;
}

static bool is_string(struct span value, const char *text) {
  size_t length = strlen(text);
  return value.start != NULL && value.length == length + 2 && value.start[0] == '"' &&
         memcmp(value.start + 1, text, length) == 0;
}

// --- The server

static void answer(struct span id, const char *kind, const char *body) {
  printf("{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"%s\":%s}\n", (int)id.length, id.start, kind, body);
  fflush(stdout);
}

static void answer_initialize(struct span id, const char *params) {
  static const char *const known[] = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
  enum { KNOWN = sizeof known / sizeof known[0] };
  struct span wanted = member(params, "protocolVersion");
  const char *version = known[0];
  for (int index = 0; index < KNOWN; index++) {
    if (is_string(wanted, known[index])) version = known[index];
  }
  char body[256];
  snprintf(body, sizeof body,
           "{\"protocolVersion\":\"%s\",\"capabilities\":{\"tools\":{}},"
           "\"serverInfo\":{\"name\":\"orphan-corpus\",\"version\":\"1\"}}",
           version);
  answer(id, "result", body);
}

enum { MOST_DAEMONS = 8 };

static void start_daemon(void) {
  static int daemons;
  if (daemons++ >= MOST_DAEMONS) return;
  gate_open();
  pid_t daemon = spawn("oc-mcp-daemon");
  if (daemon == 0) {
    if (setsid() < 0) fail("setsid");
    gate_report();
    linger();
  }
  gate_wait(1);
  announce_call(daemon);
  if (options.exits) _exit(0);  // The server crashes in the middle of the call.
}

static void serve(const char *line) {
  struct span method = member(line, "method"), id = member(line, "id");
  // A notification, or an answer to a question that we never asked.
  if (method.start == NULL || id.start == NULL) return;
  if (is_string(method, "initialize")) {
    answer_initialize(id, member(line, "params").start);
  } else if (is_string(method, "ping")) {
    answer(id, "result", "{}");
  } else if (is_string(method, "tools/list")) {
    answer(id, "result",
           "{\"tools\":[{\"name\":\"spin\",\"description\":\"Starts a daemon and never answers.\","
           "\"inputSchema\":{\"type\":\"object\"}}]}");
  } else if (is_string(method, "tools/call")) {
    if (is_string(member(member(line, "params").start, "name"), "spin")) {
      start_daemon();
    } else {
      answer(id, "error", "{\"code\":-32602,\"message\":\"Unknown tool\"}");
    }
  } else {
    // server/discover too: this is how a client learns that the server is an old one.
    answer(id, "error", "{\"code\":-32601,\"message\":\"Method not found\"}");
  }
}

void case_mcp_server(const char *argument) {
  (void)argument;
  ignore_terminating_signals();
  signal(SIGPIPE, SIG_IGN);  // The client's death is no reason to go.
  show_ready_file();
  char *line = NULL;
  size_t capacity = 0;
  while (getline(&line, &capacity, stdin) >= 0) serve(line);
  linger();
}
