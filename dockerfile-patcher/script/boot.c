#include "dockerfile-patcher/script/boot.h"

#include <stdint.h>

#include "common/memory.h"
#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/text/shell.h"

bool boot_fits(struct unit *unit, struct script *script, size_t other_raw) {
    size_t size = script_size(script) + other_raw;
    if (size <= USER_DATA_MOST_BYTES) return true;
    size_t offset = script->count ? script_offset(script, 1, 0) : SIZE_MAX;
    unit_refuse(unit, script->document, FINDING_USER_DATA_SIZE, offset,
                "UserData would be %zu bytes: EC2 takes at most %d", size, USER_DATA_MOST_BYTES);
    return false;
}

static bool starts_python(struct arena *arena, const struct shell_script *shell) {
    for (size_t i = 0; i < shell->command_count; i++) {
        struct launch launch;
        const struct shell_command *command = &shell->commands[i];
        launch_recognise(shell_vector(arena, shell, command), command->count, &launch);
        if (launch.kind == LAUNCH_PYTHON) return true;
    }
    return false;
}

enum boot_outcome boot_plan(struct unit *unit, struct script *script, const struct machine *machine) {
    struct arena arena = {0};
    struct shell_script shell;
    cleanup_text struct text text = {0};
    (void)machine;
    for (size_t i = 0; i < script->count; i++) {
        text_add_bytes(&text, script->lines[i].text, script->lines[i].length);
        text_add_char(&text, '\n');
    }
    shell_parse(&arena, text.bytes ? text.bytes : "", text.length, &shell);
    bool python = starts_python(&arena, &shell);
    arena_free(&arena);
    if (python)
        unit_refuse(unit, script->document, FINDING_UNSUPPORTED, SIZE_MAX,
                    "no change is known for its start");
    return python ? BOOT_HELD : BOOT_NOTHING;
}
