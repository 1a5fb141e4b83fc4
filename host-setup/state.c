#include "host-setup/state.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/effects.h"
#include "host-setup/settings.h"

enum { MOST_JOURNAL = 16 * 1024 * 1024 };

static const char *const kinds[] = {[ENTRY_FILE] = "file",
                                    [ENTRY_DIRECTORY] = "directory",
                                    [ENTRY_TREE] = "tree",
                                    [ENTRY_EMPTIED] = "emptied",
                                    [ENTRY_COMMAND] = "command"};

static bool fail(const struct state *state, const char *path, int failure, struct error **error) {
    return error_set(error, SETUP_FAILED, "'%s%s' cannot be written: %s", state->room->root, path,
                     strerror(failure));
}

static cJSON *entry_to_json(const struct state_entry *entry) {
    cJSON *node = cJSON_CreateObject();
    cJSON_AddStringToObject(node, "kind", kinds[entry->kind]);
    cJSON_AddStringToObject(node, "what", entry->what);
    if (entry->path) cJSON_AddStringToObject(node, "path", entry->path);
    if (entry->saved) cJSON_AddStringToObject(node, "saved", entry->saved);
    if (entry->command.count)
        cJSON_AddItemToObject(
            node, "command",
            cJSON_CreateStringArray((const char *const *)entry->command.items, (int)entry->command.count));
    if (entry->home) {
        cJSON_AddNumberToObject(node, "user", entry->identity.user);
        cJSON_AddNumberToObject(node, "group", entry->identity.group);
        cJSON_AddStringToObject(node, "home", entry->home);
    }
    return node;
}

static bool write_journal(struct state *state, struct error **error) {
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "version", 1);
    cJSON_AddItemToObject(
        root, "made",
        cJSON_CreateStringArray((const char *const *)state->made.items, (int)state->made.count));
    cJSON_AddNumberToObject(root, "finished", (double)state->finished);
    cJSON *entries = cJSON_AddArrayToObject(root, "entries");
    for (size_t i = 0; i < state->count; i++)
        cJSON_AddItemToArray(entries, entry_to_json(&state->entries[i]));
    cleanup_free char *printed = cJSON_Print(root), *path = room_path(state->room, STATE_JOURNAL);
    cJSON_Delete(root);
    int failure = effect_write(path, printed, strlen(printed), 0600, (uid_t)-1, (gid_t)-1);
    return failure == 0 || fail(state, STATE_JOURNAL, failure, error);
}

static char *string_of(const cJSON *node, const char *key) {
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItem(node, key));
    return value ? memory_copy(value) : NULL;
}

static void strings_of(const cJSON *array, struct strings *out) {
    for (const cJSON *item = array ? array->child : NULL; item; item = item->next)
        if (cJSON_IsString(item)) strings_add(out, item->valuestring);
}

static void push(struct state *state, struct state_entry entry) {
    state->entries = memory_resize(state->entries, (state->count + 1) * sizeof *state->entries);
    state->entries[state->count++] = entry;
}

static bool entry_from_json(const cJSON *node, struct state_entry *entry) {
    cleanup_free char *kind = string_of(node, "kind");
    size_t number = 0;
    while (number < array_length(kinds) && !text_equal(kinds[number], kind)) number++;
    *entry = (struct state_entry){.kind = (enum entry_kind)number, .what = string_of(node, "what")};
    entry->path = string_of(node, "path");
    entry->saved = string_of(node, "saved");
    entry->home = string_of(node, "home");
    strings_of(cJSON_GetObjectItem(node, "command"), &entry->command);
    entry->identity.user = (uid_t)cJSON_GetNumberValue(cJSON_GetObjectItem(node, "user"));
    entry->identity.group = (gid_t)cJSON_GetNumberValue(cJSON_GetObjectItem(node, "group"));
    return number < array_length(kinds) && entry->what &&
           (entry->kind == ENTRY_COMMAND ? entry->command.count > 0 : entry->path && *entry->path == '/');
}

static void free_entry(struct state_entry *entry) {
    free(entry->what);
    free(entry->path);
    free(entry->saved);
    free(entry->home);
    strings_free(&entry->command);
}

static void forget(struct state *state) {
    for (size_t i = 0; i < state->count; i++) free_entry(&state->entries[i]);
    free(steal_pointer(&state->entries));
    state->count = state->finished = 0;
    strings_free(&state->made);
}

static bool read_journal(struct state *state, struct error **error) {
    cleanup_free char *path = room_path(state->room, STATE_JOURNAL), *bytes = NULL;
    size_t length;
    int failure = files_read(path, MOST_JOURNAL, &bytes, &length);
    if (failure == ENOENT || failure == ENOTDIR) return true;
    if (failure) return error_set(error, SETUP_FAILED, "'%s' cannot be read: %s", path, strerror(failure));
    cJSON *root = cJSON_Parse(bytes);
    bool good = cJSON_GetNumberValue(cJSON_GetObjectItem(root, "version")) == 1;
    strings_of(cJSON_GetObjectItem(root, "made"), &state->made);
    const cJSON *entries = cJSON_GetObjectItem(root, "entries");
    for (const cJSON *item = entries ? entries->child : NULL; good && item; item = item->next) {
        struct state_entry entry;
        good = entry_from_json(item, &entry);
        push(state, entry);
    }
    const cJSON *finished = cJSON_GetObjectItem(root, "finished");
    state->finished = state->count;
    if (cJSON_IsNumber(finished) && finished->valueint >= 0 && (size_t)finished->valueint < state->count)
        state->finished = (size_t)finished->valueint;
    cJSON_Delete(root);
    return good || error_set(error, SETUP_FAILED, "'%s' is no journal of this program", path);
}

bool state_read(struct room *room, struct state *state, struct error **error) {
    *state = (struct state){.room = room, .lock = -1};
    return read_journal(state, error);
}

bool state_is_there(const struct state *state) {
    cleanup_free char *directory = room_path(state->room, STATE_DIRECTORY);
    return files_is_directory(directory);
}

bool state_open(struct state *state, struct error **error) {
    forget(state);
    cleanup_free char *copies = room_path(state->room, STATE_DIRECTORY "/saved/");
    size_t root = strlen(state->room->root);
    for (char *slash = strchr(copies + root + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copies, slash - copies > (long)(root + strlen("/var/lib/")) ? 0700 : 0755) == 0) {
            if (!text_starts(copies + root, STATE_DIRECTORY)) strings_add(&state->made, copies + root);
        } else if (errno != EEXIST) {
            return fail(state, copies + root, errno, error);
        }
        *slash = '/';
    }
    cleanup_free char *lock = room_path(state->room, STATE_DIRECTORY "/lock");
    state->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (state->lock < 0) return fail(state, STATE_DIRECTORY "/lock", errno, error);
    if (flock(state->lock, LOCK_EX | LOCK_NB) != 0) {
        close(state->lock);
        state->lock = -1;
        return error_set(error, SETUP_FAILED, "'%s' is locked: another appsig-setup runs", lock);
    }
    /* another run may have come to its end since it was read */
    if (!read_journal(state, error)) return false;
    state->room->log_path = room_path(state->room, STATE_DIRECTORY "/commands.log");
    return true;
}

bool state_add(struct state *state, struct state_entry entry, struct error **error) {
    push(state, entry);
    if (write_journal(state, error)) return true;
    free_entry(&state->entries[--state->count]);
    return false;
}

bool state_finish(struct state *state, struct error **error) {
    size_t before = state->finished;
    state->finished = state->count;
    if (write_journal(state, error)) return true;
    state->finished = before;
    return false;
}

char *state_copy_path(struct state *state) {
    for (;;) {
        char *path = memory_format(STATE_DIRECTORY "/saved/%d", state->next_copy++);
        cleanup_free char *whole = room_path(state->room, path);
        if (!files_exists(whole)) return path;
        free(path);
    }
}

static int take_back_command(struct state *state, struct state_entry *entry, char **said) {
    cleanup_outcome struct outcome outcome = {0};
    entry->identity.home = entry->home;
    room_run(state->room, entry->command.items, entry->home ? &entry->identity : NULL, &outcome);
    if (outcome.code == 0) return 0;
    cleanup_free char *shown = room_show(entry->command.items);
    *said = memory_format("'%s' ended with %d", shown, outcome.code);
    return EIO;
}

static int remove_new_directories(const char *path, const char *saved) {
    cleanup_free char *list = NULL;
    size_t length;
    int failure = files_read(saved, MOST_JOURNAL, &list, &length);
    if (failure == ENOENT) return 0;
    return failure ? failure : effect_remove_new_directories(path, list);
}

static int take_back(struct state *state, struct state_entry *entry, char **said) {
    cleanup_free char *path = entry->path ? room_path(state->room, entry->path) : NULL;
    cleanup_free char *saved = entry->saved ? room_path(state->room, entry->saved) : NULL;
    int failure = 0;
    switch (entry->kind) {
    case ENTRY_FILE:
        effect_remove_rest(path);
        if (!saved) failure = effect_remove_tree(path);
        /* saved is gone where an earlier undo came as far as this, or the copy was never made */
        if (saved && files_exists(saved)) failure = effect_restore_file(saved, path);
        break;
    case ENTRY_DIRECTORY:
        if (rmdir(path) != 0 && errno != ENOENT && errno != ENOTEMPTY && errno != ENOTDIR) failure = errno;
        break;
    case ENTRY_TREE:
        if (!saved) failure = effect_remove_tree(path);
        if (saved && files_exists(saved)) failure = effect_restore_tree(saved, path);
        break;
    case ENTRY_EMPTIED: failure = remove_new_directories(path, saved); break;
    case ENTRY_COMMAND:
        if (!path || files_exists(path)) failure = take_back_command(state, entry, said);
        break;
    default: break;
    }
    if (failure && !*said) *said = memory_copy(strerror(failure));
    return failure;
}

static void remove_directory(struct state *state) {
    cleanup_free char *whole = room_path(state->room, STATE_DIRECTORY);
    free(steal_pointer(&state->room->log_path));
    effect_remove_tree(whole);
    for (size_t i = state->made.count; i > 0; i--) {
        cleanup_free char *made = room_path(state->room, state->made.items[i - 1]);
        rmdir(made);
    }
}

size_t state_take_back(struct state *state, size_t first,
                       void (*told)(void *context, const char *what, const char *failure), void *context) {
    size_t stayed = 0;
    for (size_t i = state->count; i > first; i--) {
        if (room_interrupted()) return stayed + i - first;
        struct state_entry *entry = &state->entries[i - 1];
        cleanup_free char *said = NULL;
        bool failed = take_back(state, entry, &said) != 0;
        told(context, entry->what, failed ? said : NULL);
        if (failed) {
            stayed++;
            continue;
        }
        free_entry(entry);
        memmove(entry, entry + 1, (state->count - i) * sizeof *entry);
        state->count--;
        if (state->finished >= i) state->finished--;
        /* a journal that names too much is harmless: what was taken back once is taken back again */
        struct error *ignored = NULL;
        write_journal(state, &ignored);
        error_free(&ignored);
    }
    return stayed;
}

void state_free(struct state *state) {
    if (state->lock >= 0 && state->count == 0) remove_directory(state);
    forget(state);
    if (state->lock >= 0) close(state->lock);
    *state = (struct state){.lock = -1};
}
