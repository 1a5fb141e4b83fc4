#include "tests/fuzz/mutate.h"

#include <string.h>

#include "common/memory.h"

/* What begins, ends or hides something in one of the languages. */
static const char *const signs[] = {"\"",
                                    "'",
                                    "`",
                                    "\\",
                                    "\\\n",
                                    "\n",
                                    "\r\n",
                                    "\n\n",
                                    "#",
                                    "# ",
                                    "//",
                                    "/*",
                                    "*/",
                                    "${",
                                    "$${",
                                    "%{",
                                    "}",
                                    "{",
                                    "[",
                                    "]",
                                    "(",
                                    ")",
                                    "$(",
                                    "$((",
                                    "<<EOF\n",
                                    "<<-EOF\n",
                                    "EOF\n",
                                    "<<",
                                    "|",
                                    "|-\n",
                                    ">\n",
                                    ": ",
                                    "- ",
                                    ",",
                                    "=",
                                    ";",
                                    "&&",
                                    "\t",
                                    "  ",
                                    "\xef\xbb\xbf",
                                    "\xc3\xa9",
                                    "f\"",
                                    "\"\"\"",
                                    "&a ",
                                    "*a",
                                    "!Sub ",
                                    "<<: ",
                                    "FROM a\n",
                                    "CMD ",
                                    "RUN ",
                                    "ENTRYPOINT ",
                                    "appsig-exec ",
                                    "# appsig-ignore\n",
                                    "\x01",
                                    "\x00"};

size_t mutate_below(uint64_t *state, size_t limit) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (size_t)(*state >> 11) % limit;
}

/* A piece from a line's begin to a line's end as often as not: the changes that people make. */
static void pick(uint64_t *state, const char *bytes, size_t length, size_t *from, size_t *to) {
    *from = mutate_below(state, length + 1);
    size_t most = length - *from;
    *to = *from + (most ? mutate_below(state, (most > 40 ? 40 : most) + 1) : 0);
    if (mutate_below(state, 2)) return;
    while (*from > 0 && bytes[*from - 1] != '\n') --*from;
    while (*to < length && (*to == *from || bytes[*to - 1] != '\n')) ++*to;
}

static void change(uint64_t *state, struct text *text, const char *other, size_t other_length) {
    struct text out = {0};
    size_t from, to, there, behind;
    pick(state, text->bytes, text->length, &from, &to);
    size_t kind = mutate_below(state, 5);
    text_add_bytes(&out, text->bytes, from);
    if (kind == 1) { /* doubled */
        text_add_bytes(&out, text->bytes + from, to - from);
        to = from;
    } else if (kind == 2 && other_length) {
        pick(state, other, other_length, &there, &behind);
        text_add_bytes(&out, other + there, behind - there);
        to = from;
    } else if (kind > 2) {
        size_t sign = mutate_below(state, array_length(signs));
        text_add_bytes(&out, signs[sign], *signs[sign] ? strlen(signs[sign]) : 1);
        to = kind == 3 ? from : to;
    }
    text_add_bytes(&out, text->bytes + to, text->length - to);
    text_free(text);
    *text = out;
}

void mutate(uint64_t *state, const char *bytes, size_t length, const char *other, size_t other_length,
            struct text *out) {
    text_add_bytes(out, bytes, length);
    for (size_t left = 1 + mutate_below(state, 4); left > 0; left--) change(state, out, other, other_length);
}
