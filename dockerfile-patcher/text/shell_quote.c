#include "dockerfile-patcher/text/shell_quote.h"

#include <string.h>

void shell_quote(struct text *out, const char *value) {
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,";
    if (*value && value[strspn(value, safe)] == '\0') {
        text_add(out, value);
        return;
    }
    text_add_char(out, '\'');
    for (const char *at = value; *at; at++) {
        if (*at == '\'')
            text_add(out, "'\\''");
        else
            text_add_char(out, *at);
    }
    text_add_char(out, '\'');
}
