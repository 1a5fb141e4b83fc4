#include "dockerfile-patcher/app/django.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/find.h"

char *django_settings_in(const char *bytes, size_t length) {
    static const char name[] = "DJANGO_SETTINGS_MODULE";
    const char *found = find_text(bytes, length, name), *end = bytes + length;
    if (!found) return NULL;
    for (found += sizeof name - 1; found < end && *found != '\n' && strchr("'\"], =(", *found); found++) {
        if ((*found != '\'' && *found != '"') || found + 1 >= end) continue;
        const char *begin = found + 1;
        size_t span = strspn(begin, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
        if (span && begin + span < end && begin[span] == *found) return memory_copy_bytes(begin, span);
    }
    return NULL;
}

static char *settings_of_file(const struct deployed *deployed, const char *path) {
    cleanup_free char *file = deployed_file(deployed, path);
    const struct source *source = file ? unit_look(deployed->unit, file) : NULL;
    return source ? django_settings_in(source->bytes, source->length) : NULL;
}

static bool names_interface(const char *word) {
    size_t length = strcspn(word, ":");
    return length > 5 &&
           (strncmp(word + length - 5, ".wsgi", 5) == 0 || strncmp(word + length - 5, ".asgi", 5) == 0) &&
           !strchr(word, '/');
}

void django_of_command(const struct deployed *deployed, const char *const *words, size_t count,
                       struct django *django) {
    *django = (struct django){0};
    for (size_t i = 0; i < count && !django->settings; i++) {
        const char *word = words[i];
        if (strcmp(text_base_name(word), "manage.py") == 0) {
            django->certain = true;
            django->settings = settings_of_file(deployed, word);
        } else if (text_starts(word, "--settings=")) {
            django->settings = memory_copy(word + 11);
        } else if (strcmp(word, "--settings") == 0 && i + 1 < count) {
            django->settings = memory_copy(words[i + 1]);
        } else if (names_interface(word)) {
            cleanup_free char *directory = deployed_module_directory(deployed, word);
            cleanup_free char *manage = directory ? text_join_path(directory, "manage.py") : NULL;
            const struct source *source =
                manage && unit_has_file(deployed->unit, manage) ? unit_look(deployed->unit, manage) : NULL;
            if (source) django->settings = django_settings_in(source->bytes, source->length);
            django->certain |= source != NULL;
        }
    }
    django->certain |= django->settings != NULL;
}
