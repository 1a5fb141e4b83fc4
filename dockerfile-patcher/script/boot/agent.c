#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/model.h"
#include "dockerfile-patcher/script/boot/texts.h"

static const char installers[] = "yum dnf microdnf apt apt-get aptitude zypper rpm dpkg snap";

static bool has_part(const struct boot_command *command, const char *part) {
    for (size_t i = 0; i < command->count; i++)
        if (strstr(command->words[i], part)) return true;
    return false;
}

static const char *program_of(const struct boot_command *command) {
    size_t at = command->launch.command;
    return at < command->count ? text_base_name(command->words[at]) : "";
}

/* The configuration is what fetch-config is given, or lies where the agent has its own. */
static bool is_config(const struct boot_agent *agent, const struct boot *boot, const char *target) {
    if (!text_ends(target, ".json")) return false;
    if (strstr(target, AGENT_PACKAGE)) return true;
    if (agent->fetch == SIZE_MAX) return false;
    const struct boot_command *fetch = &boot->commands[agent->fetch];
    for (size_t i = 0; i < fetch->count; i++)
        if (text_starts(fetch->words[i], "file:") && strcmp(fetch->words[i] + 5, target) == 0) return true;
    return false;
}

static void find_config(const struct boot *boot, struct boot_agent *agent, size_t index) {
    const struct boot_command *command = &boot->commands[index];
    const char *target = command->layer ? NULL : boot_target(command);
    if (!target || !is_config(agent, boot, target)) return;
    for (size_t i = 0; i < command->shell->heredoc_count; i++) {
        if (command->shell->heredocs[i].command != command->command->index) continue;
        agent->config = index;
        agent->heredoc = &command->shell->heredocs[i];
    }
}

void boot_find_agent(const struct boot *boot, struct boot_agent *agent) {
    *agent = (struct boot_agent){SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, NULL};
    for (size_t i = 0; i < boot->command_count; i++) {
        const struct boot_command *command = &boot->commands[i];
        const char *program = program_of(command);
        if (text_has_word(installers, program) && has_part(command, AGENT_PACKAGE)) agent->install = i;
        if (text_starts(program, AGENT_PACKAGE "-ctl") &&
            (has_part(command, "fetch-config") || has_part(command, "append-config")))
            agent->fetch = i;
        if (text_has_word("systemctl service", program) && has_part(command, AGENT_PACKAGE) &&
            (has_part(command, "start") || has_part(command, "--now")))
            agent->start = i;
    }
    for (size_t i = 0; i < boot->command_count; i++) find_config(boot, agent, i);
}

/* The words from the program on, parted by single blanks. */
static bool updates(const struct boot *boot, const struct boot_command *command) {
    const struct agent_system *system = boot->system ? boot->system : agent_system_named("ubuntu");
    cleanup_text struct text line = {0};
    if (command->layer || command->command->shell->depth || command->condition) return false;
    if (script_line(boot->script, boot_line(boot, command->at))->alone) return false;
    text_add(&line, "");
    for (size_t i = command->launch.command; i < command->count; i++)
        text_add_format(&line, "%s ", command->words[i]);
    return agent_updates_system(system, line.bytes);
}

/* A line that asks how the one before it ended must stay behind it. */
static bool asks_for_status(const struct boot *boot, size_t line) {
    while (line < boot->script->count && script_line(boot->script, line + 1)->length == 0) line++;
    if (line >= boot->script->count) return false;
    const struct script_line *next = script_line(boot->script, line + 1);
    cleanup_free char *text = memory_copy_bytes(next->text, next->length);
    return strstr(text, "$?") != NULL;
}

bool boot_may_follow(const struct boot *boot, size_t line) { return !asks_for_status(boot, line); }

/* Behind the system's update, the first run of them; else first of all. */
static size_t agent_anchor(const struct boot *boot) {
    size_t first = 0, last = 0;
    for (size_t i = 0; i < boot->command_count; i++) {
        const struct boot_command *command = &boot->commands[i];
        if (command->layer || command->count == 0) continue;
        bool is = updates(boot, command);
        if (last && !is) break;
        if (is && !first) first = boot_line(boot, command->at);
        if (is) last = boot_last_line(boot, command);
    }
    if (!first) return boot_head(boot);
    bool holds_start = boot->start && boot->start->line <= last;
    bool holds_container = boot->container && boot_line(boot, boot->container_at) <= last;
    return holds_start || holds_container || !boot_may_follow(boot, last) ? first - 1 : last;
}

static void plan_install(struct boot *boot, size_t line) {
    cleanup_text struct text out = {0};
    boot_text_install(boot, &out);
    boot_insert_after(boot, line, out.bytes, "install the CloudWatch agent");
}

static void plan_config(struct boot *boot, size_t line) {
    cleanup_text struct text out = {0};
    boot_text_config(boot, &out, AGENT_CONFIG);
    text_add(&out, boot->guide ? "\n\n" : "\n");
    boot_text_fetch(boot, &out, "fetch-config", AGENT_CONFIG);
    boot_insert_after(boot, line, out.bytes, "configure the agent for Application Signals and start it");
}

/* The configuration comes from a parameter or a file that is not here: ours stands beside it. */
static void plan_beside(struct boot *boot, const struct boot_agent *agent) {
    cleanup_text struct text out = {0};
    boot_text_config(boot, &out, BOOT_CONFIG_BESIDE);
    text_add(&out, boot->guide ? "\n\n" : "\n");
    boot_text_fetch(boot, &out, "append-config", BOOT_CONFIG_BESIDE);
    boot_insert_after(boot, boot_last_line(boot, &boot->commands[agent->fetch]), out.bytes,
                      "add Application Signals to the agent's configuration");
}

static void plan_merge(struct boot *boot, const struct boot_agent *agent) {
    const struct boot_command *config = &boot->commands[agent->config];
    if (!boot_merge_config(boot, config, agent->heredoc)) return;
    bool started = (agent->fetch != SIZE_MAX && agent->fetch > agent->config) ||
                   (agent->start != SIZE_MAX && agent->start > agent->config);
    if (started) return;
    cleanup_text struct text out = {0};
    boot_text_fetch(boot, &out, "fetch-config", boot_target(config));
    boot_insert_after(boot, boot_last_line(boot, config), out.bytes,
                      "start the agent with its configuration");
}

void boot_plan_agent(struct boot *boot) {
    struct boot_agent agent;
    boot_find_agent(boot, &agent);
    size_t line = agent_anchor(boot);
    bool there = agent.install != SIZE_MAX || agent.config != SIZE_MAX || agent.fetch != SIZE_MAX;
    if (!there) plan_install(boot, line);
    if (agent.config != SIZE_MAX)
        plan_merge(boot, &agent);
    else if (agent.fetch != SIZE_MAX)
        plan_beside(boot, &agent);
    else
        plan_config(boot,
                    agent.install != SIZE_MAX ? boot_last_line(boot, &boot->commands[agent.install]) : line);
    if (boot->guide || boot->container) return;
    cleanup_text struct text out = {0};
    boot_text_shim(boot, &out);
    boot_insert_after(boot, line, out.bytes, "bring appsig-exec to the machine");
}
