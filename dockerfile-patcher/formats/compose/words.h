/* `command:` and `entrypoint:` as words, each with its bytes, and the launcher put in front of one of them. */
#ifndef PATCH_COMPOSE_WORDS_H
#define PATCH_COMPOSE_WORDS_H

#include "dockerfile-patcher/formats/compose/compose.h"

enum words_form {
    WORDS_UNSET, /* not there, or null: the image's is meant */
    WORDS_EMPTY, /* [] or "": the image's is cleared */
    WORDS_STRING,
    WORDS_LIST,
};

struct compose_words {
    enum words_form form;
    const char *key;
    const struct compose_service *owner; /* whose file and mapping say it */
    struct yaml_node *mapping;           /* that holds the key: the owner's, or one that is merged into it */
    struct yaml_node *node;              /* aliases followed */
    bool alias;                          /* it is said by an alias */
    const char **words;                  /* NULL-terminated */
    size_t count;
    struct span *spans; /* of a string: in node->value, quotes included */
};

/* Words lie in the arena. False where the value is neither a string nor a list of strings. */
bool compose_words(struct unit *unit, struct arena *arena, const struct compose_service *service,
                   const char *key, struct compose_words *words);

/* Where in the source something goes that stands in front of word `at` of a string (`count`: behind the last); SIZE_MAX
 * where the word is made of escapes. */
size_t compose_word_offset(const struct compose_words *words, size_t at);

/* Where byte `offset` of a word's value stands in the source; SIZE_MAX where that is not certain. */
size_t compose_inner_offset(const struct compose_words *words, size_t at, size_t offset);

/* What is put around the words of one command. */
struct compose_wrap {
    struct compose_words *words;
    size_t at;  /* the launcher's place among them */
    bool inner; /* in the text of `sh -c`, word `at`, at byte `inner_at` of it */
    size_t inner_at;
    bool noreload; /* --noreload behind the last word, or at inner_end of the text */
    size_t inner_end;
    size_t config; /* the word that is --config or begins with --config=; SIZE_MAX */

    const char *
        option; /* "-c", that leads the server to `file`, behind word `server` or at server_end of the text; NULL */
    const char *file;
    size_t server;
    size_t server_end;
};

/* The edits; false where a place is not certain: then it was refused. */
bool compose_wrap(struct unit *unit, struct service *service, const struct compose_wrap *wrap);

/* Plans that it is taken out again. */
void compose_unwrap(struct service *service, const struct compose_words *words);

#endif
