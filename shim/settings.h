/* The options of appsig-exec and where each value came from.
 *
 * Every option is one row of SETTINGS: its flag, its twin variable APPSIG_<OPTION> (an image's ENTRYPOINT takes no flags
 * at `docker run`), its conf key and its usage text come from that row. Sources in order: flag, environment, conf file,
 * default. A bad flag is a usage error; a bad value in a variable or the conf file is one line, and the app starts. */
#ifndef SHIM_SETTINGS_H
#define SHIM_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/options.h"
#include "common/text.h"
#include "shim/conf.h"

enum source { SOURCE_NONE, SOURCE_FLAG, SOURCE_ENVIRONMENT, SOURCE_CONF, SOURCE_DISCOVERED, SOURCE_DEFAULT };

/* "flag", "environment", "conf", "discovered", "default"; "none" where there is no value. */
const char *source_name(enum source source);

enum setting_id {
    SETTING_SERVICE_NAME,
    SETTING_ENVIRONMENT,
    SETTING_LOG_GROUP,
    SETTING_PORT,
    SETTING_AGENT_ENDPOINT,
    SETTING_SAMPLER_ENDPOINT,
    SETTING_TIMEOUT_MS,
    SETTING_ON_MISSING_AGENT,
    SETTING_LAUNCH,
    SETTING_INSTRUMENT,
    SETTING_GUNICORN_HOOK,
    SETTING_UWSGI_HOOK,
    SETTING_ECS,
    SETTING_IMDS,
    SETTING_CORRELATION,
    SETTING_DISABLED,
    SETTING_LOG,
    SETTING_LOG_FORMAT,
    SETTING_CONFIG,
    SETTING_EXPLAIN,
    SETTING_CHECK,
    SETTING_HELP,
    SETTING_VERSION,
    SETTING_COUNT
};

extern const struct option_row setting_rows[SETTING_COUNT];

struct setting {
    char *value;
    enum source source;
    char *where; /* "--port", "APPSIG_PORT", "/etc/appsig/appsig.conf:7", "default"; NULL without a value */
};

struct settings {
    struct setting of[SETTING_COUNT];
    struct conf conf;
    struct strings complaints; /* lines to tell: bad values in variables, what is wrong with the conf file */
};

/* Reads flags, twin variables and the conf file. False (and *error, 125) for a bad flag only. *operands is the index
 * in argv of the command's first word. The settings are the caller's to free. */
bool settings_read(int argc, char *const *argv, char *const *environment, struct settings *settings,
                   int *operands, struct error **error);
void settings_free(struct settings *settings);

/* The value, or NULL. */
const char *setting_value(const struct settings *settings, enum setting_id id);

/* True where the user gave the value by flag or twin variable: it then replaces what the environment holds. */
bool setting_commands(const struct settings *settings, enum setting_id id);

/* True for "on", "true", "1", "yes". */
bool setting_is_on(const struct settings *settings, enum setting_id id);

#endif
