#include "shim/env_words.h"

#include <string.h>

#include "common/text.h"
#include "shim/carriers.h"

/* One env and its own words: argv[first] to argv[end - 1], without its name. */
struct env_words {
    const struct carrier_row *carrier;
    size_t first, end;
};

/* The next env at or behind words->end. */
static bool next_env(char *const *argv, struct env_words *words) {
    for (size_t at = words->end; argv[at];) {
        const char *name = text_base_name(argv[at]);
        const struct carrier_row *carrier = carrier_by_program(name);
        size_t length = carrier && carrier->kind != CARRIER_SHELL ? carrier_command(carrier, argv + at) : 0;
        if (length == 0) return false;
        *words = (struct env_words){carrier, at + 1, at + length};
        if (strcmp(name, "env") == 0) return true;
        at += length;
    }
    return false;
}

static bool empties(const char *word) {
    if (strcmp(word, "-") == 0 || strcmp(word, "--ignore-environment") == 0) return true;
    return *word == '-' && memchr(word + 1, 'i', strspn(word + 1, "i0v")) != NULL;
}

/* The variable that the option unsets, or NULL; `value` is the word behind an option that takes one. */
static const char *unset_name(const char *word, const char *value) {
    if (value) return strcmp(word, "--unset") == 0 || text_ends(word, "u") ? value : NULL;
    if (text_starts(word, "--unset=")) return word + strlen("--unset=");
    return text_starts(word, "-u") ? word + strlen("-u") : NULL;
}

static bool takes_value(const struct env_words *words, const char *word) {
    return *word == '-' && text_has_word(words->carrier->valued, word);
}

bool env_words_empty(char *const *argv) {
    struct env_words words = {0};
    while (next_env(argv, &words))
        for (size_t i = words.first; i < words.end; i++) {
            if (empties(argv[i])) return true;
            if (takes_value(&words, argv[i])) i++;
        }
    return false;
}

bool env_words_change(char *const *argv, const char *name, struct env_effect *effect) {
    bool changed = false;
    size_t length = strlen(name);
    struct env_words words = {0};
    while (next_env(argv, &words))
        for (size_t i = words.first; i < words.end; i++) {
            const char *word = argv[i];
            const char *value = takes_value(&words, word) ? argv[++i] : NULL;
            if (*word == '-' && text_equal(unset_name(word, value), name))
                *effect = (struct env_effect){NULL, words.end};
            else if (strncmp(word, name, length) == 0 && word[length] == '=')
                *effect = (struct env_effect){word + length + 1, i};
            else
                continue;
            changed = true;
        }
    return changed;
}
