#include "man/manual.h"
#include "shim/settings.h"

static const size_t count = SETTING_COUNT;

const struct manual manual = {
    .program = "appsig-exec", .rows = setting_rows, .count = &count, .operands = OPERANDS_COMMAND};
