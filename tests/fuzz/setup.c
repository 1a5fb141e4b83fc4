/* The rows of appsig-setup. */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "host-setup/app.h"
#include "host-setup/json.h"
#include "host-setup/merge.h"
#include "host-setup/otlp.h"
#include "host-setup/unitfile.h"
#include "tests/fuzz/target.h"

/* What was merged is JSON that has all of it, and merging once more changes nothing. */
static void fuzz_merge(const struct fuzz_target *target, const char *bytes, size_t length) {
    (void)length;
    for (int metrics = 0; metrics < 2; metrics++) {
        struct merge once, twice;
        merge_config(bytes, metrics, &once);
        fuzz_holds(!once.bytes == !!once.complaint, target, "it is merged, or refused with a reason");
        if (once.bytes) {
            fuzz_holds(once.changed || strcmp(once.bytes, bytes) == 0, target, "no change, and other bytes");
            fuzz_holds(merge_has_sections(once.bytes), target, "what was merged has both sections");
            merge_config(once.bytes, metrics, &twice);
            fuzz_holds(twice.bytes && !twice.changed, target, "merging again changes something");
            merge_free(&twice);
        }
        merge_free(&once);
    }
}

static void fuzz_json(const struct fuzz_target *target, const char *bytes, size_t length) {
    cleanup_free char *complaint = NULL;
    (void)length;
    cJSON *root = json_read(bytes, &complaint);
    fuzz_holds(!root == !!complaint, target, "it is read, or refused with a reason");
    if (!root) return;
    cleanup_free char *written = json_write(root, bytes);
    cleanup_free char *none = NULL;
    cJSON *again = json_read(written, &none);
    fuzz_holds(again && cJSON_Compare(root, again, true), target, "what is written reads as what was read");
    cleanup_free char *twice = json_write(again, written);
    fuzz_holds(strcmp(written, twice) == 0, target, "writing again changes something");
    cJSON_Delete(again);
    cJSON_Delete(root);
}

static uint64_t varint(const unsigned char *bytes, size_t length, size_t *at) {
    uint64_t value = 0;
    for (unsigned shift = 0; *at < length && shift < 64; shift += 7) {
        unsigned char byte = bytes[(*at)++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) return value;
    }
    *at = length + 1;
    return 0;
}

/* protobuf's wire format: every field of the message ends within it. */
static bool is_message(const unsigned char *bytes, size_t length) {
    size_t at = 0;
    while (at < length) {
        uint64_t tag = varint(bytes, length, &at);
        if (at > length || tag >> 3 == 0) return false;
        uint64_t size = (tag & 7) == 0   ? (varint(bytes, length, &at), 0)
                        : (tag & 7) == 1 ? 8
                        : (tag & 7) == 5 ? 4
                                         : 0;
        if ((tag & 7) == 2) size = varint(bytes, length, &at);
        if (at > length || size > length - at || (tag & 7) == 3 || (tag & 7) == 4 || (tag & 7) > 5)
            return false;
        at += (size_t)size;
    }
    return at == length;
}

static void fuzz_otlp(const struct fuzz_target *target, const char *bytes, size_t length) {
    struct otlp_span span = {
        .service = bytes, .name = bytes + length / 2, .begin_ns = length, .end_ns = length + 1};
    cleanup_text struct text out = {0};
    otlp_encode(&span, &out);
    const unsigned char *message = (const unsigned char *)out.bytes;
    fuzz_holds(is_message(message, out.length), target, "the request is a message");
    size_t at = 1;
    uint64_t inner = varint(message, out.length, &at);
    fuzz_holds(message[0] == 0x0a && inner == out.length - at && is_message(message + at, (size_t)inner),
               target, "so is what is in it, and there is nothing else");
    fuzz_holds(!*bytes || memmem(out.bytes, out.length, bytes, strlen(bytes)), target, "the name is in it");
}

static void fuzz_exec_start(const struct fuzz_target *target, const char *bytes, size_t length) {
    const char *complaint = NULL;
    (void)length;
    cleanup_free char *wrapped = unitfile_wrap(bytes, "/opt/appsig-exec", &complaint);
    fuzz_holds(wrapped || complaint, target, "it is wrapped, or refused with a reason");
    fuzz_holds(!wrapped || strstr(wrapped, "/opt/appsig-exec"), target,
               "what is wrapped starts the launcher");
    cleanup_free char *name = app_normal_name(bytes, length);
}

const struct fuzz_target fuzz_targets[] = {
    {"agent-config", "fuzz/seeds/agent-config/*", NULL, fuzz_merge},
    {"json", "fuzz/seeds/agent-config/* cases/*.json", NULL, fuzz_json},
    {"otlp", "fuzz/seeds/names/*", NULL, fuzz_otlp},
    {"exec-start", "fuzz/seeds/command/* fuzz/seeds/exec-start/*", NULL, fuzz_exec_start},
};
const size_t fuzz_target_count = array_length(fuzz_targets);
