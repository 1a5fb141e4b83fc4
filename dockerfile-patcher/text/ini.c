#include "dockerfile-patcher/text/ini.h"

#include <errno.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/finding.h"

enum { MOST_INI_BYTES = 1024 * 1024 };

static char *trimmed(const char *begin, const char *end) {
    while (begin < end && strchr(" \t\r", *begin)) begin++;
    while (end > begin && strchr(" \t\r", end[-1])) end--;
    return memory_copy_bytes(begin, (size_t)(end - begin));
}

static bool read_line(const char *line, const char *end, size_t number, char **section, ini_entry *entry,
                      void *context, char **complaint) {
    cleanup_free char *content = trimmed(line, end);
    size_t length = strlen(content);
    if (length == 0 || *content == '#' || *content == ';') return true;
    if (*content == '[') {
        if (content[length - 1] != ']') return *complaint = memory_copy("has a [ without its ]"), false;
        free(*section);
        *section = trimmed(content + 1, content + length - 1);
        return true;
    }
    const char *sign = strchr(content, '=');
    if (!sign || sign == content) return *complaint = memory_copy("is not 'name = value'"), false;
    cleanup_free char *name = trimmed(content, sign);
    cleanup_free char *value = trimmed(sign + 1, content + length);
    return entry(*section, name, value, number, context, complaint);
}

bool ini_read(const char *path, bool may_miss, ini_entry *entry, void *context, struct error **error) {
    cleanup_free char *bytes = NULL, *section = NULL, *printable = text_printable(path, 200);
    size_t length, number = 0;
    int failure = files_read(path, MOST_INI_BYTES, &bytes, &length);
    if (failure == ENOENT && may_miss) return true;
    if (failure) return error_set(error, EXIT_USAGE, "'%s' cannot be read: %s", printable, strerror(failure));
    for (const char *at = strncmp(bytes, "\xef\xbb\xbf", 3) == 0 ? bytes + 3 : bytes; *at;) {
        const char *end = at + strcspn(at, "\n");
        cleanup_free char *complaint = NULL;
        number++;
        if (!read_line(at, end, number, &section, entry, context, &complaint))
            return error_set(error, EXIT_USAGE, "'%s:%zu' %s", printable, number,
                             complaint ? complaint : "is not valid");
        at = *end ? end + 1 : end;
    }
    return true;
}
