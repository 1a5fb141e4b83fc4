#include "dockerfile-patcher/engine/walk.h"

#include <string.h>

/* A bracket expression; *pattern stands behind the [ and is moved behind the ]. -1: it has no end. */
static int matches_class(const char **pattern, unsigned char c) {
    const char *at = *pattern;
    bool negated = *at == '!' || *at == '^', found = false;
    if (negated) at++;
    for (bool first = true; *at && (first || *at != ']'); first = false) {
        if (*at == '\\' && at[1]) at++;
        unsigned char low = (unsigned char)*at++, high = low;
        if (*at == '-' && at[1] && at[1] != ']') {
            at++;
            if (*at == '\\' && at[1]) at++;
            high = (unsigned char)*at++;
        }
        found |= c >= low && c <= high;
    }
    if (*at != ']') return -1;
    *pattern = at + 1;
    return found != negated && c != '/';
}

bool glob_matches(const char *pattern, const char *path) {
    while (*pattern) {
        if (strncmp(pattern, "**/", 3) == 0) {
            for (const char *rest = path; rest; rest = strchr(rest, '/')) {
                if (*rest == '/') rest++;
                if (glob_matches(pattern + 3, rest)) return true;
            }
            return false;
        }
        if (strcmp(pattern, "**") == 0) return true;
        if (*pattern == '*') {
            while (*pattern == '*') pattern++;
            for (;; path++) {
                if (glob_matches(pattern, path)) return true;
                if (*path == '\0' || *path == '/') return false;
            }
        }
        if (*path == '\0') return false;
        if (*pattern == '?') {
            if (*path == '/') return false;
            pattern++;
        } else if (*pattern == '[') {
            const char *behind = pattern + 1;
            int matched = matches_class(&behind, (unsigned char)*path);
            if (matched <= 0) return false;
            pattern = behind;
        } else {
            if (*pattern == '\\' && pattern[1]) pattern++;
            if (*pattern++ != *path) return false;
        }
        path++;
    }
    return *path == '\0';
}
