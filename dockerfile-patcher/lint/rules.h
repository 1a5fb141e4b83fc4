/* The rules as rows. Each is a pure function of the facts; docs/lint.md and SARIF's rules are made of the rows. */
#ifndef PATCH_LINT_RULES_H
#define PATCH_LINT_RULES_H

#include "dockerfile-patcher/engine/finding.h"
#include "dockerfile-patcher/lint/facts.h"

struct lint_rule;

struct lint_finding {
    const struct lint_rule *rule;
    struct fact_place at;
    char *reason; /* owned; lower case, no full stop */
};

struct lint_findings {
    struct lint_finding *items;
    size_t count;
    size_t capacity;
    const struct lint_rule *rule; /* that is being checked */
};

struct lint_rule {
    const char *id;
    enum severity severity;
    const char *meaning; /* what is wrong, and what comes of it: whole sentences, for the page */
    const char *fix;     /* what to do, as a command to a person */
    void (*check)(const struct facts *facts, struct lint_findings *findings);
};

extern const struct lint_rule lint_rules[];
extern const size_t lint_rule_count;

/* Checks every rule; the findings come in the order of their places, then of the rules. */
void lint_check(const struct facts *facts, struct lint_findings *findings);

void lint_add(struct lint_findings *findings, const struct fact_place *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void lint_findings_free(struct lint_findings *findings);

/* rules_network.c */
void check_host_network(const struct facts *facts, struct lint_findings *findings);
void check_ports(const struct facts *facts, struct lint_findings *findings);
void check_hop_limit(const struct facts *facts, struct lint_findings *findings);
void check_proxy(const struct facts *facts, struct lint_findings *findings);

/* rules_start.c */
void check_defer_without_hook(const struct facts *facts, struct lint_findings *findings);
void check_hook_without_defer(const struct facts *facts, struct lint_findings *findings);
void check_noreload(const struct facts *facts, struct lint_findings *findings);
void check_names(const struct facts *facts, struct lint_findings *findings);

/* rules_agent.c */
void check_policy(const struct facts *facts, struct lint_findings *findings);
void check_agent_config(const struct facts *facts, struct lint_findings *findings);
void check_endpoint(const struct facts *facts, struct lint_findings *findings);
void check_install(const struct facts *facts, struct lint_findings *findings);
void check_pins(const struct facts *facts, struct lint_findings *findings);
void check_unread(const struct facts *facts, struct lint_findings *findings);

#endif
