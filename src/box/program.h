/*
 * program.h - the programs that a sandbox needs, found before it starts.
 */
#ifndef BOX_PROGRAM_H
#define BOX_PROGRAM_H

#include "base/err.h"

/* Refuses (EXIT_IMPOSSIBLE) when `program` is in none of the program
 * directories of `root` (a descriptor; -1: the host's), naming the
 * distribution's `package` that has it. */
int program_require(int root, const char *program, const char *package,
		    struct err *err);

/* Opens one of our own programs ("sandbox-init", "steer"): beside the running
 * one (a build tree, or bindir), else in libexecdir. O_PATH, for execveat. */
int program_open(const char *name, struct err *err);

#endif
