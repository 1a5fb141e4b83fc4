/* The option rows hold what they promise, and sources come in their order. */
#include "tap.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/settings.h"

/* What acts once, or says where the conf file is, has no key in it; what only prints has no variable. */
static bool acts(size_t id) { return id == SETTING_CONFIG || id == SETTING_EXPLAIN || id == SETTING_CHECK; }
static bool prints(size_t id) { return id == SETTING_HELP || id == SETTING_VERSION; }

static void twins(void) {
    for (size_t id = 0; id < SETTING_COUNT; id++) {
        const struct option_row *row = &setting_rows[id];
        cleanup_free char *twin = memory_format("APPSIG_%s", row->name);
        for (char *at = twin; *at; at++) *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
        IS_STR(row->environment, prints(id) ? NULL : twin, "--%s has its twin", row->name);
        OK((row->section && row->key) != (acts(id) || prints(id)), "--%s has its conf key", row->name);
        OK(row->help && *row->help, "--%s is explained", row->name);
    }
}

static void sources(void) {
    struct settings settings;
    int operands = 0;
    char *both[] = {"x", "--port", "1", "--", "true", NULL};
    char *environment[] = {"APPSIG_PORT=2", "APPSIG_LAUNCH=direct", "APPSIG_LOG=", NULL};
    OK(settings_read(5, both, environment, &settings, &operands, NULL), "good words are read");
    OK(operands == 4, "the command begins behind --");
    IS_STR(setting_value(&settings, SETTING_PORT), "1", "the flag comes before the variable");
    IS_STR(setting_value(&settings, SETTING_LAUNCH), "direct", "the variable before the default");
    IS_STR(setting_value(&settings, SETTING_LOG), "normal", "an empty variable counts as none");
    settings_free(&settings);
    struct error *error = NULL;
    char *bad[] = {"x", "--port", "0", NULL};
    OK(!settings_read(3, bad, environment, &settings, &operands, &error), "a bad flag is refused");
    OK(error && error->exit_code == 125, "with exit code 125");
    error_free(&error);
    settings_free(&settings);
}

int main(void) {
    twins();
    sources();
    return done_testing();
}
