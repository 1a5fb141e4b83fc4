#include "host-setup/look.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"

/* What fetch-config makes of AGENT_CONFIG in AGENT_FETCHED. */
#define OURS "/file_amazon-cloudwatch-agent.json"

enum { MOST_OS_RELEASE = 64 * 1024, MOST_CONFIG = 4 * 1024 * 1024, MOST_NAME = 256 };

static bool there(const struct room *room, const char *path) {
    cleanup_free char *whole = room_path(room, path);
    return files_exists(whole);
}

/* The value of a line KEY=VALUE, its quotes gone; owned by the caller, or NULL. */
static char *os_field(const char *bytes, const char *key) {
    size_t length = strlen(key);
    for (const char *at = bytes; at && *at; at = strchr(at, '\n'), at += at != NULL) {
        if (strncmp(at, key, length) != 0 || at[length] != '=') continue;
        const char *value = at + length + 1;
        char quote = *value == '"' || *value == '\'' ? *value++ : '\0';
        return memory_copy_bytes(value,
                                 quote ? strcspn(value, (char[]){quote, '\n', '\0'}) : strcspn(value, "\n"));
    }
    return NULL;
}

static void look_at_system(const struct room *room, struct look *look) {
    static const char *const places[] = {"/etc/os-release", "/usr/lib/os-release"};
    cleanup_free char *bytes = NULL;
    size_t length;
    for (size_t i = 0; i < array_length(places) && !bytes; i++) {
        cleanup_free char *path = room_path(room, places[i]);
        if (files_read(path, MOST_OS_RELEASE, &bytes, &length) != 0) bytes = NULL;
    }
    cleanup_free char *id = os_field(bytes, "ID"), *like = os_field(bytes, "ID_LIKE");
    cleanup_free char *version = os_field(bytes, "VERSION_ID");
    look->os_name = os_field(bytes, "PRETTY_NAME");
    look->system = agent_system_of(id, like, version);
    struct utsname machine;
    if (uname(&machine) == 0) look->architecture = agent_architecture(machine.machine);
}

/* DMI's names of Nitro and Xen instances: AWS's guide "Detect whether a host is an EC2 instance". */
static bool is_ec2(const struct room *room) {
    static const char *const places[] = {"/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/bios_vendor",
                                         "/sys/class/dmi/id/board_vendor", "/sys/hypervisor/uuid"};
    for (size_t i = 0; i < array_length(places); i++) {
        cleanup_free char *path = room_path(room, places[i]);
        cleanup_free char *head = files_head(path, MOST_NAME);
        if (head && (text_starts(head, "Amazon EC2") || (i == 3 && text_starts(head, "ec2")))) return true;
    }
    return false;
}

static bool says(const struct room *room, const char *verb, const char *unit) {
    cleanup_outcome struct outcome outcome = {0};
    room_run_words(room, &outcome, "systemctl", verb, "--quiet", unit, NULL);
    return outcome.code == 0;
}

/* The file that is waiting to be fetched, else the one that was; several are the agent's own to merge. */
static void look_at_config(const struct room *room, struct look *look) {
    cleanup_free char *folder = room_path(room, AGENT_FETCHED), *only = NULL;
    DIR *stream = opendir(folder);
    for (struct dirent *entry = stream ? readdir(stream) : NULL; entry; entry = readdir(stream)) {
        if (*entry->d_name == '.' || text_ends(entry->d_name, ".tmp")) continue;
        look->config_count++;
        if (only && text_ends(only, OURS)) continue;
        free(only);
        only = text_join_path(AGENT_FETCHED, entry->d_name);
    }
    if (stream) closedir(stream);
    if (there(room, AGENT_CONFIG))
        look->config_path = memory_copy(AGENT_CONFIG);
    else if (only && (look->config_count == 1 || text_ends(only, OURS)))
        look->config_path = steal_pointer(&only);
    cleanup_free char *path = look->config_path ? room_path(room, look->config_path) : NULL;
    size_t length;
    if (path && files_read(path, MOST_CONFIG, &look->config, &length) != 0) look->config = NULL;
}

void look_at_host(const struct room *room, struct look *look) {
    *look = (struct look){.root_user = geteuid() == 0};
    look_at_system(room, look);
    look->booted = there(room, "/run/systemd/system");
    look->ec2 = is_ec2(room);
    look->agent_home = there(room, AGENT_HOME);
    look->agent_installed = there(room, AGENT_CTL);
    look_at_config(room, look);
    if (!look->agent_installed || !look->booted) return;
    look->agent_running = says(room, "is-active", AGENT_UNIT);
    look->agent_enabled = says(room, "is-enabled", AGENT_UNIT);
}

static bool can_be_set_up(const struct look *look, const struct setup_settings *settings,
                          struct error **error) {
    if (!look->root_user && !settings->values[SETUP_PLAN])
        return error_set(error, SETUP_FAILED,
                         "'root' is needed: run this with sudo (--plan needs no rights)");
    if (!look->system && !look->agent_installed)
        return error_set(
            error, SETUP_FAILED,
            "'%s' is no operating system that the agent is installed on by this program: install it, then "
            "run this again",
            look->os_name ? look->os_name : "/etc/os-release");
    if (!look->booted && !*settings->root)
        return error_set(
            error, SETUP_FAILED,
            "'/run/systemd/system' is not there: no systemd runs here (a container, a chroot); for the "
            "tree of an image give --root");
    return true;
}

bool look_gather(const struct room *room, const struct setup_settings *settings, struct look *look,
                 struct error **error) {
    look_at_host(room, look);
    if (!can_be_set_up(look, settings, error)) return false;
    if (settings->verb != VERB_BACKEND) return true;
    look->has_app = true;
    if (!app_find(room, settings, &look->app, error)) return false;
    if (!look->booted) return true;
    look->unit_active = look->app.unit.path && says(room, "is-active", look->app.unit.name);
    look->unit_enabled = look->app.unit.path && says(room, "is-enabled", look->app.unit.name);
    for (size_t i = 0; i < look->app.retired.count && i < array_length(look->retired_active); i++) {
        look->retired_active[i] = says(room, "is-active", look->app.retired.items[i]);
        look->retired_enabled[i] = says(room, "is-enabled", look->app.retired.items[i]);
    }
    return true;
}

void look_free(struct look *look) {
    free(look->os_name);
    free(look->config);
    free(look->config_path);
    if (look->has_app) app_free(&look->app);
}
