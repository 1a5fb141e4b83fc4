#include <string.h>

#include "common/agent.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/lint/endpoint.h"
#include "dockerfile-patcher/lint/rules.h"

void check_policy(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->policy_count && !facts->managed_policy; i++) {
        const struct fact_policy *policy = &facts->policies[i];
        if (policy->rules && policy->targets) continue;
        lint_add(findings, &policy->at, "the policy lacks %s%s%s",
                 policy->rules ? "" : "xray:GetSamplingRules",
                 policy->rules || policy->targets ? "" : " and ",
                 policy->targets ? "" : "xray:GetSamplingTargets");
    }
}

/* The agent takes several configurations of one machine together. */
static bool has_section(const struct facts *facts, const struct fact_agent *agent, bool metrics) {
    for (size_t i = 0; i < facts->agent_count; i++) {
        const struct fact_agent *each = &facts->agents[i];
        bool same = each == agent || (agent->scope != NO_SCOPE && each->scope == agent->scope);
        if (same && (metrics ? each->metrics : each->traces)) return true;
    }
    return false;
}

void check_agent_config(const struct facts *facts, struct lint_findings *findings) {
    bool instrumented = false;
    for (size_t i = 0; i < facts->app_count; i++) instrumented |= app_is_instrumented(&facts->apps[i]);
    for (size_t i = 0; i < facts->agent_count && instrumented; i++) {
        const struct fact_agent *agent = &facts->agents[i];
        if (has_section(facts, agent, false) && has_section(facts, agent, true)) continue;
        lint_add(findings, &agent->at, "the agent's configuration has no application_signals in %s%s%s",
                 agent->traces ? "" : "traces.traces_collected",
                 agent->traces || agent->metrics ? "" : " and ",
                 agent->metrics ? "" : "logs.metrics_collected");
    }
}

static bool listens(const struct fact_agent *agent, enum endpoint_use use, long port) {
    bool signals = port == AGENT_PORT_HTTP || port == AGENT_PORT_GRPC;
    if (use == ENDPOINT_SAMPLER) return port == agent->sampler;
    if (use == ENDPOINT_SIGNALS) return signals && agent->metrics;
    if (signals && agent->traces) return true;
    for (size_t i = 0; i < agent->port_count; i++)
        if (agent->ports[i] == port) return true;
    return false;
}

/* An address, or a name without a domain: a name of the internet is no agent of this repository. */
static bool may_be_agent(const char *host) {
    bool address = strspn(host, "0123456789.") == strlen(host);
    return address || *host == '[' || !strchr(host, '.') || strcmp(host, "host.docker.internal") == 0;
}

static void check_port(const struct facts *facts, const struct fact_app *app,
                       const struct endpoint_variable *row, struct lint_findings *findings) {
    const struct fact_variable *variable = app_variable(app, row->name);
    struct endpoint endpoint;
    if (!variable || !variable->value || !endpoint_of(variable->value, &endpoint)) return;
    if (!may_be_agent(endpoint.host)) return;
    for (size_t i = 0; i < facts->agent_count; i++)
        if (listens(&facts->agents[i], row->use, endpoint.port)) return;
    const struct fact_place *agent = &facts->agents[0].at;
    lint_add(findings, &variable->at,
             "'%s' sends to port %ld by %s, where the agent of %s:%zu does not listen", app->label,
             endpoint.port, row->name, agent->path, agent->place.line);
}

void check_endpoint(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->app_count && facts->agent_count; i++) {
        if (!app_is_instrumented(&facts->apps[i]) || facts->apps[i].at.ignored) continue;
        for (size_t k = 0; k < endpoint_variable_count; k++)
            check_port(facts, &facts->apps[i], &endpoint_variables[k], findings);
    }
}

void check_install(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->install_count; i++) {
        const struct fact_app *container = NULL;
        bool host = false;
        for (size_t k = 0; k < facts->app_count; k++) {
            const struct fact_app *app = &facts->apps[k];
            if (app->scope != facts->installs[i].scope) continue;
            if (app->kind == APP_RUN) container = app;
            host |= app->kind == APP_UNIT || app->kind == APP_COMMAND;
        }
        if (container && !host)
            lint_add(findings, &facts->installs[i].at,
                     "ADOT is installed on the machine, and '%s' runs in a container", container->label);
    }
}

void check_pins(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->pin_count; i++) {
        const struct fact_pin *pin = &facts->pins[i];
        lint_add(findings, &pin->at, "'%s%s' is asked for, and ADOT brings %s", pin->package, pin->wanted,
                 pin->version);
    }
}

void check_unread(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->unread_count; i++)
        lint_add(findings, &facts->unread[i].at, "%s", facts->unread[i].reason);
}
