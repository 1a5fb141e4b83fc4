#include "host-setup/unitfile.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"

enum { MOST_UNIT = 1024 * 1024 };

/* Strongest first. */
static const char *const places[] = {"/etc/systemd/system", "/run/systemd/system",
                                     "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                     "/lib/systemd/system"};

static char *trimmed(const char *begin, size_t length) {
    while (length && (*begin == ' ' || *begin == '\t')) begin++, length--;
    while (length && strchr(" \t\r", begin[length - 1])) length--;
    return memory_copy_bytes(begin, length);
}

static void add_setting(struct unitfile *unit, const char *section, const char *line) {
    const char *equals = strchr(line, '=');
    if (!equals) return;
    unit->settings = memory_resize(unit->settings, (unit->count + 1) * sizeof *unit->settings);
    struct unit_setting *setting = &unit->settings[unit->count++];
    *setting = (struct unit_setting){memory_copy(section), trimmed(line, (size_t)(equals - line)),
                                     trimmed(equals + 1, strlen(equals + 1))};
    if (strcmp(section, "Service") != 0 || strcmp(setting->key, "ExecStart") != 0) return;
    if (*setting->value)
        strings_add(&unit->exec_start, setting->value);
    else
        strings_free(&unit->exec_start);
}

static void add_file(const struct room *room, const char *path, struct unitfile *unit) {
    cleanup_free char *whole = room_path(room, path), *bytes = NULL;
    cleanup_free char *section = memory_copy("");
    size_t length;
    if (files_read(whole, MOST_UNIT, &bytes, &length) != 0) return;
    struct text line = {0};
    for (const char *at = bytes; *at;) {
        size_t size = strcspn(at, "\n");
        cleanup_free char *part = trimmed(at, size);
        at += size + (at[size] == '\n');
        if (*part == '#' || *part == ';') continue; /* also between the lines of a continued one */
        bool continued = text_ends(part, "\\");
        text_add_bytes(&line, part, strlen(part) - continued);
        if (continued && *at) {
            text_add_char(&line, ' ');
            continue;
        }
        if (line.length && line.bytes[0] == '[') {
            free(section);
            section = memory_copy_bytes(line.bytes + 1, strcspn(line.bytes + 1, "]"));
        } else if (line.length) {
            add_setting(unit, section, line.bytes);
        }
        text_free(&line);
    }
    text_free(&line);
}

static int by_name(const void *one, const void *other) {
    return strcmp(text_base_name(*(char *const *)one), text_base_name(*(char *const *)other));
}

static void list(const struct room *room, const char *directory, const char *suffix, struct strings *paths) {
    cleanup_free char *whole = room_path(room, directory);
    DIR *stream = opendir(whole);
    for (struct dirent *entry = stream ? readdir(stream) : NULL; entry; entry = readdir(stream))
        if (text_ends(entry->d_name, suffix))
            strings_add_owned(paths, text_join_path(directory, entry->d_name));
    if (stream) closedir(stream);
}

void unitfile_read(const struct room *room, const char *name, struct unitfile *unit) {
    *unit = (struct unitfile){.name = memory_copy(name)};
    const char *at_sign = strchr(name, '@');
    cleanup_free char *template =
        at_sign ? memory_format("%.*s@.service", (int)(at_sign - name), name) : memory_copy(name);
    cleanup_strings struct strings drop_ins = {0};
    for (size_t i = 0; i < array_length(places); i++) {
        const char *names[] = {name, template};
        for (size_t j = 0; j < array_length(names); j++) {
            cleanup_free char *path = text_join_path(places[i], names[j]);
            cleanup_free char *whole = room_path(room, path), *folder = memory_format("%s.d", path);
            if (!unit->path && files_exists(whole)) unit->path = steal_pointer(&path);
            if (j == 0 || strcmp(names[0], names[1]) != 0) list(room, folder, ".conf", &drop_ins);
        }
    }
    if (!unit->path) return;
    add_file(room, unit->path, unit);
    if (drop_ins.count) qsort(drop_ins.items, drop_ins.count, sizeof *drop_ins.items, by_name);
    for (size_t i = 0; i < drop_ins.count; i++)
        if (strcmp(text_base_name(drop_ins.items[i]), OUR_DROP_IN) != 0)
            add_file(room, drop_ins.items[i], unit);
}

void unitfile_free(struct unitfile *unit) {
    for (size_t i = 0; i < unit->count; i++) {
        free(unit->settings[i].section);
        free(unit->settings[i].key);
        free(unit->settings[i].value);
    }
    free(unit->settings);
    free(unit->name);
    free(unit->path);
    strings_free(&unit->exec_start);
    *unit = (struct unitfile){0};
}

const char *unitfile_value(const struct unitfile *unit, const char *key) {
    for (size_t i = unit->count; i > 0; i--)
        if (strcmp(unit->settings[i - 1].section, "Service") == 0 &&
            strcmp(unit->settings[i - 1].key, key) == 0)
            return unit->settings[i - 1].value;
    return NULL;
}

static const char *command_of(const char *exec_start) { return exec_start + strspn(exec_start, "@-:+!|"); }

bool unitfile_runs_from(const struct unitfile *unit, const char *directory) {
    size_t length = strlen(directory);
    for (size_t i = 0; i < unit->exec_start.count; i++)
        for (const char *at = unit->exec_start.items[i]; (at = strstr(at, directory)); at += length) {
            bool begins = at == unit->exec_start.items[i] || strchr(" \t\"'@-:+!|=", at[-1]);
            if (begins && at[length] == '/') return true;
        }
    return false;
}

void unitfile_find(const struct room *room, const char *directory, struct strings *names) {
    cleanup_strings struct strings paths = {0};
    for (size_t i = 0; i < array_length(places); i++) list(room, places[i], ".service", &paths);
    for (size_t i = 0; i < paths.count; i++) {
        struct unitfile unit;
        const char *name = text_base_name(paths.items[i]);
        if (strings_contain(names, name)) continue;
        unitfile_read(room, name, &unit);
        if (unitfile_runs_from(&unit, directory)) strings_add(names, name);
        unitfile_free(&unit);
    }
    if (names->count) qsort(names->items, names->count, sizeof *names->items, by_name);
}

char *unitfile_venv(const struct room *room, const struct unitfile *unit) {
    for (size_t i = 0; i < unit->exec_start.count; i++) {
        const char *command = command_of(unit->exec_start.items[i]);
        for (const char *at = command; *at; at += strspn(at, " \t\"'")) {
            size_t length = strcspn(at, " \t\"'");
            cleanup_free char *word = memory_copy_bytes(at, length), *bin = text_directory(word);
            cleanup_free char *venv = text_directory(bin);
            cleanup_free char *marker = memory_format("%s%s/pyvenv.cfg", room->root, venv);
            if (*word == '/' && text_ends(bin, "/bin") && files_exists(marker)) return steal_pointer(&venv);
            at += length;
        }
    }
    return NULL;
}

char *unitfile_wrap(const char *exec_start, const char *shim, const char **complaint) {
    const char *command = command_of(exec_start);
    int prefix = (int)(command - exec_start);
    if (memchr(exec_start, '@', (size_t)prefix)) {
        *complaint = "has an ExecStart= with '@', whose first word is a name of its own";
        return NULL;
    }
    if (!*command) {
        *complaint = "has an ExecStart= without a command";
        return NULL;
    }
    return memory_format("%.*s%s -- %s", prefix, exec_start, shim, command);
}

static const struct hardening_row {
    const char *key, *value; /* the value begins with it; "" = any */
    const char *english, *korean;
    const char *unless, *has; /* not where that setting has one of these words */
} hardening_rows[] = {
    {"PrivateNetwork", "yes", "the agent on localhost cannot be reached from it: no data will arrive",
     "이 유닛에서는 localhost의 에이전트에 연결할 수 없어 데이터가 도착하지 않습니다"},
    {"PrivateNetwork", "true", "the agent on localhost cannot be reached from it: no data will arrive",
     "이 유닛에서는 localhost의 에이전트에 연결할 수 없어 데이터가 도착하지 않습니다"},
    {"IPAddressDeny", "any", "localhost has to be in IPAddressAllow= for data to arrive",
     "IPAddressAllow=에 localhost가 있어야 데이터가 도착합니다", "IPAddressAllow",
     "localhost 127.0.0.0/8 127.0.0.1"},
    {"RestrictAddressFamilies", "", "AF_INET has to be among them for data to arrive",
     "AF_INET이 포함되어야 데이터가 도착합니다", "RestrictAddressFamilies", "AF_INET"},
    {"ProtectSystem", "strict", "the hook files go below /tmp, which the unit can write with PrivateTmp=yes",
     "훅 파일은 /tmp 아래에 놓이며 PrivateTmp=yes이면 쓸 수 있습니다"},
    {"DynamicUser", "yes", "its user has to be able to read the virtual environment",
     "해당 사용자가 가상 환경을 읽을 수 있어야 합니다"},
    {"ProtectHome", "", "a virtual environment below /home or /root is out of its sight",
     "/home이나 /root 아래의 가상 환경은 보이지 않습니다"},
    {"RootDirectory", "", "the virtual environment and appsig-exec have to lie in it",
     "가상 환경과 appsig-exec가 그 안에 있어야 합니다"},
};

static bool lifted(const struct unitfile *unit, const struct hardening_row *row) {
    const char *value = row->unless ? unitfile_value(unit, row->unless) : NULL;
    if (!value || *value == '~') return false; /* "~" takes away what follows */
    cleanup_free char *words = memory_copy(row->has);
    char *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (text_has_word(value, word)) return true;
    return false;
}

void unitfile_hardening(const struct unitfile *unit, bool korean, struct strings *notes) {
    for (size_t i = 0; i < array_length(hardening_rows); i++) {
        const struct hardening_row *row = &hardening_rows[i];
        const char *value = unitfile_value(unit, row->key);
        if (!value || !text_starts(value, row->value) || text_has_word("no false off 0", value) ||
            lifted(unit, row))
            continue;
        strings_add_owned(notes, memory_format("%s: %s=%s: %s", unit->name, row->key, value,
                                               korean ? row->korean : row->english));
    }
}
