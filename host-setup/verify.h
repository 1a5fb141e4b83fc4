/* Runs the checks and says what they found. */
#ifndef SETUP_VERIFY_H
#define SETUP_VERIFY_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "host-setup/room.h"
#include "host-setup/settings.h"

/* Returns how many were bad. `settling`: the agent was started a moment ago. They are printed, or added to `list` (an
 * array) where there is one. */
size_t verify_host(const struct setup_settings *settings, const struct room *room, bool settling,
                   cJSON *list);

#endif
