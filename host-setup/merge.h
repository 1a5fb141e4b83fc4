/* The agent's configuration: what has to be in it, merged into what is there. Pure.
 *
 * Nothing is lost: keys that we do not know stay, numbers keep their digits, and a file that is not plain JSON (with
 * comments, say) is refused. Two keys are changed where they would take a port twice: a plain `otlp` receiver on 4315 or
 * 4316 goes (application_signals listens there and takes the same spans), and the proxy of an `xray` receiver moves from
 * 2000 to 2001 (application_signals has a proxy of its own there, also for the X-Ray SDK).
 *
 * Sources: the agent's JSON schema and its translator, which gives both proxies port 2000 where nothing else is said. */
#ifndef SETUP_MERGE_H
#define SETUP_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

struct merge {
    char *
        bytes; /* the merged file, or NULL where *complaint is set; equal to what was given where all is there */
    bool changed;
    struct strings notes; /* what was moved or left out, a line each */
    char *complaint;      /* why it is refused: "is not JSON: line 3" */
};

/* `have` is NULL where there is no file. With `metrics`, cpu, disk and memory are collected, each where it is not. */
void merge_config(const char *have, bool metrics, struct merge *merge);

/* True where both application_signals sections are there. */
bool merge_has_sections(const char *have);

void merge_free(struct merge *merge);

#endif
