/* The last resort: the command as given, where there is no memory for anything else. */
#ifndef SHIM_UNTOUCHED_H
#define SHIM_UNTOUCHED_H

/* From now on a failed allocation execs the command in argv untouched: what follows "--", else the first word that is
 * no option. Allocates nothing itself. */
void untouched_on_no_memory(int argc, char **argv, char **environment);

#endif
