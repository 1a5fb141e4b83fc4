/* Doing the steps, and taking them back. */
#ifndef SETUP_APPLY_H
#define SETUP_APPLY_H

#include <stdbool.h>

#include "common/error.h"
#include "host-setup/plan.h"
#include "host-setup/state.h"
#include "host-setup/tell.h"

/* Does the steps in order. Where one fails, or this process is told to end, what this run did is taken back, and
 * *error says what failed. */
bool apply_steps(struct setup_plan *plan, const struct look *look, struct state *state, struct tell *tell,
                 struct error **error);

/* Takes back everything from the entry `first` on; false and *error where something stayed. */
bool apply_undo(struct state *state, size_t first, struct tell *tell, struct error **error);

#endif
