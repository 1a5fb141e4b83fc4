/* Where HCL's tokens end: what hcl.c and hcl_value.c share. */
#ifndef PATCH_HCL_SCAN_H
#define PATCH_HCL_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Deeper brackets are refused: nobody writes them, and each level takes stack. */
enum { HCL_MOST_DEPTH = 200 };

struct hcl_scanner {
    const char *bytes;
    size_t end;
    unsigned depth;
    size_t broken_at;
    const char *broken; /* static; NULL while all is well */
};

/* Behind blanks and comments, and newlines where `newlines`. A comment that ends a line ends in front of its newline. */
size_t hcl_skip_blanks(struct hcl_scanner *scanner, size_t at, bool newlines);

/* Behind the token at `at`: a string, a heredoc (in front of its last newline), brackets with all that is in them, a
 * name or number, else one byte. SIZE_MAX where it has no end. */
size_t hcl_skip_token(struct hcl_scanner *scanner, size_t at);

/* Behind `${…}` or `%{…}` at `at`, or SIZE_MAX. */
size_t hcl_skip_hole(struct hcl_scanner *scanner, size_t at);

bool hcl_is_name(char character);

/* A heredoc at `at`: its word, the first of its lines, the line of its end, and behind its end. false where none is. */
struct hcl_heredoc {
    size_t marker, marker_end, first, last, end;
    bool flush;
};
bool hcl_heredoc_at(struct hcl_scanner *scanner, size_t at, struct hcl_heredoc *heredoc);

#endif
