#include <string.h>
#include <strings.h>

#include "shim/probe.h"

/* Healthy = 200 and application/x-protobuf and a body of 0a00 or nothing (FACTS: the agent and the collector answer
 * 0a00, rotel nothing; a catch-all web app answers 200 with text/html). */
static enum answer judge_otlp(int status, const char *content_type, const char *body, size_t length) {
    if (status != 200 || !content_type) return ANSWER_STRANGER;
    if (strncasecmp(content_type, "application/x-protobuf", strlen("application/x-protobuf")) != 0)
        return ANSWER_STRANGER;
    bool empty = length == 0 || (length == 2 && body[0] == '\n' && body[1] == '\0');
    return empty ? ANSWER_HEALTHY : ANSWER_STRANGER;
}

static bool holds(const char *body, size_t length, const char *word) {
    size_t size = strlen(word);
    for (size_t at = 0; at + size <= length; at++)
        if (memcmp(body + at, word, size) == 0) return true;
    return false;
}

/* 403 is AWS's own JSON, handed through by the proxy; 502 with an empty body is the proxy's own. */
static enum answer judge_sampler(int status, const char *content_type, const char *body, size_t length) {
    if (status == 200) return holds(body, length, "SamplingRuleRecords") ? ANSWER_HEALTHY : ANSWER_STRANGER;
    bool html = content_type && strncasecmp(content_type, "text/html", strlen("text/html")) == 0;
    if (status == 403) return html ? ANSWER_STRANGER : ANSWER_FORBIDDEN;
    if (status == 502) return length == 0 ? ANSWER_NO_AWS : ANSWER_STRANGER;
    return ANSWER_STRANGER;
}

enum answer probe_judge(enum question question, int status, const char *content_type, const char *body,
                        size_t length) {
    if (question == QUESTION_OTLP) return judge_otlp(status, content_type, body, length);
    if (question == QUESTION_SAMPLER) return judge_sampler(status, content_type, body, length);
    return status == 200 ? ANSWER_HEALTHY : ANSWER_STRANGER;
}
