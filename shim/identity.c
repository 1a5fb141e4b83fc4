#include "shim/identity.h"

#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "shim/environment.h"
#include "shim/serverconfig.h"

enum { LONGEST_SOURCE = 64 * 1024, LONGEST_NAME = 1024 };

/* Takes the strings. A longer value could make an environment that the kernel refuses. */
static void set_found(struct found *found, char *value, enum source source, char *where, bool derived) {
    bool too_long = value && strlen(value) > LONGEST_NAME;
    if (value && *value && !found->value && !too_long) {
        found->value = value;
        found->source = source;
        found->where = where;
        found->derived = derived;
        return;
    }
    free(value);
    if (too_long && !found->value && !found->too_long)
        found->too_long = where;
    else
        free(where);
}

static void from_setting(struct found *found, const struct setting *setting, bool of_the_conf_file) {
    bool is_conf = setting->source == SOURCE_CONF;
    if (setting->value && is_conf == of_the_conf_file)
        set_found(found, memory_copy(setting->value), setting->source, memory_copy(setting->where), false);
}

static void from_variable(struct found *found, char *const *environment, const char *name) {
    const char *value = environment_value(environment, name);
    if (value) set_found(found, memory_copy(value), SOURCE_ENVIRONMENT, memory_copy(name), false);
}

static void from_attributes(struct found *found, char *const *environment) {
    char *value = identity_resource_attribute(environment_value(environment, "OTEL_RESOURCE_ATTRIBUTES"),
                                              "service.name");
    if (value) set_found(found, value, SOURCE_ENVIRONMENT, memory_copy("OTEL_RESOURCE_ATTRIBUTES"), false);
}

bool identity_is_named(const struct settings *settings, char *const *environment) {
    cleanup_free char *attribute = identity_resource_attribute(
        environment_value(environment, "OTEL_RESOURCE_ATTRIBUTES"), "service.name");
    return setting_value(settings, SETTING_SERVICE_NAME) ||
           environment_value(environment, "OTEL_SERVICE_NAME") || attribute ||
           environment_value(environment, "SERVICE_NAME");
}

static void from_platform(const struct identity_inputs *in, struct found *found) {
    if (in->container_name)
        set_found(found, memory_copy(in->container_name), SOURCE_DISCOVERED, memory_copy("ECS task metadata"),
                  false);
    if (in->instance_name)
        set_found(found, memory_copy(in->instance_name), SOURCE_DISCOVERED, memory_copy("instance tag Name"),
                  false);
    if (in->place->kubernetes && !found->value) {
        const char *pod = environment_value(in->environment, "POD_NAME");
        if (!pod) pod = environment_value(in->environment, "HOSTNAME");
        if (pod)
            set_found(found, identity_pod_owner(pod), SOURCE_DISCOVERED, memory_copy("name of the pod"),
                      false);
    }
    if (in->place->systemd_unit && !found->value) {
        const char *unit = in->place->systemd_unit;
        size_t length = strcspn(unit, "@");
        if (length == strlen(unit)) length -= strlen(".service");
        set_found(found, memory_copy_bytes(unit, length), SOURCE_DISCOVERED,
                  memory_format("systemd unit %s", unit), true);
    }
}

static char *in_directory(const struct identity_inputs *in, const char *name) {
    const char *directory = in->command->fields[FIELD_CHDIR];
    return text_join_path(directory && *directory ? directory : in->cwd, name);
}

/* "shop.wsgi:application" -> shop/wsgi.py, where the literal stands in projects without a manage.py. */
static char *module_file(const struct identity_inputs *in) {
    const char *app = in->command->fields[FIELD_APP];
    if (!app || !strchr(app, '.') || strchr(app, '/')) return NULL;
    cleanup_free char *module = memory_copy_bytes(app, strcspn(app, ":"));
    for (char *dot = module; (dot = strchr(dot, '.'));) *dot = '/';
    cleanup_free char *name = memory_format("%s.py", module);
    return in_directory(in, name);
}

static void read_django(const char *path, struct found *found) {
    cleanup_free char *source = NULL;
    size_t length;
    if (!path || found->value || files_read(path, LONGEST_SOURCE, &source, &length) != 0) return;
    char *module = identity_django_literal(source);
    if (module) set_found(found, module, SOURCE_DISCOVERED, memory_copy(path), false);
}

static void find_django(const struct identity_inputs *in, struct found *found) {
    const struct command *command = in->command;
    if (command->kind == COMMAND_OTHER && !command->server) return;
    const char *option =
        command->server && command->server->server == SERVER_DJANGO ? command->fields[FIELD_SETTINGS] : NULL;
    if (option) set_found(found, memory_copy(option), SOURCE_DISCOVERED, memory_copy("--settings"), false);
    from_variable(found, in->environment, "DJANGO_SETTINGS_MODULE");
    const char *script = command->script ? in->argv[command->script] : NULL;
    if (script && strcmp(text_base_name(script), "manage.py") == 0) read_django(script, found);
    cleanup_free char *beside = in_directory(in, "manage.py");
    cleanup_free char *module = module_file(in);
    read_django(beside, found);
    read_django(module, found);
}

static void from_code(const struct identity_inputs *in, const struct found *django, struct found *found) {
    if (found->value) return;
    if (django->value) {
        char *project = memory_copy_bytes(django->value, strcspn(django->value, "."));
        set_found(found, project, SOURCE_DISCOVERED, memory_format("Django project (%s)", django->where),
                  true);
    }
    const char *app = in->command->fields[FIELD_APP];
    if (!app && in->command->server && in->command->server->server == SERVER_FLASK)
        app = environment_value(in->environment, "FLASK_APP");
    if (app)
        set_found(found, identity_app_module(app), SOURCE_DISCOVERED, memory_format("app module '%s'", app),
                  true);
    if (in->cwd && *text_base_name(in->cwd))
        set_found(found, memory_copy(text_base_name(in->cwd)), SOURCE_DISCOVERED,
                  memory_copy("working directory"), true);
}

/* The digits behind the last colon, or all of a bare number; NULL for a socket's path. */
static char *port_of_bind(const char *bind) {
    const char *colon = strrchr(bind, ':');
    const char *digits = colon ? colon + 1 : bind;
    long port;
    cleanup_free char *number = memory_copy_bytes(digits, strspn(digits, "0123456789"));
    return text_to_number(number, 1, 65535, &port) ? steal_pointer(&number) : NULL;
}

static char *port_in_config(const char *cwd, const char *path) {
    cleanup_free char *bind = serverconfig_value(cwd, path, "bind http http-socket socket");
    return bind && strchr(bind, ':') ? port_of_bind(bind) : NULL;
}

static void find_port(const struct identity_inputs *in, struct found *found) {
    const struct command *command = in->command;
    const struct setting *setting = &in->settings->of[SETTING_PORT];
    from_setting(found, setting, false);
    from_variable(found, in->environment, "PORT");
    from_setting(found, setting, true);
    if (found->value || !command->server || command->not_serving) return;
    if (command->fields[FIELD_PORT])
        set_found(found, port_of_bind(command->fields[FIELD_PORT]), SOURCE_DISCOVERED,
                  memory_copy("port option"), false);
    if (command->fields[FIELD_BIND])
        set_found(found, port_of_bind(command->fields[FIELD_BIND]), SOURCE_DISCOVERED,
                  memory_copy("bind option"), false);
    const char *config = command->fields[FIELD_CONFIG];
    if (!config && command->server->server == SERVER_GUNICORN) config = "gunicorn.conf.py";
    if (config && !found->value)
        set_found(found, port_in_config(in->cwd, config), SOURCE_DISCOVERED, memory_copy(config), false);
    if (command->server->default_port)
        set_found(found, memory_format("%d", command->server->default_port), SOURCE_DEFAULT,
                  memory_format("%s's default", command->server->name), false);
}

void identity_find(const struct identity_inputs *in, struct identity *identity) {
    *identity = (struct identity){0};
    struct found *name = &identity->service_name;
    const struct setting *setting = &in->settings->of[SETTING_SERVICE_NAME];
    from_setting(name, setting, false);
    from_variable(name, in->environment, "OTEL_SERVICE_NAME");
    from_attributes(name, in->environment);
    from_variable(name, in->environment, "SERVICE_NAME");
    from_setting(name, setting, true);
    from_platform(in, name);
    find_django(in, &identity->django_settings);
    from_code(in, &identity->django_settings, name);
    find_port(in, &identity->port);
}

void identity_free(struct identity *identity) {
    struct found *all[] = {&identity->service_name, &identity->port, &identity->django_settings};
    for (size_t i = 0; i < array_length(all); i++) {
        free(all[i]->value);
        free(all[i]->where);
        free(all[i]->too_long);
    }
}
