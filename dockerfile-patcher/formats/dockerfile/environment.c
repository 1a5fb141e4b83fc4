#include "dockerfile-patcher/formats/dockerfile/install.h"

#include <string.h>

#include "dockerfile-patcher/text/find.h"

static const struct install *last_in_chain(const struct dockerfile *file, const struct installs *installs,
                                           int stage, bool tool) {
    for (; stage != NO_STAGE; stage = file->stages[stage].parent)
        for (size_t i = installs->count; i-- > 0;)
            if ((int)file->instructions[installs->items[i].instruction].stage == stage &&
                installs->items[i].tool == tool)
                return &installs->items[i];
    return NULL;
}

static bool copies_environment(struct dockerfile *file, const struct instruction *copy,
                               const struct install *install) {
    static const char *const signs[] = {"venv",       "site-packages", "dist-packages", ".local",
                                        "/usr/local", "conda",         "/install",      "virtualenv"};
    const char *text = instruction_arguments(file, copy);
    size_t place = install->place ? strlen(install->place) : 0;
    for (const char *at = text; *at;) {
        at += strspn(at, " \t[\",");
        size_t length = strcspn(at, " \t\",]");
        bool last = at[length + strspn(at + length, " \t\",]")] == '\0';
        if (last) return false;
        size_t shorter = place < length ? place : length;
        if (place && length > 1 && strncmp(at, install->place, shorter) == 0) return true;
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
            if (find_bytes(at, length, signs[i], strlen(signs[i]))) return true;
        if (*at == '$')
            return true; /* a variable names the place: environments are named so, assets hardly */
        at += length;
    }
    return false;
}

static const struct install *last_copied(struct dockerfile *file, const struct installs *installs,
                                         int stage) {
    for (int chain = stage; chain != NO_STAGE; chain = file->stages[chain].parent)
        for (size_t i = file->stages[chain].end; i-- > file->stages[chain].from;) {
            const struct instruction *copy = &file->instructions[i];
            const char *from = copy->keyword == KEYWORD_COPY ? instruction_flag(file, copy, "from") : NULL;
            int source = from ? dockerfile_stage_named(file, from) : NO_STAGE;
            if (source == NO_STAGE || source >= chain) continue;
            const struct install *install = last_in_chain(file, installs, source, false);
            if (install && copies_environment(file, copy, install)) return install;
            if (!install && (install = last_copied(file, installs, source)) &&
                copies_environment(file, copy, install))
                return install;
        }
    return NULL;
}

const struct install *dockerfile_install_for(struct dockerfile *file, const struct installs *installs,
                                             int stage) {
    const struct install *own = last_in_chain(file, installs, stage, false);
    const struct install *copied = own ? NULL : last_copied(file, installs, stage);
    if (own) return own;
    return copied ? copied : last_in_chain(file, installs, stage, true);
}
