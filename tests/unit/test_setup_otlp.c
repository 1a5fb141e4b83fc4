/* A span's bytes: what opentelemetry-proto's own encoder gives for the same. */
#include "tap.h"

#include "common/memory.h"
#include "host-setup/otlp.h"

int main(void) {
    static const unsigned char want[] =
        "\x0a\x5f"                                             /* resource_spans */
        "\x0a\x14\x0a\x12\x0a\x0cservice.name\x12\x02\x0a\x00" /* resource: the service's name is empty */
        "\x12\x47"                                             /* scope_spans */
        "\x0a\x0e\x0a\x0c"
        "appsig-setup" /* scope */
        "\x12\x35"     /* span */
        "\x0a\x10\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
        "\x12\x08\x00\x01\x02\x03\x04\x05\x06\x07"
        "\x2a\x03one"
        "\x30\x01"
        "\x39\x01\x00\x00\x00\x00\x00\x00\x00"
        "\x41\x00\x01\x00\x00\x00\x00\x00\x00";
    struct otlp_span span = {.service = "", .name = "one", .begin_ns = 1, .end_ns = 256};
    for (unsigned char i = 0; i < 16; i++) span.trace_id[i] = i;
    for (unsigned char i = 0; i < 8; i++) span.span_id[i] = i;
    cleanup_text struct text out = {0};
    otlp_encode(&span, &out);
    IS_INT(out.length, sizeof want - 1, "as many bytes");
    OK(out.length == sizeof want - 1 && memcmp(out.bytes, want, out.length) == 0, "the same bytes");
    struct otlp_span one, other;
    otlp_span_now(&one, "a", "b");
    otlp_span_now(&other, "a", "b");
    OK(memcmp(one.span_id, other.span_id, sizeof one.span_id) != 0, "each span has an id of its own");
    OK(one.begin_ns < one.end_ns, "and takes some time");
    return done_testing();
}
