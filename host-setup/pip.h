/* What pip's dry run says it would do to the app's packages. Pure.
 *
 * Source: pip's "Installation report" (--report, since pip 22.2), version 1. */
#ifndef SETUP_PIP_H
#define SETUP_PIP_H

#include <stdbool.h>

#include "common/text.h"

struct pip_report {
    struct strings added;   /* normalised names that are not there yet */
    struct strings changed; /* "protobuf 4.25.3 -> 6.33.5" */
};

/* `packages` is "name==version" of what is there. False where `json` is no report. */
bool pip_report_read(const char *json, const struct strings *packages, struct pip_report *report);
void pip_report_free(struct pip_report *report);

#endif
