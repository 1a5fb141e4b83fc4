#include "common/digest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t rotate_left(uint32_t value, unsigned bits) { return value << bits | value >> (32 - bits); }

static uint32_t big_endian(const unsigned char *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void sha256_block(uint32_t state[8], const unsigned char *block) {
    static const uint32_t constants[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) w[i] = big_endian(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t a = rotate_left(w[i - 15], 25) ^ rotate_left(w[i - 15], 14) ^ w[i - 15] >> 3;
        uint32_t b = rotate_left(w[i - 2], 15) ^ rotate_left(w[i - 2], 13) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(s, state, sizeof s);
    /* The eight words stay where they are; their names go round instead. */
    for (unsigned i = 0; i < 64; i++) {
        uint32_t a = s[-i & 7], b = s[(1 - i) & 7], c = s[(2 - i) & 7];
        uint32_t e = s[(4 - i) & 7], f = s[(5 - i) & 7], g = s[(6 - i) & 7];
        uint32_t mixed = rotate_left(e, 26) ^ rotate_left(e, 21) ^ rotate_left(e, 7);
        uint32_t one = s[(7 - i) & 7] + mixed + ((e & f) ^ (~e & g)) + constants[i] + w[i];
        uint32_t two =
            (rotate_left(a, 30) ^ rotate_left(a, 19) ^ rotate_left(a, 10)) + ((a & b) ^ (a & c) ^ (b & c));
        s[(3 - i) & 7] += one;
        s[(7 - i) & 7] = one + two;
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
}

static void sha1_block(uint32_t state[5], const unsigned char *block) {
    uint32_t w[80], s[5];
    for (int i = 0; i < 16; i++) w[i] = big_endian(block + 4 * i);
    for (int i = 16; i < 80; i++) w[i] = rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? ((s[1] & s[2]) | (~s[1] & s[3])) + 0x5a827999
                     : i < 40 ? (s[1] ^ s[2] ^ s[3]) + 0x6ed9eba1
                     : i < 60 ? ((s[1] & s[2]) | (s[1] & s[3]) | (s[2] & s[3])) + 0x8f1bbcdc
                              : (s[1] ^ s[2] ^ s[3]) + 0xca62c1d6;
        uint32_t next = rotate_left(s[0], 5) + f + s[4] + w[i];
        memmove(s + 1, s, 4 * sizeof *s);
        s[2] = rotate_left(s[2], 30);
        s[0] = next;
    }
    for (int i = 0; i < 5; i++) state[i] += s[i];
}

/* Both digests pad alike: 0x80, zeroes, the length in bits. `head` is hashed in front of the bytes. */
static void digest(const char *head, size_t head_length, const char *bytes, size_t length, uint32_t *state,
                   void (*block)(uint32_t *, const unsigned char *)) {
    unsigned char tail[128] = {0};
    size_t total = head_length + length, at = 0;
    memcpy(tail, head, head_length);
    size_t first = head_length ? 64 - head_length : 0;
    if (head_length && length >= first) {
        memcpy(tail + head_length, bytes, first);
        block(state, tail);
        at = first;
        head_length = 0;
    }
    for (; head_length == 0 && length - at >= 64; at += 64) block(state, (const unsigned char *)bytes + at);
    memset(tail + head_length, 0, sizeof tail - head_length);
    size_t rest = length - at;
    if (rest) memcpy(tail + head_length, bytes + at, rest);
    rest += head_length;
    tail[rest] = 0x80;
    size_t padded = rest < 56 ? 64 : 128;
    for (int i = 0; i < 8; i++)
        tail[padded - 1 - (size_t)i] = (unsigned char)((uint64_t)total * 8 >> (8 * i));
    for (size_t i = 0; i < padded; i += 64) block(state, tail + i);
}

static void to_hex(const uint32_t *state, size_t words, char *hex) {
    for (size_t i = 0; i < words; i++) snprintf(hex + 8 * i, 9, "%08x", state[i]);
}

void sha256_hex(const char *bytes, size_t length, char hex[65]) {
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    digest("", 0, bytes, length, state, sha256_block);
    to_hex(state, 8, hex);
}

void git_blob_id(const char *bytes, size_t length, char hex[65]) {
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    char head[32];
    size_t head_length = (size_t)snprintf(head, sizeof head, "blob %zu", length) + 1;
    digest(head, head_length, bytes, length, state, sha1_block);
    to_hex(state, 5, hex);
}
