// What a confined process can still do, found out by trying.
#pragma once

// Tries each attack and prints a line for it: its name and `denied` or `allowed`. The arguments are the path of a file
// that must not be read, of a folder in which nothing may be written, and the runtime's pid.
int probe_run(int count, char **arguments);
