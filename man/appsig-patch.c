#include <string.h>

#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/settings.h"
#include "man/manual.h"

static void add_formats(const struct option_row *row, struct strings *words) {
    if (strcmp(row->name, "only") != 0) return;
    for (size_t i = 0; i < format_count; i++) strings_add(words, format_rows[i]->name);
}

const struct manual manual = {.program = "appsig-patch",
                              .rows = patch_options,
                              .count = &patch_option_count,
                              .operands = OPERANDS_FILES,
                              .words = add_formats};
