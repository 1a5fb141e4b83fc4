/* Build-time program: manual page TEMPLATE | bash | zsh | fish. */
#include <string.h>

#include "common/memory.h"
#include "man/manual.h"

static const struct {
    const char *shell;
    void (*print)(FILE *stream);
} completions[] = {{"bash", manual_bash}, {"zsh", manual_zsh}, {"fish", manual_fish}};

/* A word that the program would refuse must not be offered. */
static bool words_are_taken(const struct option_row *row) {
    cleanup_strings struct strings words = {0};
    manual_value_of(row, &words);
    for (size_t i = 0; i < words.count && row->check; i++) {
        cleanup_free char *complaint = NULL;
        cleanup_free char *value =
            memory_format("%s%s", words.items[i], text_ends(words.items[i], "=") ? "1" : "");
        if (row->check(value, &complaint)) continue;
        fprintf(stderr, "'--%s=%s' is offered, and %s\n", row->name, value, complaint);
        return false;
    }
    return true;
}

int main(int argc, char **argv) {
    for (size_t i = 0; i < *manual.count; i++)
        if (!words_are_taken(&manual.rows[i])) return 1;
    if (argc == 3 && strcmp(argv[1], "page") == 0)
        return !manual_page(stdout, argv[2]) || fflush(stdout) != 0;
    for (size_t i = 0; argc == 2 && i < array_length(completions); i++) {
        if (strcmp(completions[i].shell, argv[1]) != 0) continue;
        completions[i].print(stdout);
        return fflush(stdout) != 0;
    }
    fputs("usage: manual page TEMPLATE | bash | zsh | fish\n", stderr);
    return 64;
}
