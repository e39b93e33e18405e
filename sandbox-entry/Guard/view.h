// What confined programs see of the machine: namespaces that are made once, and that each init enters.
//
// The root is an empty file system in memory, into which what is allowed is bound, read-only: the system's folders for
// everybody, the rest for the one init whose request names it. There are two networks: one without anything, one with
// nothing but the proxy's listening socket. A file that somebody replaces later, as /etc/resolv.conf, stays the old one.
#pragma once

#include "CSandbox.h"

typedef struct view {
  int user;       // -1 where our rights are enough without a user namespace of our own
  int host;       // the mounts as they were when the view was made
  int mounts;     // what programs see; in an init, its own copy
  int no_network;
  int proxy_network;
} view;

enum { VIEW_DESCRIPTORS = 5 };
static const view view_none = {-1, -1, -1, -1, -1};

// Makes a view that shows what `count` rules (CSandbox.h) allow. `listener` gets the proxy's listening socket. Returns 0,
// or -1 with errno set and nothing made. Leaves the calling process where it is.
int view_make(view *view, const char *rules, unsigned count, int *listener);

// Shows more to everybody who enters from now on. Returns 0, or -1 with errno set.
int view_show(const view *view, const char *rules, unsigned count);

void view_close(view *view);

// Moves the calling process, which must have one thread, to a copy of its own, which `view` then holds. Returns 0, or -1
// with errno set.
int view_enter(view *view);

// Shows the calling process, which has entered, what its request's rules allow besides, and joins the network that it
// asks for. Returns 0, or -1 with errno set.
int view_complete(const view *view, const csb_request *request, const char *rules);
