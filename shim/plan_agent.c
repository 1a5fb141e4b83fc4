#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "shim/environment.h"
#include "shim/plan.h"

/* What to say to each answer; %s is the place that was asked. An answer without a row is well. */
static const struct {
    enum answer answer;
    const char *text;
} otlp_rows[] = {
    {ANSWER_NONE, "'%s' could not be asked: whether the CloudWatch agent is there is not known"},
    {ANSWER_REFUSED, "'%s' refuses connections: no CloudWatch agent listens there; install and start it with "
                     "application_signals in its config"},
    {ANSWER_UNREACHABLE, "'%s' has no address that can be reached: check the name of the agent's host"},
    {ANSWER_SILENT,
     "'%s' accepts connections and does not answer: check what holds the port, and the agent's log"},
    {ANSWER_TIMEOUT, "'%s' does not answer: check the address, the firewall and that the agent runs"},
    {ANSWER_STRANGER,
     "'%s' is held by something else than an OTLP receiver: free the port for the CloudWatch agent "
     "or name another by --agent-endpoint"},
};

static const struct {
    enum answer answer;
    const char *text;
} sampler_rows[] = {
    {ANSWER_REFUSED,
     "'%s' refuses connections: the agent's X-Ray proxy does not run; give the agent's config a "
     "traces section with application_signals"},
    {ANSWER_UNREACHABLE, "'%s' has no address that can be reached: check --sampler-endpoint"},
    {ANSWER_SILENT, "'%s' accepts connections and has not answered in time: sampling rules may come late"},
    {ANSWER_TIMEOUT, "'%s' does not answer: check that the agent's X-Ray proxy can be reached"},
    {ANSWER_STRANGER,
     "'%s' is held by something else than the agent's X-Ray proxy: the agent cannot listen on a port "
     "that is taken, and then listens on none"},
    {ANSWER_FORBIDDEN,
     "'%s' is refused by AWS (403): allow xray:GetSamplingRules and xray:GetSamplingTargets to the "
     "agent's role, or check its credentials"},
    {ANSWER_NO_AWS,
     "'%s' cannot reach AWS (502): check the agent's route to the X-Ray endpoint and its region"},
};

static bool had_chance(const struct agents *agents) {
    for (size_t i = 0; i < agents->count; i++)
        if (agents_otlp_answer(agents, i) == ANSWER_HEALTHY) return true;
    return false;
}

static void tell_missing(const struct facts *facts, struct plan *plan, const char *base, enum answer answer) {
    const struct agents *agents = &facts->agents;
    for (size_t i = 0; i < array_length(otlp_rows); i++) {
        if (otlp_rows[i].answer != answer) continue;
        cleanup_free char *text = NULL;
        const char *percent = strstr(otlp_rows[i].text, "%s");
        text = memory_format("'%s%s", base, percent + 2);
        bool isolated = facts->place.network == NETWORK_BRIDGE || facts->place.network == NETWORK_NONE;
        bool local = endpoint_is_loopback(&agents->candidates[0].otlp);
        if (isolated && local && !had_chance(agents))
            plan_tell(plan, REPORT_WARNING,
                      "%s; this container is not on the host's network: run it with --network "
                      "host, or name the agent by --agent-endpoint",
                      text);
        else
            plan_tell(plan, REPORT_WARNING, "%s", text);
    }
}

static void tell_elsewhere(const struct facts *facts, struct plan *plan) {
    const struct agents *agents = &facts->agents;
    for (size_t i = 1; i < agents->count; i++) {
        if (agents_otlp_answer(agents, i) != ANSWER_HEALTHY) continue;
        cleanup_free char *base = endpoint_base(&agents->candidates[i].otlp);
        plan_tell(plan, REPORT_WARNING,
                  "the agent answers at '%s': the endpoint that was given keeps the app from it", base);
        return;
    }
}

static void tell_otlp(const struct facts *facts, struct plan *plan) {
    const struct agents *agents = &facts->agents;
    const struct agent_candidate *agent = &agents->candidates[agents->chosen];
    cleanup_free char *base = endpoint_base(&agent->otlp);
    enum answer answer = agents_otlp_answer(agents, agents->chosen);
    if (answer == ANSWER_OPEN) {
        plan_tell(plan, REPORT_NOTICE, "'%s' accepts connections; it was checked by TCP alone, as it is %s",
                  base, agent->otlp.secure ? "https" : "gRPC");
        return;
    }
    if (answer == ANSWER_HEALTHY) {
        if (agent->source == SOURCE_DISCOVERED)
            plan_tell(plan, REPORT_NOTICE, "the agent answers at '%s' (%s): every endpoint points there",
                      base, agent->where);
        return;
    }
    tell_missing(facts, plan, base, answer);
    if (agents->by_user) tell_elsewhere(facts, plan);
}

static void tell_sampler(const struct facts *facts, struct plan *plan) {
    const struct agents *agents = &facts->agents;
    const struct agent_candidate *agent = &agents->candidates[agents->chosen];
    if (agent->sampler_request < 0) agent = &agents->candidates[0];
    enum answer answer = agents_sampler_answer(agents, (size_t)(agent - agents->candidates));
    for (size_t i = 0; i < array_length(sampler_rows); i++) {
        if (sampler_rows[i].answer != answer) continue;
        cleanup_free char *base = endpoint_base(&agent->sampler);
        plan_tell(plan, REPORT_WARNING, "'%s%s", base, strstr(sampler_rows[i].text, "%s") + 2);
    }
}

/* Without a receiver ADOT's exporters retry for 10 s each at exit, one after the other: 15 s for `python -c pass`,
 * 28 s for gunicorn. With one second they give up before their first retry ends; what is made after an agent has come
 * is delivered all the same (measured: OTEL_BSP_EXPORT_TIMEOUT and OTEL_METRIC_EXPORT_TIMEOUT change nothing). */
static void stop_fast(const struct facts *facts, struct plan *plan) {
    const struct agents *agents = &facts->agents;
    bool no_aws = agents_sampler_answer(agents, agents->chosen) == ANSWER_NO_AWS;
    if (agents_healthy(agents) && !no_aws) return;
    if (plan_value(plan, facts->environment, "OTEL_EXPORTER_OTLP_TIMEOUT")) return;
    static const char why[] = "no healthy agent: keeps the app's exit fast";
    plan_change(plan, "OTEL_EXPORTER_OTLP_TIMEOUT", "1", SOURCE_DEFAULT, "default", why);
    cleanup_free char *path = agents_healthy(agents) ? NULL : hookfiles_path(&facts->hooks, PLAN_QUICK_STOP);
    if (path && !environment_value(facts->environment, PLAN_QUICK_STOP_FILE))
        plan_change(plan, PLAN_QUICK_STOP_FILE, path, SOURCE_DEFAULT, "default", why);
}

/* True where the list (as NO_PROXY has it) covers the host. */
static bool covers(const char *list, const char *host) {
    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',') {
        const char *begin = at + strspn(at, " ");
        size_t length = strcspn(begin, ", ");
        if (length == 1 && *begin == '*') return true;
        if (length > 0 && *begin == '.') begin++, length--;
        cleanup_free char *part = memory_copy_bytes(begin, length);
        part[strcspn(part, ":")] = '\0';
        if (*part && (strcasecmp(part, host) == 0 ||
                      (text_ends(host, part) && host[strlen(host) - strlen(part) - 1] == '.')))
            return true;
    }
    return false;
}

static bool proxied(char *const *environment) {
    static const char *const names[] = {"HTTP_PROXY", "http_proxy",  "ALL_PROXY",
                                        "all_proxy",  "HTTPS_PROXY", "https_proxy"};
    for (size_t i = 0; i < array_length(names); i++)
        if (environment_value(environment, names[i])) return true;
    return false;
}

/* Measured: with HTTP_PROXY set and no NO_PROXY, the exporter sends its posts to localhost through the proxy. Both
 * spellings are set to the same list, as each program reads only one of them, and not all the same one. */
static void bypass_proxy(const struct facts *facts, struct plan *plan) {
    if (!proxied(facts->environment)) return;
    const struct agent_candidate *agent = &facts->agents.candidates[facts->agents.chosen];
    const char *hosts[] = {agent->otlp.host, agent->sampler.host};
    const char *lower = environment_value(facts->environment, "no_proxy");
    const char *upper = environment_value(facts->environment, "NO_PROXY");
    const char *before = lower ? lower : upper;
    cleanup_text struct text list = {0};
    text_add(&list, before ? before : "");
    bool added = false;
    for (size_t i = 0; i < array_length(hosts); i++) {
        if (!*hosts[i] || covers(list.bytes, hosts[i])) continue;
        text_add_format(&list, "%s%s", list.length ? "," : "", hosts[i]);
        added = true;
    }
    if (!added) return;
    static const char why[] = "the proxy variables would catch the agent's endpoint";
    plan_change(plan, "no_proxy", list.bytes, SOURCE_DISCOVERED, "proxy variables", why);
    cleanup_text struct text other = {0};
    text_add(&other, upper ? upper : before ? before : "");
    for (size_t i = 0; i < array_length(hosts); i++)
        if (*hosts[i] && !covers(other.bytes, hosts[i]))
            text_add_format(&other, "%s%s", other.length ? "," : "", hosts[i]);
    plan_change(plan, "NO_PROXY", other.bytes, SOURCE_DISCOVERED, "proxy variables", why);
}

void plan_agent(const struct facts *facts, struct plan *plan) {
    tell_otlp(facts, plan);
    /* with nobody there one line is enough */
    if (agents_healthy(&facts->agents) || facts->agents.by_user) tell_sampler(facts, plan);
    stop_fast(facts, plan);
    bypass_proxy(facts, plan);
    if (!facts->agents.verdict.forked)
        plan_tell(plan, REPORT_DEBUG, "fork was refused: the ports were asked in this process");
    if (facts->agents.verdict.forked && !facts->agents.verdict.sandboxed)
        plan_tell(plan, REPORT_DEBUG,
                  "seccomp is not supported here: the ports were asked without a sandbox");
}
