#include "dockerfile-patcher/script/docker_command.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

static const char engines[] = "docker podman nerdctl finch nvidia-docker";

/* Options of the program itself that take the next word. */
static const char global_values[] =
    "-H --host -c --context --config -l --log-level --tlscacert --tlscert --tlskey --root --runroot --url "
    "--connection --identity --cgroup-manager --runtime --storage-driver -n --namespace -a --address "
    "--cni-path --cni-netconfpath --snapshotter --data-root --file -f --project-name -p --profile --env-file "
    "--project-directory";

static const char booleans[] =
    "--detach --interactive --tty --rm --init --privileged --publish-all --read-only --no-healthcheck "
    "--oom-kill-disable --sig-proxy --disable-content-trust --help --quiet --replace --tls-verify --rootfs "
    "--no-hosts --env-host --http-proxy --rmi --no-hostname --passwd --unsetenv-all --use-api-socket";
static const char short_values[] = "acehlmpuvw";

static const char build_booleans[] =
    "--no-cache --pull --push --load -q --quiet --rm --force-rm --squash --compress -D --debug --check "
    "--disable-content-trust --layers --squash-all --tls-verify";

/* In small letters; owned by the caller. */
static char *folded(const char *value) {
    char *copy = memory_copy(value);
    for (char *at = copy; *at; at++)
        if (*at >= 'A' && *at <= 'Z') *at = (char)(*at + 32);
    return copy;
}

/* A name that a script uses for the program; what it holds is not told here. */
static bool names_engine(const char *value) {
    static const char *const parts[] = {"docker",           "podman",       "nerdctl", "container_runtime",
                                        "container_engine", "container_cmd"};
    if (value[0] != '$') return false;
    cleanup_free char *small = folded(value);
    for (size_t i = 0; i < array_length(parts); i++)
        if (strstr(small, parts[i])) return true;
    return false;
}

/* The name in "$NAME" or "${NAME}"; owned by the caller, NULL where the value is anything else. */
static char *variable_of(const char *value) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    if (value[0] != '$') return NULL;
    bool braces = value[1] == '{';
    const char *name = value + 1 + braces;
    size_t length = strspn(name, letters);
    if (!length || strcmp(name + length, braces ? "}" : "") != 0) return NULL;
    return memory_copy_bytes(name, length);
}

/* What a program fills in by its place alone ("{}", "%s") may be another value each time. */
static bool is_named(const char *bytes) {
    return bytes[0] != '%' && bytes[strspn(bytes, "{}0123456789:")] != '\0';
}

/* The first of the script's holes that stand for the same value: words with them compare. NULL where none begins. */
static const char *same_hole(struct commands *commands, const char *text, size_t *length) {
    const struct script *script = commands->script;
    const struct script_hole *hole = script_hole_at(script, text, length);
    if (!hole) return NULL;
    size_t index = (size_t)(hole - script->holes);
    for (size_t i = 0; i < index && is_named(hole->bytes); i++)
        if (strcmp(script->holes[i].bytes, hole->bytes) == 0) index = i;
    cleanup_free char *mark = memory_format("%c%zu%c", SCRIPT_HOLE_BEGIN, index, SCRIPT_HOLE_END);
    return arena_copy(&commands->arena, mark, strlen(mark));
}

/* Every $NAME and ${NAME} that the script assigns once and plainly; *known turns false where another is left. */
const char *docker_resolved(struct commands *commands, const struct shell_word *word, bool *known) {
    cleanup_text struct text out = {0};
    *known = true;
    text_add(&out, "");
    if (word->plain) return word->value;
    for (const char *at = word->value; *at;) {
        size_t taken;
        const char *hole = same_hole(commands, at, &taken);
        if (hole) {
            text_add(&out, hole);
            *known = false;
            at += taken;
            continue;
        }
        size_t length = at[0] == '$' && at[1] == '{' ? strcspn(at, "}") + 1
                        : at[0] == '$' ? 1 + strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                                            "qrstuvwxyz_0123456789")
                                       : 1;
        if (length > strlen(at)) length = strlen(at);
        cleanup_free char *piece = memory_copy_bytes(at, length);
        cleanup_free char *name = variable_of(piece);
        size_t layer;
        const struct shell_word *assigned = name ? commands_assigned(commands, name, &layer) : NULL;
        const char *value = assigned && assigned->plain ? commands_assigned_value(assigned) : NULL;
        if (!value && strchr("$`\x01", piece[0])) *known = false;
        text_add(&out, value ? value : piece);
        at += length;
    }
    return arena_copy(&commands->arena, out.bytes, out.length);
}

/* Behind a variable that holds `sudo` or nothing, too. */
static size_t engine_index(const struct commands *commands, const struct command *command,
                           const char **engine) {
    for (size_t i = command->start; i < command->count && i <= command->start + 1; i++) {
        bool known;
        const char *value = docker_resolved((struct commands *)commands, &command->words[i], &known);
        *engine = text_base_name(value);
        if (known && text_has_word(engines, *engine) && **engine) return i;
        if (names_engine(command->vector[i])) {
            *engine = "docker";
            return i;
        }
        if (command->vector[i][0] != '$') break;
    }
    return SIZE_MAX;
}

enum docker_verb docker_verb_of(const struct commands *commands, const struct command *command, size_t *at,
                                const char **engine) {
    static const struct {
        const char *words;
        enum docker_verb verb;
    } rows[] = {
        {"run create", DOCKER_RUN}, {"start", DOCKER_START},     {"build", DOCKER_BUILD},
        {"tag", DOCKER_TAG},        {"compose", DOCKER_COMPOSE},
    };
    if (command->start < command->count &&
        text_has_word("docker-compose podman-compose", text_base_name(command->vector[command->start]))) {
        *engine = "docker";
        *at = command->start + 1;
        return DOCKER_COMPOSE;
    }
    size_t i = engine_index(commands, command, engine);
    if (i == SIZE_MAX) return DOCKER_NONE;
    for (i++; i < command->count && command->vector[i][0] == '-'; i++)
        if (text_has_word(global_values, command->vector[i])) i++;
    bool builder = i + 1 < command->count && text_has_word("buildx builder", command->vector[i]) &&
                   strcmp(command->vector[i + 1], "build") == 0;
    if (builder || (i < command->count && text_has_word("container image", command->vector[i]))) i++;
    if (i >= command->count || !command->words[i].plain) return DOCKER_NONE;
    for (size_t row = 0; row < array_length(rows); row++)
        if (text_has_word(rows[row].words, command->vector[i]) && *command->vector[i]) {
            *at = i + 1;
            return rows[row].verb;
        }
    return DOCKER_NONE;
}

static void add_argument(struct commands *commands, struct docker_run *run,
                         const struct docker_argument *argument) {
    run->arguments = arena_grow(&commands->arena, run->arguments, run->count, sizeof *run->arguments);
    run->arguments[run->count++] = *argument;
}

static void add_word(struct commands *commands, struct docker_run *run, const struct shell_word *word,
                     size_t layer) {
    struct docker_argument argument = {.word = word, .layer = layer, .movable = true};
    argument.value = docker_resolved(commands, word, &argument.known);
    cleanup_free char *shown = script_shown(commands->script, argument.value, strlen(argument.value));
    argument.shown = arena_copy(&commands->arena, shown, strlen(shown));
    cleanup_free char *name = word->quoted ? NULL : variable_of(word->value);
    bool split = name && argument.known && (strchr(argument.value, ' ') || argument.value[0] == '-');
    if (!split) {
        add_argument(commands, run, &argument);
        return;
    }
    /* Unquoted, a variable becomes as many words as it holds; only in front of the first is there a place. */
    for (const char *at = argument.value; *at;) {
        at += strspn(at, " \t\n");
        size_t length = strcspn(at, " \t\n");
        if (!length) break;
        struct docker_argument piece = argument;
        piece.value = piece.shown = arena_copy(&commands->arena, at, length);
        add_argument(commands, run, &piece);
        argument.movable = false;
        at += length;
    }
}

/* "${NAME[@]}" stands for the array's words. */
static const struct shell_array *array_of(const struct commands *commands, const char *value, size_t *layer) {
    size_t length = strlen(value);
    if (length < 7 || strncmp(value, "${", 2) != 0 ||
        (strcmp(value + length - 4, "[@]}") != 0 && strcmp(value + length - 4, "[*]}") != 0))
        return NULL;
    cleanup_free char *name = memory_copy_bytes(value + 2, length - 6);
    return commands_array(commands, name, layer);
}

static void expand(struct commands *commands, const struct command *command, size_t from,
                   struct docker_run *run) {
    for (size_t i = from; i < command->count; i++) {
        const struct shell_word *word = &command->words[i];
        size_t layer = 0;
        const struct shell_array *array = array_of(commands, word->value, &layer);
        if (strncmp(word->value, "`#", 2) == 0) continue; /* a comment inside a continued line */
        if (!array) add_word(commands, run, word, command->layer);
        for (size_t k = 0; array && k < array->count; k++) add_word(commands, run, &array->words[k], layer);
    }
}

static void add_option(struct commands *commands, struct docker_run *run,
                       const struct docker_option *option) {
    run->options = arena_grow(&commands->arena, run->options, run->option_count, sizeof *run->options);
    run->options[run->option_count++] = *option;
}

/* Moves *at behind the option that stands there. */
static void read_long(struct commands *commands, struct docker_run *run, size_t *at) {
    const char *value = run->arguments[*at].value, *sign = strchr(value, '=');
    struct docker_option option = {.first = *at, .last = *at};
    option.name = sign ? arena_copy(&commands->arena, value, (size_t)(sign - value)) : value;
    if (sign) {
        option.value = sign + 1;
        option.value_at = (size_t)(sign + 1 - value);
    } else if (!text_has_word(booleans, value) && *at + 1 < run->count) {
        option.last = ++*at;
        option.value = run->arguments[*at].value;
    }
    add_option(commands, run, &option);
    ++*at;
}

static void read_short(struct commands *commands, struct docker_run *run, size_t *at) {
    const char *value = run->arguments[*at].value;
    size_t first = *at;
    for (size_t i = 1; value[i]; i++) {
        struct docker_option option = {.first = first, .last = first};
        char name[] = {'-', value[i], '\0'};
        option.name = arena_copy(&commands->arena, name, 2);
        if (strchr(short_values, value[i])) {
            bool joined = value[i + 1] != '\0';
            option.value_at = joined ? i + 1 + (value[i + 1] == '=') : 0;
            if (!joined && *at + 1 < run->count) option.last = ++*at;
            option.value = joined ? value + option.value_at : run->arguments[option.last].value;
            add_option(commands, run, &option);
            break;
        }
        add_option(commands, run, &option);
    }
    ++*at;
}

/* Nothing is known of a variable that stands where an option or the image may stand, but its name. */
static bool may_be_options(const struct docker_run *run, size_t at) {
    static const char *const options[] = {"opt", "arg",  "flag", "param",       "env", "vol",    "mount",
                                          "gpu", "port", "net",  "interactive", "tty", "runtime"};
    const struct docker_argument *argument = &run->arguments[at];
    const char *value = argument->shown;
    if (argument->known || argument->word->quoted || value[0] != '$' || at + 1 >= run->count) return false;
    cleanup_free char *small = folded(value);
    for (size_t i = 0; i < array_length(options); i++)
        if (strstr(small, options[i])) return true;
    return false;
}

static bool names_image(const char *value) {
    static const char *const names[] = {"image", "img", "tag", "repo", "uri"};
    cleanup_free char *small = folded(value);
    for (size_t i = 0; i < array_length(names); i++)
        if (strstr(small, names[i])) return true;
    return strpbrk(value, "/:") != NULL;
}

static void find_image(struct commands *commands, struct docker_run *run, const char *answer) {
    size_t at = 0;
    run->image = SIZE_MAX;
    while (at < run->count) {
        const struct docker_argument *argument = &run->arguments[at];
        const char *value = argument->value;
        bool answered = answer && (strcmp(value, answer) == 0 || strcmp(argument->word->value, answer) == 0);
        if (!answered && strcmp(value, "--") == 0) {
            at++;
        } else if (!answered && value[0] == '-' && value[1] == '-') {
            read_long(commands, run, &at);
            continue;
        } else if (!answered && value[0] == '-' && value[1]) {
            read_short(commands, run, &at);
            continue;
        } else if (!answered && (may_be_options(run, at) || *value == '\0' || strstr(value, "[@]}") ||
                                 strstr(value, "[*]}"))) {
            at++;
            continue;
        } else if (!answered && answer) {
            at++;
            continue;
        }
        if (at >= run->count) break;
        argument = &run->arguments[at];
        run->unsure = !answer && !argument->known && !argument->word->quoted && at + 1 < run->count &&
                      argument->shown[0] == '$' && !names_image(argument->shown);
        run->image = at;
        return;
    }
}

bool docker_run_read(struct commands *commands, size_t index, const char *image, struct docker_run *run) {
    const struct command *command = &commands->items[index];
    size_t at;
    *run = (struct docker_run){.command = index, .image = SIZE_MAX};
    if (docker_verb_of(commands, command, &at, &run->engine) != DOCKER_RUN) return false;
    run->created = strcmp(command->vector[at - 1], "create") == 0;
    expand(commands, command, at, run);
    find_image(commands, run, image);
    return run->count > 0;
}

const struct docker_option *docker_option(const struct docker_run *run, const char *name) {
    static const char *const same[][2] = {{"--net", "--network"},  {"-p", "--publish"},
                                          {"-d", "--detach"},      {"-e", "--env"},
                                          {"-P", "--publish-all"}, {"-h", "--hostname"}};
    const struct docker_option *found = NULL;
    for (size_t i = 0; i < run->option_count; i++) {
        const char *option = run->options[i].name;
        for (size_t k = 0; k < array_length(same); k++)
            if (strcmp(option, same[k][0]) == 0) option = same[k][1];
        if (strcmp(option, name) == 0) found = &run->options[i];
    }
    return found;
}

const char *docker_variable(const struct docker_run *run, const char *name) {
    const char *found = NULL;
    size_t length = strlen(name);
    for (size_t i = 0; i < run->option_count; i++) {
        const struct docker_option *option = &run->options[i];
        if (!option->value || (strcmp(option->name, "-e") != 0 && strcmp(option->name, "--env") != 0))
            continue;
        if (strncmp(option->value, name, length) != 0) continue;
        if (option->value[length] == '=') found = option->value + length + 1;
        if (option->value[length] == '\0') found = "";
    }
    return found;
}

/* Colons inside ${…} part nothing. */
static const char *find_colon(const char *text) {
    unsigned depth = 0;
    for (; *text; text++) {
        if (text[0] == '$' && (text[1] == '{' || text[1] == '(')) depth++;
        if (depth && (*text == '}' || *text == ')')) depth--;
        if (!depth && *text == ':') return text;
    }
    return NULL;
}

bool docker_port(const char *value, bool *equal, char **container) {
    *equal = false;
    *container = NULL;
    const char *first = value[0] == '[' ? NULL : find_colon(value);
    if (!first) return false;
    const char *second = find_colon(first + 1);
    const char *inner = second ? second + 1 : first + 1;
    size_t length = strcspn(inner, "/");
    if (strchr(inner, '$')) length = strlen(inner);
    *container = memory_copy_bytes(inner, length);
    bool everywhere = !second || strncmp(value, "0.0.0.0:", 8) == 0;
    const char *host = second ? first + 1 : value;
    size_t host_length = (size_t)((second ? second : first) - host);
    *equal = everywhere && host_length == length && strncmp(host, inner, length) == 0;
    return true;
}

void docker_build_read(struct commands *commands, const struct command *command, size_t at,
                       struct docker_build *build) {
    *build = (struct docker_build){0};
    for (size_t i = at; i < command->count; i++) {
        bool known;
        const char *value = docker_resolved(commands, &command->words[i], &known);
        if (value[0] != '-' || !value[1]) {
            if (!build->context) build->context = value;
            continue;
        }
        const char *sign = value[1] == '-' ? strchr(value, '=') : NULL;
        cleanup_free char *name =
            sign ? memory_copy_bytes(value, (size_t)(sign - value)) : memory_copy(value);
        if (!sign && text_has_word(build_booleans, value)) continue;
        const char *given = sign ? sign + 1 : NULL;
        if (!sign && i + 1 < command->count) given = docker_resolved(commands, &command->words[++i], &known);
        if (text_has_word("-t --tag", name) && build->tag_count < array_length(build->tags))
            build->tags[build->tag_count++] = given;
        if (text_has_word("-f --file", name)) build->file = given;
        if (strcmp(name, "--target") == 0) build->target = given;
    }
}
