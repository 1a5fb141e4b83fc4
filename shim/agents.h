/* Where the CloudWatch agent may be, what is asked there, and which candidate is taken. */
#ifndef SHIM_AGENTS_H
#define SHIM_AGENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "shim/endpoint.h"
#include "shim/place.h"
#include "shim/probe.h"
#include "shim/settings.h"

enum { AGENT_CANDIDATES = 3 };

struct agent_candidate {
    struct endpoint otlp;
    const char *where; /* "--agent-endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", "localhost", "gateway", … */
    enum source source;
    int otlp_request; /* index into the requests, -1 = not asked */
    int sampler_request;
    struct endpoint sampler;
};

struct agents {
    struct agent_candidate candidates[AGENT_CANDIDATES];
    size_t count;
    size_t chosen;     /* the first whose OTLP port is healthy, else 0 */
    bool by_user;      /* candidates[0] is the user's own word: it is kept, whoever answers elsewhere */
    bool grpc;         /* the user's protocol is grpc: no HTTP endpoint is set, port 4315 gets a TCP check */
    bool foreign;      /* the user's OTLP endpoint is another vendor's: stand down */
    bool asks_sampler; /* the sampler is ours or xray */
    const char *foreign_variable;
    struct probe_request requests[PROBE_MOST];
    size_t request_count;
    int ecs_request, imds_request; /* -1 = not asked */
    struct probe probe;
    struct probe_verdict verdict;
};

/* Candidates and requests from the settings and the environment; nothing is asked yet. `asks_name`: the service name
 * is not known, so the metadata services may be asked. */
void agents_plan(const struct settings *settings, char *const *environment, const struct place *place,
                 bool asks_name, struct agents *agents);

/* Asks; the answers come while the caller does other work. */
void agents_ask(const struct settings *settings, struct agents *agents);

/* Takes the answers, and chooses. With the policy wait=SECONDS, asks again until an agent is healthy or the time is
 * over. */
void agents_choose(const struct settings *settings, struct agents *agents);

/* ANSWER_NONE where it was not asked. */
enum answer agents_otlp_answer(const struct agents *agents, size_t candidate);
enum answer agents_sampler_answer(const struct agents *agents, size_t candidate);

/* True where the chosen candidate takes OTLP: healthy, or open where only TCP could be checked. */
bool agents_healthy(const struct agents *agents);

#endif
