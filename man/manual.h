/* Man pages and completions, printed from the option rows that the program itself parses with.
 *
 * The same main is linked with each program's own objects; what differs stands in man/<program>.c. */
#ifndef MAN_MANUAL_H
#define MAN_MANUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/options.h"
#include "common/text.h"

/* What follows the options. */
enum manual_operands { OPERANDS_COMMAND, OPERANDS_FILES, OPERANDS_VERB };

struct manual {
    const char *program;
    const struct option_row *rows;
    const size_t *count;
    enum manual_operands operands;
    const size_t *verb_count; /* NULL where there are none */
    const char *(*verb)(size_t index, const char **help);
    /* Words for an option whose argument does not spell them; adds none where it has none. May be NULL. */
    void (*words)(const struct option_row *row, struct strings *words);
};

/* The program's own; defined once, in man/<program>.c. */
extern const struct manual manual;

enum manual_value { VALUE_NONE, VALUE_FREE, VALUE_WORDS, VALUE_FILE, VALUE_DIRECTORY };

size_t manual_verb_count(void);

/* What the option takes, and the words where it takes one of some: those that its argument spells ("on|off"). */
enum manual_value manual_value_of(const struct option_row *row, struct strings *words);

/* Prints the page of that template. Lines of its own: @OPTIONS@, @VARIABLES@, @KEYS@, @VERBS@; anywhere: @VERSION@,
 * @DATE@ (of SOURCE_DATE_EPOCH). False for a template that cannot be read. */
bool manual_page(FILE *stream, const char *template_path);

void manual_bash(FILE *stream);
void manual_zsh(FILE *stream);
void manual_fish(FILE *stream);

#endif
