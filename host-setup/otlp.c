#include "host-setup/otlp.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "common/memory.h"

enum wire { WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_VARINT = 0 };
enum { KIND_INTERNAL = 1 };

static void add_varint(struct text *out, uint64_t value) {
    for (; value > 127; value >>= 7) text_add_char(out, (char)((value & 127) | 128));
    text_add_char(out, (char)value);
}

static void add_bytes(struct text *out, unsigned field, const char *bytes, size_t length) {
    add_varint(out, field << 3 | WIRE_BYTES);
    add_varint(out, length);
    text_add_bytes(out, bytes, length);
}

static void add_string(struct text *out, unsigned field, const char *string) {
    add_bytes(out, field, string, strlen(string));
}

static void add_fixed64(struct text *out, unsigned field, uint64_t value) {
    add_varint(out, field << 3 | WIRE_FIXED64);
    for (int i = 0; i < 8; i++) text_add_char(out, (char)(value >> (8 * i)));
}

/* Takes what is in `inner`, as field `field` of `out`. */
static void add_message(struct text *out, unsigned field, struct text *inner) {
    add_bytes(out, field, inner->bytes ? inner->bytes : "", inner->length);
    text_free(inner);
}

static void add_resource(struct text *out, const char *service) {
    struct text value = {0}, attribute = {0}, resource = {0};
    add_string(&value, 1, service);
    add_string(&attribute, 1, "service.name");
    add_message(&attribute, 2, &value);
    add_message(&resource, 1, &attribute);
    add_message(out, 1, &resource);
}

void otlp_encode(const struct otlp_span *span, struct text *out) {
    struct text body = {0}, scope = {0}, scoped = {0}, resources = {0};
    add_bytes(&body, 1, (const char *)span->trace_id, sizeof span->trace_id);
    add_bytes(&body, 2, (const char *)span->span_id, sizeof span->span_id);
    add_string(&body, 5, span->name);
    add_varint(&body, 6 << 3 | WIRE_VARINT);
    add_varint(&body, KIND_INTERNAL);
    add_fixed64(&body, 7, span->begin_ns);
    add_fixed64(&body, 8, span->end_ns);
    add_string(&scope, 1, "appsig-setup");
    add_message(&scoped, 1, &scope);
    add_message(&scoped, 2, &body);
    add_resource(&resources, span->service);
    add_message(&resources, 2, &scoped);
    add_message(out, 1, &resources);
}

void otlp_span_now(struct otlp_span *span, const char *service, const char *name) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *span = (struct otlp_span){.service = service, .name = name};
    span->end_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    span->begin_ns = span->end_ns - 1000000;
    if (getrandom(span->trace_id, sizeof span->trace_id, 0) != sizeof span->trace_id ||
        getrandom(span->span_id, sizeof span->span_id, 0) != sizeof span->span_id)
        memset(span->span_id, 1, sizeof span->span_id); /* an id of zeroes alone is no id */
    for (int i = 0; i < 4; i++) span->trace_id[i] = (unsigned char)((uint64_t)now.tv_sec >> (24 - 8 * i));
}
