#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/identity.h"

static int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

static char *percent_decoded(const char *begin, size_t length) {
    struct text out = {0};
    for (size_t i = 0; i < length; i++) {
        int high = begin[i] == '%' && i + 2 < length + 0 ? hex_digit(begin[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(begin[i + 2]) : -1;
        if (low >= 0) {
            text_add_char(&out, (char)(high * 16 + low));
            i += 2;
        } else {
            text_add_char(&out, begin[i]);
        }
    }
    return text_take(&out);
}

char *identity_resource_attribute(const char *attributes, const char *key) {
    char *value = NULL;
    size_t key_length = strlen(key);
    for (const char *at = attributes; at && *at; at += strcspn(at, ","), at += *at == ',') {
        const char *begin = at + strspn(at, " "), *end = at + strcspn(at, ",");
        const char *equals = memchr(at, '=', (size_t)(end - at));
        if (!equals || equals < begin) continue;
        const char *name_end = equals;
        while (name_end > begin && name_end[-1] == ' ') name_end--;
        if ((size_t)(name_end - begin) != key_length || strncmp(begin, key, key_length) != 0) continue;
        const char *from = equals + 1;
        while (from < end && *from == ' ') from++;
        while (end > from && end[-1] == ' ') end--;
        free(value);
        value = percent_decoded(from, (size_t)(end - from));
    }
    if (value && !*value) free(steal_pointer(&value));
    return value;
}

/* Kubernetes draws its random suffixes from these characters (k8s.io/apimachinery, util/rand). */
static bool is_random(const char *begin, size_t length) {
    return length > 0 && strspn(begin, "bcdfghjklmnpqrstvwxz2456789") >= length;
}

char *identity_pod_owner(const char *pod) {
    enum { SUFFIX = 5, LEAST_HASH = 6, MOST_HASH = 10 };
    const char *last = strrchr(pod, '-');
    if (!last || last == pod) return memory_copy(pod);
    size_t suffix = strlen(last + 1), head = (size_t)(last - pod);
    if (suffix > 0 && strspn(last + 1, "0123456789") == suffix && suffix < SUFFIX)
        return memory_copy_bytes(pod, head);
    if (suffix != SUFFIX || !is_random(last + 1, suffix)) return memory_copy(pod);
    cleanup_free char *rest = memory_copy_bytes(pod, head);
    const char *before = strrchr(rest, '-');
    size_t hash = before && before != rest ? strlen(before + 1) : 0;
    bool numbered =
        hash > 0 && strspn(before + 1, "0123456789") == hash && hash >= 8; /* a cron job's minute */
    if ((hash >= LEAST_HASH && hash <= MOST_HASH && is_random(before + 1, hash)) || numbered)
        return memory_copy_bytes(rest, (size_t)(before - rest));
    return steal_pointer(&rest);
}

char *identity_app_module(const char *app) {
    cleanup_free char *module = NULL;
    const char *slash = strrchr(app, '/');
    const char *name = slash ? slash + 1 : app;
    module = memory_copy_bytes(name, strcspn(name, ":("));
    if (text_ends(module, ".py")) module[strlen(module) - strlen(".py")] = '\0';
    static const char *const tails[] = {".wsgi", ".asgi"};
    for (size_t i = 0; i < array_length(tails); i++)
        if (text_ends(module, tails[i])) module[strlen(module) - strlen(tails[i])] = '\0';
    return *module ? steal_pointer(&module) : NULL;
}

char *identity_django_literal(const char *source) {
    static const char name[] = "DJANGO_SETTINGS_MODULE";
    for (const char *at = strstr(source, name); at; at = strstr(at + 1, name)) {
        const char *behind = at + strlen(name);
        if (*behind != '"' && *behind != '\'') continue;
        behind++;
        behind += strspn(behind, " \t\r\n])");
        if (*behind != ',' && *behind != '=') continue;
        behind++;
        behind += strspn(behind, " \t\r\n");
        if (*behind != '"' && *behind != '\'') continue;
        const char *begin = behind + 1;
        size_t length = strspn(begin, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.");
        if (length > 0 && begin[length] == *behind) return memory_copy_bytes(begin, length);
    }
    return NULL;
}
