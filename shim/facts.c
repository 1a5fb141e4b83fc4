#include "shim/facts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/environment.h"

static const char *const enabled_names[] = {"OTEL_AWS_APPLICATION_SIGNALS_ENABLED",
                                            "OTEL_AWS_APP_SIGNALS_ENABLED"};

static bool says_false(const char *value) { return value && strcasecmp(value, "false") == 0; }

static const char *kill_switch(const struct settings *settings, char *const *environment) {
    if (setting_is_on(settings, SETTING_DISABLED)) return settings->of[SETTING_DISABLED].where;
    for (size_t i = 0; i < array_length(enabled_names); i++) {
        const char *value = environment_value(environment, enabled_names[i]);
        const struct conf_entry *entry = conf_find(&settings->conf, "env", enabled_names[i]);
        if (says_false(value) || (!value && entry && says_false(entry->value))) return enabled_names[i];
    }
    return NULL;
}

/* A leading opentelemetry-instrument is ours to start; with options of its own it stays as it stands. */
static char *const *without_wrapper(char *const *argv) {
    while (strcmp(text_base_name(argv[0]), "opentelemetry-instrument") == 0 && argv[1] && argv[1][0] != '-')
        argv++;
    return argv;
}

static char *working_directory(void) {
    char *cwd = getcwd(NULL, 0);
    return cwd ? cwd : memory_copy("");
}

static char *own_path(void) {
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    return memory_copy_bytes(path, length > 0 ? (size_t)length : 0);
}

static const char *told_name(const struct agents *agents, int request) {
    if (request < 0 || (size_t)request >= agents->verdict.count) return NULL;
    const char *name = agents->verdict.answers[request].name;
    return *name ? name : NULL;
}

static void find_identity(struct facts *facts) {
    struct identity_inputs inputs = {
        .settings = facts->settings,
        .environment = facts->environment,
        .argv = facts->argv,
        .command = &facts->command,
        .place = &facts->place,
        .cwd = facts->cwd,
        .container_name = told_name(&facts->agents, facts->agents.ecs_request),
        .instance_name = told_name(&facts->agents, facts->agents.imds_request),
    };
    identity_find(&inputs, &facts->identity);
}

void facts_gather(const struct settings *settings, char *const *argv, char *const *environment,
                  const char *root, struct facts *facts) {
    *facts =
        (struct facts){.settings = settings, .environment = environment, .given_argv = argv, .argv = argv};
    facts->disabled_by = kill_switch(settings, environment);
    facts->disabled = facts->disabled_by != NULL;
    facts->started = environment_value(environment, "APPSIG_STARTED") != NULL;
    facts->given_executable = python_which(argv[0], environment);
    if (facts->disabled) return;
    bool named = identity_is_named(settings, environment);
    place_look(root, environment, !named, &facts->place);
    agents_plan(settings, environment, &facts->place, !named, &facts->agents);
    bool asks = !facts->agents.foreign && !facts->started;
    if (asks) agents_ask(settings, &facts->agents);
    facts->cwd = working_directory();
    facts->own_path = own_path();
    facts->argv = without_wrapper(argv);
    command_recognise(facts->argv, &facts->command);
    python_look(&facts->command, facts->argv, environment, facts->cwd, &facts->python);
    fork_facts_gather(&facts->command, facts->argv, environment, facts->cwd, &facts->fork);
    hookfiles_find(environment, facts->own_path, 0, &facts->hooks);
    if (asks) agents_choose(settings, &facts->agents);
    find_identity(facts);
}

void facts_free(struct facts *facts) {
    probe_reap(&facts->agents.probe);
    free(facts->cwd);
    free(facts->own_path);
    free(facts->given_executable);
    place_free(&facts->place);
    python_free(&facts->python);
    identity_free(&facts->identity);
    hookfiles_free(&facts->hooks);
}
