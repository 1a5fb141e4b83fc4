#include "host-setup/app.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/elsewhere.h"

enum { MOST_SHIM = 64 * 1024 * 1024, MOST_PASSWD = 1024 * 1024, MOST_DROP_IN = 64 * 1024 };

char *app_normal_name(const char *name, size_t length) {
    struct text out = {0};
    for (size_t i = 0; i < length; i++) {
        bool separator = strchr("-_.", name[i]) != NULL;
        if (!separator)
            text_add_char(&out, (char)tolower((unsigned char)name[i]));
        else if (out.length && out.bytes[out.length - 1] != '-')
            text_add_char(&out, '-');
    }
    return text_take(&out);
}

/* name-version.dist-info */
static void add_package(struct strings *packages, const char *directory) {
    size_t name = strcspn(directory, "-"), rest = strlen(directory) - strlen(".dist-info");
    if (name >= rest) return;
    cleanup_free char *normal = app_normal_name(directory, name);
    strings_add_owned(packages,
                      memory_format("%s==%.*s", normal, (int)(rest - name - 1), directory + name + 1));
}

/* venv/lib/python3.X/site-packages; owned by the caller, or NULL. */
static char *site_packages(const struct room *room, const char *venv) {
    cleanup_free char *lib = memory_format("%s%s/lib", room->root, venv);
    DIR *stream = opendir(lib);
    char *found = NULL;
    for (struct dirent *entry = stream ? readdir(stream) : NULL; entry && !found; entry = readdir(stream)) {
        cleanup_free char *path = memory_format("%s/%s/site-packages", lib, entry->d_name);
        if (text_starts(entry->d_name, "python3") && files_is_directory(path)) found = steal_pointer(&path);
    }
    if (stream) closedir(stream);
    return found;
}

static void read_packages(const char *site, struct app *app) {
    DIR *stream = site ? opendir(site) : NULL;
    for (struct dirent *entry = stream ? readdir(stream) : NULL; entry; entry = readdir(stream))
        if (text_ends(entry->d_name, ".dist-info")) add_package(&app->packages, entry->d_name);
    if (stream) closedir(stream);
    for (size_t i = 0; i < app->packages.count; i++)
        app->adot = app->adot || text_starts(app->packages.items[i], "aws-opentelemetry-distro==");
}

/* The tree's own passwd, which this process's C library would not read. */
static void find_owner(const struct room *room, const struct stat *status, struct app *app) {
    cleanup_free char *path = room_path(room, "/etc/passwd"), *bytes = NULL;
    size_t length;
    app->owner.user = status->st_uid;
    app->owner.group = status->st_gid;
    char *rest = NULL;
    if (files_read(path, MOST_PASSWD, &bytes, &length) != 0) bytes = memory_copy("");
    for (char *line = strtok_r(bytes, "\n", &rest); line && !app->owner_name;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *fields[7] = {line};
        size_t count = 1;
        for (char *at = line; *at && count < array_length(fields); at++)
            if (*at == ':') *at = '\0', fields[count++] = at + 1;
        if (count < array_length(fields) || strtoul(fields[2], NULL, 10) != status->st_uid) continue;
        app->owner_name = memory_copy(fields[0]);
        app->owner_home = memory_copy(fields[5]);
    }
    if (!app->owner_name) app->owner_name = memory_format("%u", status->st_uid);
    if (!app->owner_home) app->owner_home = memory_copy("/");
    app->owner.home = app->owner_home;
}

static bool look_at_venv(const struct room *room, struct app *app, struct error **error) {
    struct stat status, inner;
    cleanup_free char *whole = room_path(room, app->venv), *marker = text_join_path(whole, "pyvenv.cfg");
    if (stat(whole, &status) != 0)
        return error_set(error, SETUP_FAILED, "'%s' cannot be looked at: %s", app->venv, strerror(errno));
    if (!files_exists(marker))
        return error_set(error, SETUP_FAILED, "'%s' is no virtual environment: it has no pyvenv.cfg",
                         app->venv);
    app->python = text_join_path(app->venv, "bin/python");
    app->shim = text_join_path(app->venv, "bin/appsig-exec");
    find_owner(room, &status, app);
    cleanup_free char *site = site_packages(room, app->venv);
    if (!site || stat(site, &inner) != 0)
        return error_set(error, SETUP_FAILED, "'%s' has no site-packages below lib/python3.*", app->venv);
    if (inner.st_uid != status.st_uid)
        return error_set(
            error, SETUP_FAILED,
            "'%s' belongs to user %u, the virtual environment around it to %u: give it one owner "
            "(chown -R)",
            site + strlen(room->root), inner.st_uid, status.st_uid);
    read_packages(site, app);
    return true;
}

static bool ask_for_unit(const struct strings *names, const char *venv, struct error **error) {
    cleanup_free char *listed = strings_listed(names);
    return error_set(error, SETUP_MISSING, "'%s' is used by %zu units (%s): say which by --unit", venv,
                     names->count, listed);
}

/* The guide's script leaves the app's first unit disabled beside a second one: fastapi-app.service, fastapi-otel.service. */
static void sort_out_retired(const struct setup_settings *settings, struct strings *names, struct app *app) {
    const char *chosen = settings->values[SETUP_UNIT];
    for (size_t i = names->count; names->count > 1 && i > 0; i--) {
        const char *name = names->items[i - 1];
        bool guides = text_ends(name, "-otel.service");
        if (!guides || (chosen && strcmp(chosen, name) == 0)) continue;
        strings_add(&app->retired, name);
        strings_remove(names, i - 1);
    }
}

static bool no_unit(const struct room *room, const struct setup_settings *settings, struct app *app,
                    struct error **error) {
    cleanup_strings struct strings places = {0};
    elsewhere_find(room, app->venv, &places);
    if (places.count)
        return error_set(
            error, SETUP_FAILED,
            "'%s' starts the app, not systemd: put '%s --' in front of its command there, or give the app "
            "a unit",
            places.items[0], app->shim);
    const char *unit = settings->values[SETUP_UNIT];
    if (unit && settings->values[SETUP_COMMAND] && settings->values[SETUP_APP_DIRECTORY]) {
        unitfile_free(&app->unit);
        app->unit.name = memory_copy(unit);
        return true;
    }
    if (unit && !settings->values[SETUP_COMMAND])
        return error_set(error, SETUP_MISSING,
                         "'%s' is no unit of this machine: to have it made give --command and --app-dir",
                         unit);
    return error_set(
        error, SETUP_MISSING,
        "'%s' is used by no unit: give --unit, or --unit, --command and --app-dir to have one made",
        app->venv);
}

static bool find_unit(const struct room *room, const struct setup_settings *settings, struct app *app,
                      struct error **error) {
    const char *unit = settings->values[SETUP_UNIT];
    cleanup_strings struct strings names = {0};
    if (unit) unitfile_read(room, unit, &app->unit);
    if (settings->values[SETUP_VENV]) {
        app->venv = memory_copy(settings->values[SETUP_VENV]);
        while (strlen(app->venv) > 1 && text_ends(app->venv, "/")) app->venv[strlen(app->venv) - 1] = '\0';
    } else if (unit && app->unit.path) {
        app->venv = unitfile_venv(room, &app->unit);
    }
    if (!app->venv && !unit)
        return error_set(error, SETUP_MISSING,
                         "'--unit' or '--venv' is needed: which app is to be instrumented");
    if (!app->venv)
        return error_set(error, SETUP_MISSING,
                         "'--venv' is needed: '%s' does not tell which virtual environment the app has",
                         unit);
    if (!look_at_venv(room, app, error)) return false;
    unitfile_find(room, app->venv, &names);
    sort_out_retired(settings, &names, app);
    if (unit && app->unit.path) return true;
    if (unit || names.count == 0) return no_unit(room, settings, app, error);
    if (names.count > 1) return ask_for_unit(&names, app->venv, error);
    unitfile_read(room, names.items[0], &app->unit);
    return true;
}

static bool find_shim(const struct room *room, const struct setup_settings *settings, struct app *app,
                      struct error **error) {
    const char *given = settings->values[SETUP_SHIM];
    if (given && strstr(given, "://")) {
        if (settings->values[SETUP_SHIM_SHA256]) return true;
        return error_set(error, SETUP_MISSING, "'--shim-sha256' is needed for what comes from a URL");
    }
    cleanup_free char *self = realpath("/proc/self/exe", NULL),
                      *directory = text_directory(self ? self : ".");
    app->shim_source = given ? memory_copy(given) : text_join_path(directory, "appsig-exec");
    int failure = files_read(app->shim_source, MOST_SHIM, &app->shim_bytes, &app->shim_length);
    if (failure)
        return error_set(error, SETUP_MISSING, "'%s' cannot be read: %s: say where appsig-exec is by --shim",
                         app->shim_source, strerror(failure));
    if (app->shim_length < 4 || memcmp(app->shim_bytes, "\177ELF", 4) != 0)
        return error_set(error, SETUP_FAILED, "'%s' is not a program", app->shim_source);
    cleanup_free char *whole = room_path(room, app->shim), *there = NULL;
    size_t length;
    app->shim_there = files_read(whole, MOST_SHIM, &there, &length) == 0 && length == app->shim_length &&
                      memcmp(there, app->shim_bytes, length) == 0;
    return true;
}

bool app_find(const struct room *room, const struct setup_settings *settings, struct app *app,
              struct error **error) {
    *app = (struct app){0};
    if (!find_unit(room, settings, app, error) || !find_shim(room, settings, app, error)) return false;
    cleanup_free char *path =
        memory_format("%s/etc/systemd/system/%s.d/" OUR_DROP_IN, room->root, app->unit.name);
    size_t length;
    if (files_read(path, MOST_DROP_IN, &app->drop_in, &length) != 0) app->drop_in = NULL;
    return true;
}

void app_free(struct app *app) {
    unitfile_free(&app->unit);
    free(app->venv);
    free(app->python);
    free(app->owner_name);
    free(app->owner_home);
    strings_free(&app->packages);
    free(app->drop_in);
    free(app->shim);
    free(app->shim_source);
    free(app->shim_bytes);
    strings_free(&app->retired);
}
