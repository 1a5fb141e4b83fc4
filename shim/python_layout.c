#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "shim/environment.h"
#include "shim/python.h"

static void add_if_directory(struct strings *directories, char *path) {
    if (files_is_directory(path) && !strings_contain(directories, path))
        strings_add_owned(directories, path);
    else
        free(path);
}

/* PREFIX/lib/pythonX.Y/{site,dist}-packages; `version` is "3.11", or "" for every version that is there. */
static bool add_versions(const char *prefix, const char *version, struct strings *directories) {
    cleanup_free char *library = text_join_path(prefix, "lib");
    DIR *stream = opendir(library);
    if (!stream) return false;
    bool found = false;
    for (const struct dirent *entry; (entry = readdir(stream));) {
        const char *name = entry->d_name;
        if (!text_starts(name, "python") && !text_starts(name, "pypy")) continue;
        if (*version && !text_ends(name, version) && strcmp(name, "python3") != 0) continue;
        found = true;
        add_if_directory(directories, memory_format("%s/%s/site-packages", library, name));
        add_if_directory(directories, memory_format("%s/%s/dist-packages", library, name));
        add_if_directory(directories, memory_format("%s64/%s/site-packages", library, name));
    }
    closedir(stream);
    return found;
}

/* The value of a key in pyvenv.cfg; owned by the caller, NULL where it is not there. */
static char *venv_value(const char *configuration, const char *key) {
    for (const char *line = configuration; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        size_t length = strlen(key);
        if (strncmp(line, key, length) != 0) continue;
        const char *equals = line + length + strspn(line + length, " \t");
        if (*equals != '=') continue;
        const char *value = equals + 1 + strspn(equals + 1, " \t");
        return memory_copy_bytes(value, strcspn(value, "\r\n"));
    }
    return NULL;
}

static void add_user_site(const char *version, char *const *environment, struct strings *directories) {
    const char *base = environment_value(environment, "PYTHONUSERBASE"),
               *home = environment_value(environment, "HOME");
    if (environment_value(environment, "PYTHONNOUSERSITE") || (!base && !home)) return;
    cleanup_free char *prefix = base ? memory_copy(base) : text_join_path(home, ".local");
    add_versions(prefix, version, directories);
}

/* An interpreter that is no venv's: its prefix is where its real file lies. */
static bool add_base(const char *interpreter, char *const *environment, struct strings *directories) {
    cleanup_free char *real = realpath(interpreter, NULL);
    if (!real || !command_names_python(real)) return false;
    cleanup_free char *head = files_head(real, 2);
    if (text_equal(head, "#!"))
        return false; /* a shim that is a script: what it starts is its own business */
    const char *name = text_base_name(real);
    const char *version = name + strcspn(name, "0123456789");
    if (!strchr(version, '.')) version = "";
    cleanup_free char *binaries = text_directory(real);
    cleanup_free char *prefix = text_directory(binaries);
    add_user_site(version, environment, directories);
    cleanup_free char *local = text_join_path(prefix, "local");
    add_versions(local, version, directories);
    return add_versions(prefix, version, directories);
}

bool python_package_directories(const char *interpreter, char *const *environment,
                                struct strings *directories) {
    enum { LONGEST = 16 * 1024 };
    cleanup_free char *binaries = text_directory(interpreter);
    cleanup_free char *prefix = text_directory(binaries);
    cleanup_free char *file = text_join_path(prefix, "pyvenv.cfg");
    cleanup_free char *configuration = NULL;
    size_t length;
    if (files_read(file, LONGEST, &configuration, &length) != 0)
        return add_base(interpreter, environment, directories);
    bool known = add_versions(prefix, "", directories);
    cleanup_free char *system_packages = venv_value(configuration, "include-system-site-packages");
    cleanup_free char *home = venv_value(configuration, "home");
    if (!text_equal(system_packages, "true")) return known;
    if (!home) return false;
    cleanup_free char *base = text_join_path(home, text_base_name(interpreter));
    return add_base(base, environment, directories) && known;
}
