#include "dockerfile-patcher/lint/rules.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

const struct lint_rule lint_rules[] = {
    {"host-network-missing", SEVERITY_ERROR,
     "A container that is instrumented as AWS's guide has it sends to localhost, which is the container itself "
     "unless it shares the host's network: nothing reaches the agent, and nothing says so.",
     "run the container with --network host (compose: network_mode: host), or give it the address of the agent in "
     "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT and "
     "OTEL_TRACES_SAMPLER_ARG",
     check_host_network},
    {"ports-unequal", SEVERITY_WARNING,
     "On the host's network no port is mapped: the app is reached at the port that it listens on, not at the "
     "published one.",
     "let the app listen on the published port (PORT), or publish the port that it listens on", check_ports},
    {"iam-sampling-missing", SEVERITY_WARNING,
     "A policy lets traces be sent, but not the sampling rules be read: the X-Ray sampler of the app falls back to "
     "its default of one request a second and five percent of the rest.",
     "add xray:GetSamplingRules and xray:GetSamplingTargets to the policy, or attach CloudWatchAgentServerPolicy",
     check_policy},
    {"agent-config-incomplete", SEVERITY_ERROR,
     "A configuration of the CloudWatch agent lacks application_signals in traces.traces_collected or in "
     "logs.metrics_collected while an app of the repository is instrumented: the agent does not listen on 4316, "
     "or throws away what arrives.",
     "add \"application_signals\": {} to both sections", check_agent_config},
    {"endpoint-differs", SEVERITY_ERROR,
     "An app sends to a port that no agent configuration of the repository listens on. application_signals listens "
     "on 4316 (HTTP) and 4315 (gRPC), and answers sampling rules on 2000.",
     "send to the port that the agent listens on, or configure the agent for the one that the app sends to",
     check_endpoint},
    {"adot-on-host", SEVERITY_WARNING,
     "ADOT is installed on the machine while the app runs in a container, which has a Python of its own: the "
     "installation does nothing for it.",
     "install aws-opentelemetry-distro in the image, in its Dockerfile", check_install},
    {"defer-without-hook", SEVERITY_ERROR,
     "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true keeps the first process from being instrumented, and nothing "
     "instruments the workers: all traces and metrics are lost, and nothing says so.",
     "give gunicorn a post_fork hook, uWSGI lazy-apps and import, or remove the variable",
     check_defer_without_hook},
    {"hook-without-defer", SEVERITY_WARNING,
     "The workers are instrumented by a hook, and the master is as well: everything is initialised twice, and the "
     "metrics of uWSGI are lost.",
     "set OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true where the server is started",
     check_hook_without_defer},
    {"noreload-missing", SEVERITY_WARNING,
     "Django's development server starts itself a second time to reload changed code: the process that only watches "
     "is instrumented too, and reports what is no traffic of the app.",
     "add --noreload to runserver", check_noreload},
    {"service-name-differs", SEVERITY_WARNING,
     "One service is given several names, so that it appears as several services, or under a name that nobody "
     "looks for.",
     "give it the same name in each place", check_names},
    {"imds-hop-limit", SEVERITY_WARNING,
     "The instance metadata service answers over one hop only, and a container on a bridge is two hops away: it is "
     "not reached from there, and the detection of the machine runs into its time-out at each start.",
     "set the hop limit to 2, or run the container on the host's network", check_hop_limit},
    {"proxy-catches-agent", SEVERITY_WARNING,
     "A proxy is set and NO_PROXY does not name the agent: what is meant for the agent beside the app is sent "
     "to the proxy.",
     "add localhost,127.0.0.1 (or the agent's host) to NO_PROXY and no_proxy", check_proxy},
    {"pin-changed", SEVERITY_NOTE,
     "The app asks for a version of a package that ADOT 0.21.0 would replace when it is installed.",
     "test the app with the version that ADOT brings, or pin an ADOT that leaves it alone", check_pins},
    {"not-understood", SEVERITY_NOTE,
     "A file could not be read as what its name says: its part of the contract is not known, and no other rule has "
     "seen it.",
     "correct the file, or leave it out with --exclude", check_unread},
};
const size_t lint_rule_count = array_length(lint_rules);

static bool is_same_place(const struct fact_place *one, const struct fact_place *other) {
    return one->place.line == other->place.line && one->place.column == other->place.column &&
           strcmp(one->path, other->path) == 0;
}

void lint_add(struct lint_findings *findings, const struct fact_place *at, const char *format, ...) {
    va_list arguments;
    if (at->ignored) return;
    /* A script that a machine starts is read on its own as well. */
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].rule == findings->rule && is_same_place(&findings->items[i].at, at)) return;
    if (findings->count == findings->capacity) {
        findings->capacity = findings->capacity ? findings->capacity * 2 : 16;
        findings->items = memory_resize(findings->items, findings->capacity * sizeof *findings->items);
    }
    struct lint_finding *finding = &findings->items[findings->count++];
    va_start(arguments, format);
    *finding = (struct lint_finding){findings->rule, *at, memory_format_list(format, arguments)};
    va_end(arguments);
}

static int by_place(const void *one, const void *other) {
    const struct lint_finding *first = one, *second = other;
    int order = strcmp(first->at.path, second->at.path);
    if (order) return order;
    if (first->at.place.line != second->at.place.line)
        return first->at.place.line < second->at.place.line ? -1 : 1;
    if (first->at.place.column != second->at.place.column)
        return first->at.place.column < second->at.place.column ? -1 : 1;
    if (first->rule != second->rule) return first->rule < second->rule ? -1 : 1;
    return strcmp(first->reason, second->reason);
}

void lint_check(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < lint_rule_count; i++) {
        findings->rule = &lint_rules[i];
        lint_rules[i].check(facts, findings);
    }
    if (findings->count) qsort(findings->items, findings->count, sizeof *findings->items, by_place);
}

void lint_findings_free(struct lint_findings *findings) {
    for (size_t i = 0; i < findings->count; i++) free(findings->items[i].reason);
    free(findings->items);
    *findings = (struct lint_findings){0};
}
