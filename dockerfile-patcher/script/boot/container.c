#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/model.h"
#include "dockerfile-patcher/script/docker_run.h"

/* Agent and configuration stand in front of what runs the container: their edits come first. */
static void prepare_machine(void *data) {
    struct boot *boot = data;
    boot_find_system(boot);
    if (!boot->held) boot_plan_agent(boot);
}

/* The containers of a compose file may be anything: only a word of Python makes the machine one for the agent. */
static bool speaks_of_python(const struct boot *boot) {
    static const char *const words[] = {"python", "flask", "django", "fastapi", "gunicorn", "uvicorn"};
    for (size_t i = 0; i < array_length(words); i++)
        if (boot_mentions(boot, words[i])) return true;
    return false;
}

static bool plan_compose(struct boot *boot) {
    bool python = speaks_of_python(boot);
    if (python) prepare_machine(boot);
    unit_note(boot->unit, boot->script->document, python ? FINDING_HINT : FINDING_NOT_PYTHON,
              boot_source(boot, boot->compose_at), "%s",
              python ? "the app's containers are started by compose: its file has to be changed as well"
                     : "containers are started by compose, and nothing here speaks of Python");
    return python;
}

enum boot_outcome boot_plan_container(struct boot *boot) {
    struct docker_run_facts facts = {
        .boot = true, .machine = boot->machine, .before = prepare_machine, .data = boot};
    enum docker_outcome outcome = docker_run_plan(boot->unit, boot->script, &facts);
    if (outcome == DOCKER_NOTHING && (!boot->compose || !plan_compose(boot))) return BOOT_NOTHING;
    if (outcome == DOCKER_OTHER) return BOOT_READY;
    boot->held |= outcome == DOCKER_HELD;
    if (boot->held) return BOOT_HELD;
    return boot->planned || outcome == DOCKER_PLANNED ? BOOT_PLANNED : BOOT_READY;
}

void boot_remove_container(struct boot *boot) {
    struct docker_run_facts facts = {.boot = true};
    docker_run_plan(boot->unit, boot->script, &facts);
}
