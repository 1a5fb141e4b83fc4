/* One span as OTLP: an ExportTraceServiceRequest of opentelemetry-proto 1.x (trace_service.proto, trace.proto,
 * resource.proto, common.proto), encoded by hand. */
#ifndef SETUP_OTLP_H
#define SETUP_OTLP_H

#include <stdint.h>

#include "common/text.h"

struct otlp_span {
    const char *service;
    const char *name;
    unsigned char trace_id[16]; /* its first four bytes are the time in seconds, as X-Ray wants */
    unsigned char span_id[8];
    uint64_t begin_ns, end_ns; /* since 1970 */
};

void otlp_encode(const struct otlp_span *span, struct text *out);

/* A span of now, with ids from the system's random numbers. */
void otlp_span_now(struct otlp_span *span, const char *service, const char *name);

#endif
