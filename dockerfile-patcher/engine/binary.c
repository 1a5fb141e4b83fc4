#include "dockerfile-patcher/engine/binary.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"

/* A zlib stream of stored blocks: git inflates it, and nothing here has to compress. */
static void store(struct text *out, const char *bytes, size_t length) {
    uint32_t a = 1, b = 0;
    text_add_bytes(out, "\x78\x01", 2);
    for (size_t at = 0; at < length || at == 0;) {
        size_t piece = length - at > 65535 ? 65535 : length - at;
        unsigned char head[5] = {at + piece == length, (unsigned char)(piece & 255),
                                 (unsigned char)(piece >> 8), (unsigned char)(~piece & 255),
                                 (unsigned char)(~piece >> 8 & 255)};
        text_add_bytes(out, (char *)head, sizeof head);
        text_add_bytes(out, bytes + at, piece);
        at += piece;
        if (piece == 0) break;
    }
    for (size_t i = 0; i < length; i++) {
        a = (a + (unsigned char)bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    unsigned char sum[4] = {(unsigned char)(b >> 8), (unsigned char)b, (unsigned char)(a >> 8),
                            (unsigned char)a};
    text_add_bytes(out, (char *)sum, sizeof sum);
}

/* git's base 85: 52 bytes a line, led by a letter for their number. */
static void add_base85(struct text *out, const char *bytes, size_t length) {
    static const char digits[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
    for (size_t at = 0; at < length; at += 52) {
        size_t piece = length - at < 52 ? length - at : 52;
        text_add_char(out, piece <= 26 ? (char)('A' + piece - 1) : (char)('a' + piece - 27));
        for (size_t i = 0; i < piece; i += 4) {
            uint32_t value = 0;
            char five[5];
            for (size_t k = 0; k < 4; k++)
                value = value << 8 | (i + k < piece ? (unsigned char)bytes[at + i + k] : 0);
            for (int k = 4; k >= 0; k--, value /= 85) five[k] = digits[value % 85];
            text_add_bytes(out, five, 5);
        }
        text_add_char(out, '\n');
    }
}

void git_binary_literal(struct text *out, const char *bytes, size_t length) {
    cleanup_text struct text stored = {0}, empty = {0};
    store(&stored, bytes, length);
    store(&empty, "", 0);
    text_add_format(out, "GIT binary patch\nliteral %zu\n", length);
    add_base85(out, stored.bytes, stored.length);
    text_add(out, "\nliteral 0\n");
    add_base85(out, empty.bytes, empty.length);
    text_add_char(out, '\n');
}
