/* What the person gets to see: the diff, the summary of the guide, the open questions; or all of it as JSON. */
#ifndef PATCH_REPORT_H
#define PATCH_REPORT_H

#include <stdio.h>

#include "common/error.h"
#include "dockerfile-patcher/engine/unit.h"

struct report {
    FILE *diff; /* standard output; closed to the report in JSON mode */
    FILE *
        summary; /* standard output, or standard error where standard output is a diff that somebody else reads */
    bool json;
    bool colour;
    bool paths_as_given; /* several roots: the diff names files as they can be reached from here */
    enum mode mode;
    size_t units;
    size_t roots;
    size_t files_seen;
    size_t files_changed;
    size_t files_alone[FINDING_COUNT]; /* notes, counted */
    struct strings deploys;            /* commands of the tools whose files are changed */
    struct text changed;               /* one bullet a file */
    struct text questions;
    struct text findings;
    struct text told; /* the summary of all roots, for --report */
    struct strings created;
};

void report_begin(struct report *report, const struct settings *settings);
void report_root(struct report *report, const char *root);

/* The unit is planned, its edits filtered and sorted. */
void report_unit(struct report *report, const struct unit *unit);

/* The summary of the root. */
void report_root_end(struct report *report, const char *root);
bool report_end(struct report *report, const struct settings *settings, int exit_code, struct error **error);

#endif
