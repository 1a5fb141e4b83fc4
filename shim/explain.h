/* What --explain, --check, --help and --version print on standard output. */
#ifndef SHIM_EXPLAIN_H
#define SHIM_EXPLAIN_H

#include <stdio.h>

#include "shim/facts.h"
#include "shim/plan.h"

/* The plan as tables for a person. */
void explain_table(FILE *stream, const struct facts *facts, const struct plan *plan);

/* The same as one JSON object. Owned by nobody else: printed and freed. */
void explain_json(FILE *stream, const struct facts *facts, const struct plan *plan);

/* One line: will telemetry flow, or why not. */
void explain_verdict(FILE *stream, const struct plan *plan);

void explain_help(FILE *stream);
void explain_version(FILE *stream);

#endif
