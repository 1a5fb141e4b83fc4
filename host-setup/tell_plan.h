/* What --plan shows: every command, and every file with its diff. */
#ifndef SETUP_TELL_PLAN_H
#define SETUP_TELL_PLAN_H

#include <stdbool.h>

#include "host-setup/plan.h"
#include "host-setup/state.h"

void tell_plan(const struct room *room, const struct setup_plan *plan, bool json);

/* The steps alone, a line each. */
void tell_steps(const struct setup_plan *plan);

/* What an undo would do, in its order. */
void tell_undo(const struct state *state, bool json);

#endif
