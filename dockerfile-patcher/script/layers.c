#include "dockerfile-patcher/script/layers.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

enum { MOST_LAYERS = 200, MOST_DEPTH = 6 };

static const char shells[] = "sh bash dash ash zsh ksh";

/* `options` take the next word; `words` stand behind them. */
static const struct {
    const char *program;
    const char *options;
    unsigned words;
} leads[] = {
    {"sudo", "-u -g -h -p -C -r -t -U --user --group --host --prompt", 0},
    {"doas", "-u -C", 0},
    {"env", "-u --unset -C --chdir -S", 0},
    {"exec", "-a", 0},
    {"command", "", 0},
    {"builtin", "", 0},
    {"nohup", "", 0},
    {"setsid", "", 0},
    {"time", "-f -o", 0},
    {"nice", "-n --adjustment", 0},
    {"ionice", "-c -n", 0},
    {"stdbuf", "-i -o -e", 0},
    {"timeout", "-k -s --kill-after --signal", 1},
    {"sshpass", "-p -f -d", 0},
    {"screen", "-S -c -s -t -Logfile -dmS -dmSL", 0},
};

size_t layers_command_start(const char *const *words, size_t count) {
    size_t at = 0;
    for (size_t row = 0; at < count && row < array_length(leads); row++) {
        if (strcmp(text_base_name(words[at]), leads[row].program) != 0) continue;
        for (at++; at < count && (words[at][0] == '-' || strchr(words[at], '=')); at++) {
            if (strcmp(words[at], "--") == 0) {
                at++;
                break;
            }
            if (text_has_word(leads[row].options, words[at])) at++;
        }
        at += leads[row].words;
        row = SIZE_MAX; /* the next word may lead, too */
    }
    return at < count ? at : count;
}

/* What is behind the program becomes shell text. */
enum text_from { TEXT_BEHIND_C, TEXT_ALL, TEXT_BEHIND_HOST, TEXT_WITH_BLANKS };

static const struct {
    const char *programs;
    const char *second; /* words that must follow */
    enum text_from from;
    enum layer_kind kind;
    const char *options; /* that take the next word */
} readers[] = {
    {"sh bash dash ash zsh ksh", "", TEXT_BEHIND_C, LAYER_ARGUMENT, "-o -O"},
    {"su runuser sg", "", TEXT_BEHIND_C, LAYER_ARGUMENT, "-s --shell -g -G"},
    {"tmux", "", TEXT_WITH_BLANKS, LAYER_ARGUMENT, ""},
    {"eval", "", TEXT_ALL, LAYER_ARGUMENT, ""},
    {"ssh", "", TEXT_BEHIND_HOST, LAYER_REMOTE,
     "-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w"},
    {"docker-machine", "ssh", TEXT_BEHIND_HOST, LAYER_REMOTE, ""},
    {"vagrant", "ssh", TEXT_BEHIND_C, LAYER_REMOTE, ""},
    {"gcloud", "compute ssh", TEXT_BEHIND_C, LAYER_REMOTE, "--zone --project"},
};

void layers_add(struct commands *commands, const struct layer *layer) {
    unsigned depth = 0;
    for (size_t at = layer->outer; commands->layer_count && at; at = commands->layers[at].outer) depth++;
    if (depth >= MOST_DEPTH || commands->layer_count >= MOST_LAYERS) return;
    commands->layers =
        arena_grow(&commands->arena, commands->layers, commands->layer_count, sizeof *commands->layers);
    struct layer *added = &commands->layers[commands->layer_count++];
    *added = *layer;
    shell_parse(&commands->arena, added->text, added->length, &added->shell);
}

/* A text that is being put together from bytes of a layer. */
struct making {
    char *text;
    struct shell_origin *origins;
    size_t length;
};

static void make_room(struct commands *commands, struct making *making, size_t most) {
    *making = (struct making){arena_allocate(&commands->arena, most + 1),
                              arena_allocate(&commands->arena, (most + 1) * sizeof *making->origins), 0};
}

static void put(struct making *making, char byte, size_t begin, size_t end, enum shell_quote quote) {
    making->text[making->length] = byte;
    making->origins[making->length++] = (struct shell_origin){begin, end, quote};
}

static void finish(struct commands *commands, struct making *making, size_t outer, enum layer_kind kind,
                   struct shell_origin last) {
    making->origins[making->length] = last;
    layers_add(commands, &(struct layer){.kind = kind,
                                         .outer = outer,
                                         .text = making->text,
                                         .length = making->length,
                                         .origins = making->origins});
}

/* Bytes that the outer shell hands on as they stand. */
static void add_verbatim(struct commands *commands, size_t outer, struct span span, enum layer_kind kind) {
    struct making making;
    make_room(commands, &making, span.end - span.begin);
    for (size_t at = span.begin; at < span.end; at++)
        put(&making, commands->layers[outer].text[at], at, at + 1, SHELL_QUOTE_VERBATIM);
    finish(commands, &making, outer, kind, (struct shell_origin){span.end, span.end, SHELL_QUOTE_VERBATIM});
}

/* Words joined by blanks, from byte `skip` of the first one's value on. */
static void add_words(struct commands *commands, size_t outer, const struct shell_word *words, size_t count,
                      size_t skip, enum layer_kind kind) {
    size_t most = 0;
    for (size_t i = 0; i < count; i++) most += strlen(words[i].value) + 1;
    struct making making;
    struct shell_origin last = {0};
    make_room(commands, &making, most);
    for (size_t i = 0; i < count; i++) {
        struct shell_origin *origins;
        size_t length = shell_origins(&commands->arena, commands->layers[outer].text, &words[i], &origins);
        if (i) put(&making, ' ', words[i - 1].span.end, words[i - 1].span.end, SHELL_QUOTE_NONE);
        for (size_t k = i ? 0 : skip; k < length; k++)
            put(&making, words[i].value[k], origins[k].begin, origins[k].end, origins[k].quote);
        last = origins[length];
    }
    if (count) finish(commands, &making, outer, kind, last);
}

static void add_heredoc(struct commands *commands, size_t outer, const struct shell_heredoc *heredoc,
                        enum layer_kind kind) {
    const char *text = commands->layers[outer].text;
    enum shell_quote quote = heredoc->expands ? SHELL_QUOTE_HEREDOC : SHELL_QUOTE_VERBATIM;
    struct making making;
    make_room(commands, &making, heredoc->body.end - heredoc->body.begin);
    for (size_t at = heredoc->body.begin; at < heredoc->body.end;) {
        if (at == heredoc->body.begin || text[at - 1] == '\n')
            while (heredoc->chomp && at < heredoc->body.end && text[at] == '\t') at++;
        if (at >= heredoc->body.end) break;
        bool escaped = heredoc->expands && text[at] == '\\' && at + 1 < heredoc->body.end;
        if (escaped && text[at + 1] == '\n') {
            at += 2;
            continue;
        }
        escaped = escaped && strchr("\\$`", text[at + 1]);
        put(&making, text[at + escaped], at, at + escaped + 1, quote);
        at += escaped + 1;
    }
    finish(commands, &making, outer, kind,
           (struct shell_origin){heredoc->body.end, heredoc->body.end, quote});
}

static bool has_second(const struct command *command, const char *second, size_t *at) {
    if (!*second) return true;
    size_t words = strchr(second, ' ') ? 2 : 1;
    for (size_t i = 0; i < words; i++, (*at)++)
        if (*at >= command->count || !text_has_word(second, command->vector[*at])) return false;
    return true;
}

/* `-c TEXT`, a cluster that ends in c, --command TEXT or --command=TEXT. */
static void read_behind_c(struct commands *commands, const struct command *command, size_t at,
                          const char *options, enum layer_kind kind) {
    for (; at < command->count; at++) {
        const char *word = command->vector[at];
        if (text_starts(word, "--command=")) {
            add_words(commands, command->layer, &command->words[at], 1, strlen("--command="), kind);
            return;
        }
        bool asks = strcmp(word, "--command") == 0 || (word[0] == '-' && word[1] != '-' && strchr(word, 'c'));
        if (asks) {
            if (++at < command->count) add_words(commands, command->layer, &command->words[at], 1, 0, kind);
            return;
        }
        if (text_has_word(options, word)) at++;
    }
}

static void find_argument(struct commands *commands, struct command command) {
    if (command.start >= command.count) return;
    const char *program = text_base_name(command.vector[command.start]);
    for (size_t i = 0; i < array_length(readers); i++) {
        size_t at = command.start + 1;
        if (!text_has_word(readers[i].programs, program) || !has_second(&command, readers[i].second, &at))
            continue;
        if (readers[i].from == TEXT_BEHIND_C) {
            read_behind_c(commands, &command, at, readers[i].options, readers[i].kind);
            return;
        }
        while (readers[i].from == TEXT_WITH_BLANKS && at < command.count && !strchr(command.vector[at], ' '))
            at++;
        if (readers[i].from == TEXT_WITH_BLANKS) {
            if (at < command.count)
                add_words(commands, command.layer, &command.words[at], 1, 0, readers[i].kind);
            return;
        }
        if (readers[i].from == TEXT_BEHIND_HOST) {
            for (; at < command.count && command.vector[at][0] == '-'; at++)
                if (text_has_word(readers[i].options, command.vector[at])) at++;
            at++;
        }
        if (at < command.count)
            add_words(commands, command.layer, &command.words[at], command.count - at, 0, readers[i].kind);
        return;
    }
}

/* A shell that is given no file and no text reads its standard input. */
static bool reads_input(const struct command *command, enum layer_kind *kind) {
    bool sudo = command->count && command->start == command->count &&
                strcmp(text_base_name(command->vector[0]), "sudo") == 0;
    const char *program = command->start < command->count ? text_base_name(command->vector[command->start])
                          : sudo                          ? "su"
                                                          : "";
    *kind = LAYER_HEREDOC;
    if (text_has_word("su runuser", program)) return true;
    if (strcmp(program, "ssh") == 0) {
        *kind = LAYER_REMOTE;
        return true;
    }
    if (!text_has_word(shells, program)) return false;
    for (size_t i = command->start + 1; i < command->count; i++) {
        const char *word = command->vector[i];
        if (strcmp(word, "-s") == 0 || strcmp(word, "-") == 0) return true;
        if (word[0] != '-' || (word[1] != '-' && strchr(word, 'c'))) return false;
    }
    return true;
}

static bool is_script_file(const struct layer *layer, const struct command *command,
                           const struct shell_heredoc *heredoc) {
    const char *body = layer->text + heredoc->body.begin;
    while (heredoc->chomp && *body == '\t') body++;
    size_t line = strcspn(body, "\n");
    cleanup_free char *first = memory_copy_bytes(body, line);
    if (text_starts(first, "#!")) return strstr(first, "sh") != NULL;
    for (size_t i = 0; i < layer->shell.redirection_count; i++) {
        const struct shell_redirection *redirection = &layer->shell.redirections[i];
        if (redirection->command == command->index && redirection->sign[0] == '>' &&
            text_ends(redirection->target.value, ".sh"))
            return true;
    }
    bool tee = command->start < command->count && strcmp(command->vector[command->start], "tee") == 0;
    return tee && command->count > command->start + 1 &&
           text_ends(command->vector[command->count - 1], ".sh");
}

/* commands->items grows and moves while layers are added: hence copies. */
void layers_find(struct commands *commands, size_t layer, size_t first) {
    size_t end = commands->count;
    for (size_t i = first; i < end; i++) {
        struct command command = commands->items[i];
        const struct shell_word *words = command.words;
        size_t assignments = command.shell->assignments;
        for (size_t k = 0; words && k < command.count + assignments; k++) {
            struct span *inner;
            size_t count = shell_substitutions(&commands->arena, commands->layers[layer].text,
                                               &words[k] - assignments, &inner);
            for (size_t n = 0; n < count; n++) add_verbatim(commands, layer, inner[n], LAYER_SUBSTITUTION);
        }
        find_argument(commands, command);
    }
    struct layer here = commands->layers[layer];
    for (size_t i = 0; i < here.shell.heredoc_count; i++) {
        const struct shell_heredoc *heredoc = &here.shell.heredocs[i];
        size_t reader = first + heredoc->command;
        enum layer_kind kind = LAYER_FILE;
        bool read = reader < end && reads_input(&commands->items[reader], &kind);
        bool file = !read && reader < end && is_script_file(&here, &commands->items[reader], heredoc);
        for (; !read && !file && reader + 1 < end && commands->items[reader].shell->end == SHELL_PIPE;) {
            reader++;
            read = reads_input(&commands->items[reader], &kind);
            file = !read && is_script_file(&here, &commands->items[reader], heredoc);
        }
        if (read || file) add_heredoc(commands, layer, heredoc, read ? kind : LAYER_FILE);
    }
}
