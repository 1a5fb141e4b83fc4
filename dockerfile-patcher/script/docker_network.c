#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/docker_plan.h"

/* Docker refuses each of these beside the host's network. */
static const char *const excluded[] = {"--link",          "--ip",       "--ip6", "--mac-address",
                                       "--network-alias", "--net-alias"};

static bool is_port(const struct docker_option *option) {
    return option->value && (strcmp(option->name, "-p") == 0 || strcmp(option->name, "--publish") == 0);
}

/* What would be another thing on the host's network; NULL where nothing would. */
static const struct docker_option *obstacle(const struct docker_run *run) {
    const struct docker_option *network = docker_option(run, "--network");
    if (network) return network;
    for (size_t i = 0; i < array_length(excluded); i++)
        if (docker_option(run, excluded[i])) return docker_option(run, excluded[i]);
    if (docker_option(run, "--publish-all")) return docker_option(run, "--publish-all");
    for (size_t i = 0; i < run->option_count; i++) {
        bool equal;
        cleanup_free char *container = NULL;
        if (!is_port(&run->options[i])) continue;
        docker_port(run->options[i].value, &equal, &container);
        if (!equal) return &run->options[i];
    }
    return NULL;
}

static size_t offset_of(const struct docker_planner *planner, const struct docker_run *run, size_t argument) {
    const struct docker_argument *at = &run->arguments[argument];
    return commands_source_offset(&planner->commands, at->layer, at->word->span.begin);
}

static const char *ask(struct docker_planner *planner, struct docker_subject *subject,
                       const struct docker_option *option) {
    struct question *question;
    const char *answer = script_ask(
        planner->unit, planner->script, "NETWORK",
        "on the host's network the container keeps no ports and no network of its own: is the agent to be reached "
        "there (host) or through the gateway (bridge)?",
        &question);
    if (!question) return answer;
    cleanup_free char *shown =
        option->value ? memory_format("%s %s", option->name, option->value) : memory_copy(option->name);
    cleanup_free char *plain = script_shown(planner->script, shown, strlen(shown));
    if (question->candidate_count == 0) {
        question_candidate(question, "bridge");
        question_candidate(question, "host");
    }
    question_evidence(question, &planner->document->source, offset_of(planner, &subject->run, option->first),
                      plain);
    return NULL;
}

static bool refuse(struct docker_planner *planner, struct docker_subject *subject,
                   const struct docker_option *option, const char *message) {
    unit_refuse(planner->unit, planner->document, FINDING_UNSUPPORTED,
                offset_of(planner, &subject->run, option->first), "%s %s", option->name, message);
    return false;
}

static bool use_host(struct docker_planner *planner, struct docker_subject *subject, bool *add) {
    const struct docker_run *run = &subject->run;
    const struct docker_option *network = docker_option(run, "--network");
    for (size_t i = 0; i < array_length(excluded); i++)
        if (docker_option(run, excluded[i]))
            return refuse(planner, subject, docker_option(run, excluded[i]),
                          "cannot stand beside --network host");
    *add = !network;
    if (!network || docker_replace_value(planner, subject, network, "--network", "host",
                                         "reach the agent on the host's network"))
        return true;
    return refuse(planner, subject, network, "stands where it cannot be replaced");
}

bool docker_network(struct docker_planner *planner, struct docker_subject *subject, bool *add,
                    bool *gateway) {
    const struct docker_run *run = &subject->run;
    const struct docker_option *network = docker_option(run, "--network");
    *add = *gateway = false;
    if (network && text_equal(network->value, "host")) return true;
    const struct docker_option *place = obstacle(run);
    const char *answer = place ? ask(planner, subject, place) : "host";
    if (!answer) return false;
    if (strcmp(answer, "host") == 0) return use_host(planner, subject, add);
    if (strcmp(answer, "bridge") != 0)
        return refuse(planner, subject, place, "is asked for by NETWORK, which is \"host\" or \"bridge\"");
    if (network && (text_equal(network->value, "none") || text_starts(network->value, "container:")))
        return refuse(planner, subject, network, "leads to no gateway");
    /* appsig-exec looks for the agent at the gateway by itself. */
    if (planner->unit->settings->style == STYLE_SHIM) return true;
    planner->agent = DOCKER_GATEWAY;
    *gateway = true;
    for (size_t i = 0; i < run->option_count; i++)
        if (strcmp(run->options[i].name, "--add-host") == 0 && run->options[i].value &&
            text_starts(run->options[i].value, DOCKER_GATEWAY))
            *gateway = false;
    return true;
}
