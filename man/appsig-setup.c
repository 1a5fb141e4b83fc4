#include "host-setup/settings.h"
#include "man/manual.h"

static const size_t count = SETUP_OPTION_COUNT;

static const char *verb(size_t index, const char **help) {
    *help = setup_verbs[index].help;
    return setup_verbs[index].name;
}

const struct manual manual = {.program = "appsig-setup",
                              .rows = setup_options,
                              .count = &count,
                              .operands = OPERANDS_VERB,
                              .verb_count = &setup_verb_count,
                              .verb = verb};
