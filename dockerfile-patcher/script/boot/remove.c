#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/variables.h"
#include "dockerfile-patcher/script/boot/texts.h"

static const char why[] = "take out what appsig-patch put in";

/* One line without its indent, in the arena. */
static const char *bare(const struct boot *boot, size_t number) {
    const struct script_line *line = script_line(boot->script, number);
    size_t indent = 0;
    while (indent < line->length && strchr(" \t", line->text[indent])) indent++;
    return arena_copy(boot->arena, line->text + indent, line->length - indent);
}

/* The last line of a block of style shim that begins at `number`; 0: none begins there. */
static size_t shim_block(const struct boot *boot, size_t number) {
    const char *line = bare(boot, number);
    for (size_t i = 0; i < boot_block_count; i++) {
        if (strcmp(line, boot_blocks[i].mark) != 0) continue;
        for (size_t last = number + 1; last <= boot->script->count && last < number + 32; last++)
            if (strstr(bare(boot, last), boot_blocks[i].last)) return last;
    }
    return 0;
}

static bool is_line(const struct boot *boot, size_t number, const char *text) {
    return number <= boot->script->count && strcmp(bare(boot, number), text) == 0;
}

/* cat > … << 'EOF' { … } EOF of the guide; the last line, or 0. */
static size_t guide_config(const struct boot *boot, size_t number) {
    if (!is_line(boot, number, boot_guide_config_mark)) return 0;
    for (size_t last = number + 2; last <= boot->script->count && last < number + 24; last++)
        if (strcmp(bare(boot, last), "}") == 0 && script_line(boot->script, last)->text[0] == '}')
            return last + 1;
    return 0;
}

static size_t guide_fetch(const struct boot *boot, size_t number) {
    if (!is_line(boot, number, boot_guide_fetch_mark)) return 0;
    for (size_t last = number + 1; last <= boot->script->count && last < number + 8; last++)
        if (text_starts(bare(boot, last), "-c file:")) return last;
    return 0;
}

/* Lines of the agent in style guide, the installation in front of them included. */
static void remove_guide_agent(struct boot *boot) {
    for (size_t number = 1; number <= boot->script->count; number++) {
        size_t last = guide_config(boot, number), first = number;
        while (last && first > 1 && boot_is_guide_install(bare(boot, first - 1))) first--;
        if (last && is_line(boot, last + 1, "") && guide_fetch(boot, last + 2))
            last = guide_fetch(boot, last + 2);
        if (!last) last = guide_fetch(boot, number);
        if (!last) continue;
        script_remove_lines(boot->script, first, last, why);
        number = last;
    }
}

static bool is_guide_export(const char *line) {
    if (!text_starts(line, "export ")) return false;
    line += strlen("export ");
    return variable_named(line, strcspn(line, "=")) != NULL;
}

/* Comment, exports, blank line, comment, cd; and what the hook is written by. */
static void remove_guide_exports(struct boot *boot) {
    for (size_t number = 1; number <= boot->script->count; number++) {
        bool marked = is_line(boot, number, boot_guide_environment_mark);
        bool django = text_starts(bare(boot, number), "export DJANGO_SETTINGS_MODULE=") &&
                      number < boot->script->count &&
                      text_starts(bare(boot, number + 1), "export OTEL_METRICS_EXPORTER=none");
        if (!marked && !django) continue;
        size_t last = number;
        while (last < boot->script->count && is_guide_export(bare(boot, last + 1))) last++;
        if (is_line(boot, last + 1, "") && (is_line(boot, last + 2, boot_guide_start_mark) ||
                                            is_line(boot, last + 2, boot_guide_django_mark)))
            last += 2;
        /* "cd X && …" is the user's */
        bool directory = last + 1 <= boot->script->count && text_starts(bare(boot, last + 1), "cd ") &&
                         !strpbrk(bare(boot, last + 1), "&|;");
        if (directory) last++;
        script_remove_lines(boot->script, number, last, why);
        number = last;
    }
}

static void remove_hook(struct boot *boot) {
    static const char *const lines[] = {
        "def post_fork(server, worker):",
        "from opentelemetry.instrumentation.auto_instrumentation import sitecustomize"};
    for (size_t number = 1; number < boot->script->count; number++) {
        if (!is_line(boot, number, lines[0]) || !is_line(boot, number + 1, lines[1])) continue;
        bool ours = number > 1 && text_starts(bare(boot, number - 1), "cat > gunicorn.conf.py << '");
        script_remove_lines(boot->script, ours ? number - 1 : number, ours ? number + 2 : number + 1, why);
        number += 2;
    }
}

static void remove_blocks(struct boot *boot) {
    for (size_t number = 1; number <= boot->script->count; number++) {
        size_t last = shim_block(boot, number);
        if (!last && is_line(boot, number, boot_guide_adot_mark) && number < boot->script->count &&
            text_ends(bare(boot, number + 1), BOOT_ADOT))
            last = number + 1;
        if (text_starts(bare(boot, number), BOOT_MERGED)) last = number;
        if (!last) continue;
        script_remove_lines(boot->script, number, last, why);
        number = last;
    }
}

static void cut(struct boot *boot, size_t number, size_t from, size_t to) {
    script_replace(boot->script, number, from, to, "", why);
}

/* "env A=B C=D " in front of `at`, which only variables of ours make; `at` where there is none. */
static size_t environment_before(const char *line, size_t at) {
    size_t begin = at;
    bool any = false;
    for (;;) {
        size_t word = begin;
        while (word && line[word - 1] == ' ') word--;
        if (word == begin || begin - word != 1) return at;
        size_t end = word;
        while (word && line[word - 1] != ' ' && !strchr("'\"", line[word - 1])) word--;
        if (strncmp(line + word, "env ", 4) == 0 && end - word == 3) return any ? word : at;
        if (!variable_named(line + word, strcspn(line + word, "="))) return at;
        any = true;
        begin = word;
    }
}

/* Is it ours what the guide's words say? By the comments that it has. */
static bool follows_guide(const struct boot *boot) {
    const char *const marks[] = {
        boot_guide_config_mark, boot_guide_fetch_mark,  boot_guide_adot_mark, boot_guide_environment_mark,
        boot_guide_start_mark,  boot_guide_django_mark, BOOT_MERGED};
    for (size_t i = 0; i < array_length(marks); i++)
        if (boot_mentions(boot, marks[i])) return true;
    return false;
}

/* Every launcher of one line, with its variables. */
static void remove_launchers(struct boot *boot, size_t number) {
    static const char *const launchers[] = {BOOT_UNIT_LOOKUP_EXPANDED, BOOT_UNIT_LOOKUP, BOOT_LOOKUP_ANYWHERE,
                                            BOOT_LOOKUP};
    const char *line = arena_copy(boot->arena, script_line(boot->script, number)->text,
                                  script_line(boot->script, number)->length);
    for (size_t i = 0; i < array_length(launchers); i++) {
        const char *found = strstr(line, launchers[i]);
        if (!found) continue;
        size_t at = (size_t)(found - line), begin = at;
        while (begin && line[begin - 1] == '\\') begin--;
        cut(boot, number, environment_before(line, begin), at + strlen(launchers[i]));
        return;
    }
    const char *found = strstr(line, "opentelemetry-instrument ");
    const char *comment = strchr(line, '#');
    if (!found || (comment && comment < found) || !follows_guide(boot)) return;
    size_t begin = (size_t)(found - line), end = begin + strlen("opentelemetry-instrument ");
    while (begin && !strchr(" \t'\"=", line[begin - 1])) begin--;
    begin += strspn(line + begin, "-@:+!");
    cut(boot, number, environment_before(line, begin), end);
    static const char *const options[] = {" -c gunicorn.conf.py",
                                          " --enable-threads --lazy-apps --import "
                                          "opentelemetry.instrumentation.auto_instrumentation.sitecustomize",
                                          " --noreload"};
    for (size_t i = 0; i < array_length(options); i++) {
        const char *option = strstr(line + end, options[i]);
        bool own = (i == 0 && !boot_mentions(boot, "cat > gunicorn.conf.py << '")) ||
                   (i == 2 && boot_mentions(boot, boot_guide_start_mark));
        if (option && !own)
            cut(boot, number, (size_t)(option - line), (size_t)(option - line) + strlen(options[i]));
    }
}

/* ` && { … aws-opentelemetry-distro || true; }` behind an installation of the app, or the same in front of its start. */
static void remove_in_line(struct boot *boot, size_t number) {
    static const struct {
        const char *begin, *end;
    } rows[] = {{"true && { ", BOOT_ADOT " || true; } && "},
                {"true && { ", BOOT_ADOT "; } && "},
                {" && { ", BOOT_ADOT " || true; }"},
                {"{ ", BOOT_ADOT " || true; } && "}};
    const char *line = arena_copy(boot->arena, script_line(boot->script, number)->text,
                                  script_line(boot->script, number)->length);
    for (size_t i = 0; i < array_length(rows); i++) {
        const char *end = strstr(line, rows[i].end), *begin = NULL;
        for (const char *at = line; end && (at = strstr(at, rows[i].begin)) && at < end; at++) begin = at;
        if (!begin) continue;
        cut(boot, number, (size_t)(begin - line), (size_t)(end - line) + strlen(rows[i].end));
        return;
    }
    const char *package = strstr(line, " " BOOT_ADOT);
    const char *chain = NULL;
    for (const char *at = line; package && (at = strstr(at, " && ")) && at < package; at++) chain = at;
    if (!chain || !strstr(chain, "install ") || bare(boot, number)[0] == '#') return;
    cut(boot, number, (size_t)(chain - line), (size_t)(package - line) + strlen(" " BOOT_ADOT));
}

static void remove_unit_lines(struct boot *boot) {
    for (size_t number = 1; number <= boot->script->count; number++) {
        const char *line = bare(boot, number);
        if (!text_starts(line, "Environment=")) continue;
        line += strlen("Environment=");
        if (!variable_named(line, strcspn(line, "="))) continue;
        script_remove_lines(boot->script, number, number, why);
    }
}

static void remove_merged(struct boot *boot) {
    struct boot_agent agent;
    boot_find_agent(boot, &agent);
    for (size_t number = 1; number <= boot->script->count && agent.heredoc; number++)
        if (text_starts(bare(boot, number), BOOT_MERGED))
            boot_unmerge_config(boot, bare(boot, number) + strlen(BOOT_MERGED), agent.heredoc);
}

void boot_remove(struct boot *boot) {
    if (boot_mentions(boot, "# appsig: ") || follows_guide(boot)) {
        remove_blocks(boot);
        remove_guide_agent(boot);
        remove_guide_exports(boot);
        remove_hook(boot);
        remove_merged(boot);
        if (boot_mentions(boot, "appsig-exec || true) \"") ||
            boot_mentions(boot, "opentelemetry-instrument "))
            remove_unit_lines(boot);
        for (size_t number = 1; number <= boot->script->count; number++) {
            remove_launchers(boot, number);
            remove_in_line(boot, number);
        }
    }
}
