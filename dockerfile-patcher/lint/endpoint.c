#include "dockerfile-patcher/lint/endpoint.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

const struct endpoint_variable endpoint_variables[] = {
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ENDPOINT_TRACES},
    {"OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT", ENDPOINT_SIGNALS},
    {"OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT_TRACES},
    {"OTEL_TRACES_SAMPLER_ARG", ENDPOINT_SAMPLER},
};
const size_t endpoint_variable_count = array_length(endpoint_variables);

bool endpoint_of(const char *value, struct endpoint *endpoint) {
    const char *sign = strstr(value, "endpoint=");
    if (sign) value = sign + strlen("endpoint=");
    const char *scheme = strstr(value, "://");
    if (scheme) value = scheme + 3;
    size_t host = *value == '[' ? strcspn(value, "]") + 1 : strcspn(value, ":/,");
    if (host == 0 || host >= sizeof endpoint->host || value[host] != ':') return false;
    memcpy(endpoint->host, value, host);
    endpoint->host[host] = '\0';
    size_t digits = strspn(value + host + 1, "0123456789");
    cleanup_free char *port = memory_copy_bytes(value + host + 1, digits);
    return text_to_number(port, 1, 65535, &endpoint->port);
}
