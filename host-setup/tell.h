/* What a person (or a program, by --json) is told while the steps are done. */
#ifndef SETUP_TELL_H
#define SETUP_TELL_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "host-setup/plan.h"

struct tell {
    bool json;
    bool terminal;
    const char *doing; /* the step that runs */
    cJSON *notes;      /* of --json: what was said by the way */
    cJSON *steps;      /* of --json: what was done, in order */
    cJSON *checks;     /* of --json: what verify found, or NULL */
};

void tell_open(struct tell *tell, bool json);

/* A step begins, ticks (seconds or a percentage), ends. */
void tell_begin(struct tell *tell, const char *what);
void tell_seconds(void *tell, long seconds);
void tell_percent(void *tell, long percent);
void tell_end(struct tell *tell, const char *id, const char *what, const char *failure);

/* "put back: ..." for state_take_back. */
void tell_taken_back(void *tell, const char *what, const char *failure);

/* A line by itself. */
void tell_line(struct tell *tell, const char *line);
/* The notes of a plan. */
void tell_lines(struct tell *tell, const struct strings *lines);

/* --json: the object that holds the notes, the steps, an outcome and an error where there is one. Prints it. */
void tell_close(struct tell *tell, const char *outcome, const char *failure);

#endif
