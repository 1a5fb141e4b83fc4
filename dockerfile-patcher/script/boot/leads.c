#include "dockerfile-patcher/script/boot/leads.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

enum { SWITCHES = 1, RUNS_ON = 2 };

/* `options` take the next word; `words`: fixed words behind the options. */
static const struct lead_row {
    const char *program;
    const char *second; /* one of these must follow, or NULL */
    const char *options;
    unsigned words;
    unsigned flags;
} rows[] = {
    {"sudo", NULL, "-u --user -g --group -h --host -p --prompt -C -r -t -T -D --chdir", 0, SWITCHES},
    {"doas", NULL, "-u -C", 0, SWITCHES},
    {"runuser", "-u", "", 1, SWITCHES},
    {"nohup", NULL, "", 0, RUNS_ON},
    {"setsid", NULL, "", 0, RUNS_ON},
    {"daemonize", NULL, "-u -p -l -o -e -c", 0, RUNS_ON},
    {"exec", NULL, "-a", 0, 0},
    {"time", NULL, "", 0, 0},
    {"nice", NULL, "-n", 0, 0},
    {"ionice", NULL, "-c -n", 0, 0},
    {"timeout", NULL, "-s -k", 1, 0},
    {"command", NULL, "", 0, 0},
    {"stdbuf", NULL, "-o -i -e", 0, 0},
    {"screen", NULL, "-S -c -s -t -L -Logfile -dmS -dmSL -mdS", 0, RUNS_ON},
    {"tmux", "new-session new", "-s -n -c -t -x -y", 0, RUNS_ON},
    {"tmux", "send-keys send", "-t -N", 0, RUNS_ON},
};

static bool follows(const char *const *words, size_t count, size_t at, const char *second) {
    return !second || (at < count && text_has_word(second, words[at]));
}

static const char *option_value(const char *const *words, size_t from, size_t to, const char *short_name,
                                const char *long_name) {
    for (size_t i = from; i + 1 < to; i++)
        if (strcmp(words[i], short_name) == 0 || strcmp(words[i], long_name) == 0) return words[i + 1];
    for (size_t i = from; i < to; i++)
        if (text_starts(words[i], long_name) && words[i][strlen(long_name)] == '=')
            return words[i] + strlen(long_name) + 1;
    return NULL;
}

static bool keeps_environment(const char *const *words, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (strcmp(words[i], "-E") == 0 || text_starts(words[i], "--preserve-env")) return true;
    return false;
}

/* Moves *at behind one leading program; false where there is none. */
static bool skip_row(const char *const *words, size_t count, size_t *at, struct boot_lead *lead) {
    const char *base = text_base_name(words[*at]);
    for (size_t i = 0; i < array_length(rows); i++) {
        const struct lead_row *row = &rows[i];
        if (strcmp(base, row->program) != 0 || !follows(words, count, *at + 1, row->second)) continue;
        size_t next = *at + 1 + (row->second != NULL);
        for (; next < count && words[next][0] == '-'; next++) {
            if (strcmp(words[next], "--") == 0) {
                next++;
                break;
            }
            if (text_has_word(row->options, words[next])) next++;
        }
        next += row->words;
        if (next < count && strcmp(words[next], "--") == 0) next++;
        if (row->flags & SWITCHES)
            while (next < count && strchr(words[next], '=') && words[next][0] != '=') next++;
        if (next >= count) return false;
        if (row->flags & SWITCHES) {
            const char *user = option_value(words, *at + 1, next, "-u", "--user");
            lead->user = user ? user : "root";
            lead->switched |= !keeps_environment(words, *at + 1, next);
        }
        lead->background |= (row->flags & RUNS_ON) != 0;
        *at = next;
        return true;
    }
    return false;
}

/* su [options] [-] [USER] -c TEXT, and runuser the same. */
static bool take_su(const char *const *words, size_t count, size_t at, struct boot_lead *lead) {
    if (at >= count || !text_has_word("su runuser", text_base_name(words[at]))) return false;
    lead->user = "root";
    lead->switched = true;
    for (size_t i = at + 1; i < count; i++) {
        if (text_has_word("-c --command -lc -s --shell -g -G", words[i]))
            i++;
        else if (words[i][0] != '-')
            lead->user = words[i];
    }
    lead->launch = (struct launch){.kind = LAUNCH_SHELL, .command = at, .prefix = at};
    return true;
}

void boot_lead_of(const char *const *words, size_t count, struct boot_lead *lead) {
    size_t at = 0;
    *lead = (struct boot_lead){0};
    while (at < count && skip_row(words, count, &at, lead)) {
    }
    if (take_su(words, count, at, lead)) return;
    launch_recognise(words + at, count - at, &lead->launch);
    lead->launch.command += at;
    lead->launch.prefix += at;
}
