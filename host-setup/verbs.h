/* What each verb does; the result is the exit code, and *error is set where it is none of 0 and 1. */
#ifndef SETUP_VERBS_H
#define SETUP_VERBS_H

#include "common/error.h"
#include "host-setup/room.h"
#include "host-setup/settings.h"

/* backend, frontend, database, agent. `asked`: the verb came from the menu, so the steps are shown and confirmed. */
int verb_set_up(const struct setup_settings *settings, struct room *room, bool asked, struct error **error);
int verb_verify(const struct setup_settings *settings, struct room *room);
int verb_status(const struct setup_settings *settings, struct room *room, struct error **error);
int verb_undo(const struct setup_settings *settings, struct room *room, struct error **error);

#endif
