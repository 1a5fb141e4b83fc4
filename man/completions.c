#include <string.h>

#include "common/memory.h"
#include "man/manual.h"

static void put_words(FILE *stream, const struct strings *words) {
    for (size_t i = 0; i < words->count; i++) fprintf(stream, "%s%s", i ? " " : "", words->items[i]);
}

/* The name of a shell function: appsig-exec is _appsig_exec. */
static char *function_name(void) {
    char *name = memory_format("_%s", manual.program);
    for (char *at = name; (at = strchr(at, '-'));) *at = '_';
    return name;
}

static void put_flags(FILE *stream, const struct option_row *row, const char *between) {
    if (row->letter) fprintf(stream, "-%c%s", row->letter, between);
    fprintf(stream, "--%s", row->name);
}

/* A directory gets its slash; said only where files are offered, and silent outside of a completion. */
#define BASH_FILENAMES " && compopt -o filenames 2>/dev/null"

static void bash_values(FILE *stream) {
    for (size_t i = 0; i < *manual.count; i++) {
        cleanup_strings struct strings words = {0};
        enum manual_value value = manual_value_of(&manual.rows[i], &words);
        if (value == VALUE_NONE || value == VALUE_FREE) continue;
        fputs("    ", stream);
        put_flags(stream, &manual.rows[i], " | ");
        fputs(") mapfile -t COMPREPLY < <(compgen ", stream);
        if (value == VALUE_WORDS) {
            fputs("-W '", stream);
            put_words(stream, &words);
            fputs("'", stream);
        } else {
            fputs(value == VALUE_FILE ? "-f" : "-d", stream);
        }
        fprintf(stream, " -- \"$word\")%s ;;\n", value == VALUE_WORDS ? "" : BASH_FILENAMES);
    }
}

/* Bash breaks words at "=": --launch=direct comes as three. */
static const char bash_option[] =
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option=''\n"
    "    COMPREPLY=()\n"
    "    if [[ $word == '=' ]]; then\n"
    "        option=$before word=''\n"
    "    elif [[ $before == '=' ]]; then\n"
    "        option=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    elif [[ \" $valued \" == *\" $before \"* ]]; then\n"
    "        option=$before\n"
    "    fi\n";

/* Where the command has begun, it is completed by its own rules if bash-completion is there. */
static const char bash_command[] =
    "    local at\n"
    "    for ((at = 1; at < COMP_CWORD; at++)); do\n"
    "        case ${COMP_WORDS[at]} in\n"
    "        --) at=$((at + 1)) && break ;;\n"
    "        -*) if [[ ${COMP_WORDS[at + 1]} == '=' ]]; then at=$((at + 2))\n"
    "            elif [[ \" $valued \" == *\" ${COMP_WORDS[at]} \"* ]]; then at=$((at + 1)); fi ;;\n"
    "        *) break ;;\n"
    "        esac\n"
    "    done\n"
    "    if ((at < COMP_CWORD)); then\n"
    "        if declare -F _command_offset >/dev/null; then\n"
    "            _command_offset \"$at\"\n"
    "        else\n"
    "            mapfile -t COMPREPLY < <(compgen -f -- \"$word\")" BASH_FILENAMES "\n"
    "        fi\n"
    "        return\n"
    "    fi\n";

static const char *bash_operands(void) {
    switch (manual.operands) {
    case OPERANDS_COMMAND: return "compgen -c -- \"$word\"";
    case OPERANDS_VERB: return "compgen -W \"$verbs\" -- \"$word\"";
    case OPERANDS_FILES:
    default: return "compgen -f -- \"$word\"";
    }
}

void manual_bash(FILE *stream) {
    cleanup_free char *name = function_name();
    fprintf(stream, "# bash completion of %s, made from its option rows\n%s() {\n    local valued='",
            manual.program, name);
    for (size_t i = 0; i < *manual.count; i++) {
        if (manual.rows[i].takes != OPTION_ARGUMENT) continue;
        put_flags(stream, &manual.rows[i], " ");
        fputc(' ', stream);
    }
    fputs("'\n    local options='", stream);
    for (size_t i = 0; i < *manual.count; i++) {
        put_flags(stream, &manual.rows[i], " ");
        fputc(' ', stream);
    }
    fputs("'\n", stream);
    if (manual_verb_count()) fputs("    local verbs='", stream);
    for (size_t i = 0; i < manual_verb_count(); i++) {
        const char *help, *verb = manual.verb(i, &help);
        fprintf(stream, "%s%s", verb, i + 1 < manual_verb_count() ? " " : "'\n");
    }
    fputs(bash_option, stream);
    fputs("    case $option in\n", stream);
    bash_values(stream);
    fputs("    esac\n    [[ -z $option ]] || return\n", stream);
    if (manual.operands == OPERANDS_COMMAND) fputs(bash_command, stream);
    fprintf(stream,
            "    if [[ $word == -* ]]; then\n"
            "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
            "    else\n"
            "        mapfile -t COMPREPLY < <(%s)%s\n"
            "    fi\n"
            "}\n"
            "complete -o bashdefault -F %s %s\n",
            bash_operands(), manual.operands == OPERANDS_FILES ? BASH_FILENAMES : "", name, manual.program);
}

/* Inside single quotes, with a backslash in front of what _arguments takes for its own. */
static void zsh_put(FILE *stream, const char *string, const char *special) {
    for (; *string; string++) {
        if (*string == '\'')
            fputs("'\\'", stream);
        else if (strchr(special, *string))
            fputc('\\', stream);
        fputc(*string, stream);
    }
}

static void zsh_value(FILE *stream, const struct option_row *row) {
    cleanup_strings struct strings words = {0};
    enum manual_value value = manual_value_of(row, &words);
    if (value == VALUE_NONE) return;
    fputs(row->takes == OPTION_OPTIONAL_ARGUMENT ? "::" : ":", stream);
    zsh_put(stream, row->argument, ":\\[]");
    fputc(':', stream);
    if (value == VALUE_WORDS) {
        fputc('(', stream);
        put_words(stream, &words);
        fputc(')', stream);
    } else if (value != VALUE_FREE) {
        fputs(value == VALUE_FILE ? "_files" : "_files -/", stream);
    }
}

static void zsh_spec(FILE *stream, const struct option_row *row, bool by_letter) {
    fputs("    '", stream);
    if (row->repeats)
        fputc('*', stream);
    else if (row->letter)
        fprintf(stream, "(-%c --%s)", row->letter, row->name);
    if (by_letter)
        fprintf(stream, "-%c%s", row->letter, row->takes == OPTION_ARGUMENT ? "+" : "");
    else
        fprintf(stream, "--%s%s", row->name,
                row->takes == OPTION_ARGUMENT            ? "="
                : row->takes == OPTION_OPTIONAL_ARGUMENT ? "=-"
                                                         : "");
    fputc('[', stream);
    zsh_put(stream, row->help, "\\[]:");
    fputc(']', stream);
    zsh_value(stream, row);
    fputs("' \\\n", stream);
}

void manual_zsh(FILE *stream) {
    fprintf(stream, "#compdef %s\n# zsh completion of %s, made from its option rows\n_arguments -s -S%s \\\n",
            manual.program, manual.program, manual.operands == OPERANDS_COMMAND ? " -A '-*'" : "");
    for (size_t i = 0; i < *manual.count; i++) {
        if (manual.rows[i].letter) zsh_spec(stream, &manual.rows[i], true);
        zsh_spec(stream, &manual.rows[i], false);
    }
    if (manual.operands == OPERANDS_COMMAND) fputs("    '*:::command:_normal'\n", stream);
    if (manual.operands == OPERANDS_FILES) fputs("    '*:root or file:_files'\n", stream);
    if (manual.operands != OPERANDS_VERB) return;
    fputs("    '1:verb:((", stream);
    for (size_t i = 0; i < manual_verb_count(); i++) {
        const char *help, *verb = manual.verb(i, &help);
        fprintf(stream, "%s%s\\:\"", i ? " " : "", verb);
        zsh_put(stream, help, "\\\":");
        fputc('"', stream);
    }
    fputs("))'\n", stream);
}

static void fish_quoted(FILE *stream, const char *string) {
    fputc('\'', stream);
    for (; *string; string++) {
        if (*string == '\'' || *string == '\\') fputc('\\', stream);
        fputc(*string, stream);
    }
    fputc('\'', stream);
}

static void fish_option(FILE *stream, const struct option_row *row) {
    cleanup_strings struct strings words = {0};
    enum manual_value value = manual_value_of(row, &words);
    fprintf(stream, "complete -c %s", manual.program);
    if (row->letter) fprintf(stream, " -s %c", row->letter);
    fprintf(stream, " -l %s", row->name);
    /* fish has no optional argument: as a rule such an option is given bare */
    if (row->takes == OPTION_ARGUMENT) {
        fputs(value == VALUE_FILE ? " -r -F" : " -x", stream);
        if (value == VALUE_DIRECTORY) fputs(" -a '(__fish_complete_directories)'", stream);
        if (value == VALUE_WORDS) {
            fputs(" -a '", stream);
            put_words(stream, &words);
            fputc('\'', stream);
        }
    }
    fputs(" -d ", stream);
    fish_quoted(stream, row->help);
    fputc('\n', stream);
}

void manual_fish(FILE *stream) {
    fprintf(stream, "# fish completion of %s, made from its option rows\n", manual.program);
    for (size_t i = 0; i < *manual.count; i++) fish_option(stream, &manual.rows[i]);
    if (manual.operands == OPERANDS_COMMAND)
        fprintf(stream, "complete -c %s -f -a '(__fish_complete_subcommand)'\n", manual.program);
    for (size_t i = 0; i < manual_verb_count(); i++) {
        const char *help, *verb = manual.verb(i, &help);
        fprintf(stream, "complete -c %s -f -n __fish_use_subcommand -a %s -d ", manual.program, verb);
        fish_quoted(stream, help);
        fputc('\n', stream);
    }
}
