#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/lint/endpoint.h"
#include "dockerfile-patcher/lint/rules.h"

static bool is_local(const char *host) { return text_has_word("localhost 127.0.0.1 [::1] 0.0.0.0", host); }

/* The host of the agent as the app knows it; localhost where nothing is said. False where it is not known. */
static bool agent_host(const struct fact_app *app, char host[ENDPOINT_MOST_HOST]) {
    struct endpoint endpoint;
    strcpy(host, "localhost");
    for (size_t i = 0; i < endpoint_variable_count; i++) {
        const struct fact_variable *variable = app_variable(app, endpoint_variables[i].name);
        if (!variable) continue;
        if (!variable->value || !endpoint_of(variable->value, &endpoint)) return false;
        strcpy(host, endpoint.host);
        return true;
    }
    return !app->open;
}

void check_host_network(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->app_count; i++) {
        const struct fact_app *app = &facts->apps[i];
        char host[ENDPOINT_MOST_HOST];
        if (app->network != NETWORK_BRIDGE || !app_is_guided(app)) continue;
        if (!agent_host(app, host) || !is_local(host)) continue;
        lint_add(findings, &app->network_at, "'%s' sends to %s and is not on the host's network", app->label,
                 host);
    }
}

void check_ports(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->app_count; i++) {
        const struct fact_app *app = &facts->apps[i];
        char host[ENDPOINT_MOST_HOST];
        bool bridged = app->network == NETWORK_BRIDGE && agent_host(app, host) && is_local(host);
        if (!app_is_guided(app) || !(app->network == NETWORK_HOST || bridged)) continue;
        for (size_t k = 0; k < app->port_count; k++) {
            const struct fact_port *port = &app->ports[k];
            if (port->equal) continue;
            lint_add(findings, &port->at, "'%s' maps '%s', which %s the host's network", app->label,
                     port->text, bridged ? "would be lost on" : "counts for nothing on");
        }
    }
}

void check_hop_limit(const struct facts *facts, struct lint_findings *findings) {
    for (size_t i = 0; i < facts->machine_count; i++) {
        const struct fact_machine *machine = &facts->machines[i];
        if (!machine->hop_limit || strcmp(machine->hop_limit, "1") != 0) continue;
        for (size_t k = 0; k < facts->app_count; k++) {
            const struct fact_app *app = &facts->apps[k];
            if (app->scope != machine->scope || app->network != NETWORK_BRIDGE) continue;
            lint_add(findings, &machine->at, "'%s' has a hop limit of 1, and '%s' runs on a bridge there",
                     machine->label, app->label);
            break;
        }
    }
}

/* curl's and requests' reading: names that commas part, each meaning its own domain too; * is all. */
static bool spares(const char *list, const char *host) {
    for (const char *at = list; *at;) {
        at += strspn(at, ", ");
        size_t length = strcspn(at, ", ");
        const char *name = at;
        size_t named = length;
        at += length;
        if (named && *name == '.') name++, named--;
        size_t whole = strlen(host);
        if (named == 1 && *name == '*') return true;
        if (named && named <= whole && strncmp(host + whole - named, name, named) == 0 &&
            (named == whole || host[whole - named - 1] == '.'))
            return true;
    }
    return false;
}

void check_proxy(const struct facts *facts, struct lint_findings *findings) {
    static const char *const proxies[] = {"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"};
    static const char *const exceptions[] = {"NO_PROXY", "no_proxy"};
    for (size_t i = 0; i < facts->app_count; i++) {
        const struct fact_app *app = &facts->apps[i];
        char host[ENDPOINT_MOST_HOST];
        const struct fact_variable *proxy = NULL;
        bool spared = false;
        if (!app_is_guided(app) || !agent_host(app, host)) continue;
        for (size_t k = 0; k < array_length(proxies) && !proxy; k++) proxy = app_variable(app, proxies[k]);
        for (size_t k = 0; k < array_length(exceptions); k++) {
            const struct fact_variable *exception = app_variable(app, exceptions[k]);
            spared |= exception && (!exception->value || spares(exception->value, host));
        }
        if (!proxy || spared || (proxy->value && !*proxy->value)) continue;
        lint_add(findings, &proxy->at, "'%s' of '%s' is used for %s as well, where the agent is", proxy->name,
                 app->label, host);
    }
}
