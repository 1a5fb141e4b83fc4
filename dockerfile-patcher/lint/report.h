/* The findings of all roots, as a person, a script or a code scanner reads them. */
#ifndef PATCH_LINT_REPORT_H
#define PATCH_LINT_REPORT_H

#include <cjson/cJSON.h>

#include "dockerfile-patcher/lint/rules.h"
#include "dockerfile-patcher/settings.h"

/* The page with a section for each rule. */
#define LINT_PAGE "docs/lint.md"

extern const char *const severity_words[];

struct lint_report {
    const struct settings *settings;
    size_t counts[SEVERITY_ERROR + 1];
    cJSON *items; /* JSON's findings or SARIF's results; NULL: text, which is printed at once */
};

void lint_report_begin(struct lint_report *report, const struct settings *settings);

/* `root` stands in front of the paths where it is not NULL: of several roots. */
void lint_report_add(struct lint_report *report, const char *root, const struct lint_findings *findings);

/* False where standard output cannot be written. */
bool lint_report_end(struct lint_report *report);

/* sarif.c */
cJSON *sarif_result(const struct lint_finding *finding, const char *path);
cJSON *sarif_log(cJSON *results); /* takes them over */

#endif
