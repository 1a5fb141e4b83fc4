/* One unit, one warning or one file as an object of the --json output. */
#ifndef PATCH_REPORT_JSON_H
#define PATCH_REPORT_JSON_H

#include "dockerfile-patcher/engine/unit.h"

/* One line, owned by the caller. */
char *report_json_unit(const struct unit *unit);

#endif
