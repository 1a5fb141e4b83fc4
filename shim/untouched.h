/* The last resort: the command as given, where there is no memory for anything else or nothing was found. */
#ifndef SHIM_UNTOUCHED_H
#define SHIM_UNTOUCHED_H

/* From now on a failed allocation execs the command in argv untouched: what follows "--", else the first word that is
 * no option. Allocates nothing itself. */
void untouched_on_no_memory(int argc, char **argv, char **environment);

/* Execs argv as execvp does, by the kernel's word alone: no file is looked at beforehand, nothing is allocated (but for a
 * script without a #! line). Returns errno, ENOENT where no directory of PATH has it. */
int untouched_exec(char *const *argv, char *const *environment);

#endif
