#include "shim/settings.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "shim/environment.h"

enum { EXIT_USAGE = 125 };

const char *source_name(enum source source) {
    static const char *const names[] = {
        [SOURCE_NONE] = "none",
        [SOURCE_FLAG] = "flag",
        [SOURCE_ENVIRONMENT] = "environment",
        [SOURCE_CONF] = "conf",
        [SOURCE_DISCOVERED] = "discovered",
        [SOURCE_DEFAULT] = "default",
    };
    return names[source];
}

static void from_flag(size_t row, const char *value, void *context) {
    struct setting *setting = &((struct settings *)context)->of[row];
    free(setting->value);
    free(setting->where);
    setting->value = memory_copy(value);
    setting->where = memory_format("--%s", setting_rows[row].name);
    setting->source = SOURCE_FLAG;
}

static bool acceptable(const struct option_row *row, const char *value, const char *where,
                       struct strings *complaints) {
    cleanup_free char *complaint = NULL;
    if (!row->check || row->check(value, &complaint)) return true;
    cleanup_free char *printable = text_printable(value, 80);
    strings_add_owned(complaints, memory_format("%s: '%s' %s, ignored", where, printable, complaint));
    return false;
}

static void offer(struct settings *settings, size_t id, const char *value, enum source source,
                  const char *where) {
    struct setting *setting = &settings->of[id];
    if (setting->value || !value || !*value) return;
    if (source != SOURCE_DEFAULT && !acceptable(&setting_rows[id], value, where, &settings->complaints))
        return;
    setting->value = memory_copy(value);
    setting->where = memory_copy(where);
    setting->source = source;
}

static void from_environment(struct settings *settings, char *const *environment) {
    for (size_t id = 0; id < SETTING_COUNT; id++) {
        const char *name = setting_rows[id].environment;
        if (name) offer(settings, id, environment_value(environment, name), SOURCE_ENVIRONMENT, name);
    }
}

static bool known_key(const struct conf_entry *entry) {
    if (strcmp(entry->section, "env") == 0) return text_starts(entry->key, "OTEL_");
    for (size_t id = 0; id < SETTING_COUNT; id++)
        if (text_equal(setting_rows[id].section, entry->section) &&
            text_equal(setting_rows[id].key, entry->key))
            return true;
    return false;
}

static void from_conf(struct settings *settings) {
    struct conf *conf = &settings->conf;
    for (size_t i = 0; i < conf->count; i++) {
        const struct conf_entry *entry = &conf->entries[i];
        if (known_key(entry)) continue;
        cleanup_free char *key = text_printable(entry->key, 80);
        strings_add_owned(&settings->complaints,
                          memory_format("%s:%d: '%s' is not a key of section [%s], ignored", conf->path,
                                        entry->line, key, entry->section));
    }
    for (size_t id = 0; id < SETTING_COUNT; id++) {
        if (!setting_rows[id].section) continue;
        const struct conf_entry *entry = conf_find(conf, setting_rows[id].section, setting_rows[id].key);
        if (!entry) continue;
        cleanup_free char *where = memory_format("%s:%d", conf->path, entry->line);
        offer(settings, id, entry->value, SOURCE_CONF, where);
    }
}

bool settings_read(int argc, char *const *argv, char *const *environment, struct settings *settings,
                   int *operands, struct error **error) {
    *settings = (struct settings){0};
    if (!options_parse(setting_rows, SETTING_COUNT, argc, argv, EXIT_USAGE, from_flag, settings, operands,
                       error))
        return false;
    from_environment(settings, environment);
    const char *path = setting_value(settings, SETTING_CONFIG);
    conf_read(path ? path : CONF_DEFAULT_PATH, path != NULL, &settings->conf, &settings->complaints);
    from_conf(settings);
    for (size_t id = 0; id < SETTING_COUNT; id++)
        offer(settings, id, setting_rows[id].default_value, SOURCE_DEFAULT, "default");
    return true;
}

void settings_free(struct settings *settings) {
    for (size_t id = 0; id < SETTING_COUNT; id++) {
        free(settings->of[id].value);
        free(settings->of[id].where);
    }
    conf_free(&settings->conf);
    strings_free(&settings->complaints);
}

const char *setting_value(const struct settings *settings, enum setting_id id) {
    return settings->of[id].value;
}

bool setting_commands(const struct settings *settings, enum setting_id id) {
    enum source source = settings->of[id].source;
    return source == SOURCE_FLAG || source == SOURCE_ENVIRONMENT;
}

bool setting_is_on(const struct settings *settings, enum setting_id id) {
    const char *value = setting_value(settings, id);
    return value && text_has_word("on true 1 yes", value);
}
