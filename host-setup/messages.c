#include "host-setup/messages.h"

#include <stdlib.h>

#include "common/memory.h"
#include "common/text.h"

static const struct message_row {
    const char *english, *korean;
} rows[MESSAGE_COUNT] = {
#define MESSAGE_ROW(id, english, korean) [MESSAGE_##id] = {english, korean},
    MESSAGE_ROWS(MESSAGE_ROW)
#undef MESSAGE_ROW
};

static bool korean;

void messages_language(const char *language) {
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; !language && i < array_length(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) language = value;
    }
    korean = language && text_starts(language, "ko");
}

bool messages_korean(void) { return korean; }

const char *message_text(enum message_id id) { return korean ? rows[id].korean : rows[id].english; }

char *message_make(enum message_id id, const char *first, const char *second) {
    struct text out = {0};
    const char *const values[] = {first, second};
    for (const char *at = message_text(id); *at; at++) {
        size_t number = at[0] == '%' && at[1] >= '1' && at[1] <= '2' ? (size_t)(at[1] - '0') : 0;
        if (!number) {
            text_add_char(&out, *at);
            continue;
        }
        if (values[number - 1]) text_add(&out, values[number - 1]);
        at++;
    }
    return text_take(&out);
}
