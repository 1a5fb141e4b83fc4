/* From a planned unit to bytes: what may be written, checked by reading it back, and written whole or not at all. */
#ifndef PATCH_APPLY_H
#define PATCH_APPLY_H

#include "dockerfile-patcher/engine/unit.h"

/* Drops the edits of services that are held up, sorts the others, splices them and has the format verify the result; a
 * result that does not read back as meant is a finding, and its service is held up in turn. */
void unit_settle(struct unit *unit);

/* Writes what unit_settle left. Where one file cannot be written, those of the unit that were are put back. */
void unit_write(struct unit *unit);

#endif
