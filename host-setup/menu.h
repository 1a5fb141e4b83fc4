/* The guide's menu, and the questions that a backend needs, on a terminal. */
#ifndef SETUP_MENU_H
#define SETUP_MENU_H

#include <stdbool.h>

#include "host-setup/settings.h"

/* Fills in the verb and the values that were not given; false where the person left. */
bool menu_ask(struct setup_settings *settings);

/* True for "y" or "yes". */
bool menu_proceed(void);

#endif
