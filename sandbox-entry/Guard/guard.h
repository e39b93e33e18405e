// The process that the supervisor starts: it starts the runtime and outlives it, passes signals on, makes an init for
// each program of a tool, collects orphans, and leaves no process behind, whatever becomes of the runtime.
#pragma once

// Runs the runtime with these arguments until it ends, and returns the exit code.
int guard_run(char **arguments);

// Only spawns, for whoever is at the other end of the socket, until that end is closed.
int guard_serve(int socket);
