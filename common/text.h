/* Growing byte strings, lists of strings, and the few string questions that several rooms ask. */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes may hold NUL; bytes[length] is always NUL once anything was added, and bytes is NULL before. */
struct text {
    char *bytes;
    size_t length;
    size_t capacity;
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char character);
/* Room for so many bytes more, where they are known beforehand. */
void text_reserve(struct text *text, size_t bytes);
void text_add_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes, owned by the caller, never NULL; the text is empty afterwards. */
char *text_take(struct text *text);
void text_free(struct text *text);

#define cleanup_text __attribute__((cleanup(text_free)))

/* An owned list of owned strings; items[count] is NULL once anything was added, so that items serves as an argv. */
struct strings {
    char **items;
    size_t count;
    size_t capacity;
};

void strings_add(struct strings *list, const char *string);
void strings_add_owned(struct strings *list, char *string);
void strings_insert(struct strings *list, size_t index, const char *string);
void strings_remove(struct strings *list, size_t index);
void strings_add_all(struct strings *list, char *const *vector);
bool strings_contain(const struct strings *list, const char *string);
/* "a, b, c", owned by the caller. */
char *strings_listed(const struct strings *list);
void strings_free(struct strings *list);

#define cleanup_strings __attribute__((cleanup(strings_free)))

bool text_equal(const char *one, const char *other);
bool text_starts(const char *string, const char *prefix);
bool text_ends(const char *string, const char *suffix);
/* With one of the suffixes. */
bool text_ends_in(const char *string, const char *const *suffixes, size_t count);

/* True where `word` is one of the words that single spaces separate in `words`. */
bool text_has_word(const char *words, const char *word);

/* What follows the last slash: "" for a path that ends in one. */
const char *text_base_name(const char *path);

/* Everything before the last slash ("." without one, "/" for "/x"); owned by the caller. */
char *text_directory(const char *path);

/* directory + "/" + name without a doubled slash; owned by the caller. */
char *text_join_path(const char *directory, const char *name);

/* A decimal number of 1 to 9 digits and nothing else, within the range. */
bool text_to_number(const char *string, long least, long most, long *number);

/* A copy in which control characters and quotes are escaped (\n, \xHH) and that is cut to `most` bytes with "...":
 * safe to stand inside one line of a message. Owned by the caller. */
char *text_printable(const char *string, size_t most);

#endif
