#include "shim/serverconfig.h"

#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"

enum { LONGEST_CONFIG = 64 * 1024 };

static char *read_config(const char *directory, const char *path) {
    cleanup_free char *full = *path == '/' ? memory_copy(path) : text_join_path(directory, path);
    char *source = NULL;
    size_t length;
    return files_read(full, LONGEST_CONFIG, &source, &length) == 0 ? source : NULL;
}

bool serverconfig_mentions(const char *directory, const char *path, const char *word) {
    cleanup_free char *source = read_config(directory, path);
    return source && strstr(source, word);
}

char *serverconfig_value(const char *directory, const char *path, const char *keys) {
    cleanup_free char *source = read_config(directory, path);
    if (!source) return NULL;
    for (const char *line = source; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *begin = line + strspn(line, " \t");
        cleanup_free char *key = memory_copy_bytes(begin, strcspn(begin, " \t=:\n"));
        const char *sign = begin + strlen(key) + strspn(begin + strlen(key), " \t");
        if ((*sign != '=' && *sign != ':') || !text_has_word(keys, key)) continue;
        char *value = memory_copy_bytes(sign + 1, strcspn(sign + 1, "\n"));
        value[strcspn(value, "#;")] = '\0';
        return value;
    }
    return NULL;
}
