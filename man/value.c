#include <ctype.h>
#include <string.h>

#include "common/memory.h"
#include "man/manual.h"

/* "instrument|bare|wait=SECONDS": what stands behind an equals sign is the user's own. */
static void add_spelled(const char *argument, struct strings *words) {
    for (const char *at = argument; *at; at += strcspn(at, "|"), at += *at == '|') {
        size_t length = strcspn(at, "|"), open = strcspn(at, "=");
        strings_add_owned(words, memory_copy_bytes(at, open < length ? open + 1 : length));
    }
}

enum manual_value manual_value_of(const struct option_row *row, struct strings *words) {
    if (row->takes == OPTION_NO_ARGUMENT) return VALUE_NONE;
    if (strchr(row->argument, '|') && islower((unsigned char)*row->argument))
        add_spelled(row->argument, words);
    if (manual.words) manual.words(row, words);
    if (words->count) return VALUE_WORDS;
    if (text_starts(row->argument, "FILE")) return VALUE_FILE;
    return strcmp(row->argument, "DIR") == 0 ? VALUE_DIRECTORY : VALUE_FREE;
}

size_t manual_verb_count(void) { return manual.verb_count ? *manual.verb_count : 0; }
