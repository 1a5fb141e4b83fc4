/* Edits of YAML in the manner of what stands around them: indent, line ending, quotes, block or flow. */
#ifndef PATCH_YAML_EDIT_H
#define PATCH_YAML_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "dockerfile-patcher/engine/edit.h"
#include "dockerfile-patcher/text/yaml.h"

/* `value` as a scalar that every loader reads as this very string, in block and in flow collections: in the quotes of
 * `like`, or plain where `like` is no quoted style and plain is safe (not "true", "1", "a: b", "[x"). One line. */
void yaml_add_scalar(struct text *out, const char *value, enum yaml_style like);

/* Puts new children into a collection (not an alias) in front of its child `position`: of items, so that a pair counts
 * twice; `count` puts them behind the last. A block collection gets the lines of `block`, which stand at column 0 and have
 * no last newline ("KEY: value", "- item"); a flow collection gets `flow` ("KEY: value, OTHER: value"). False where the
 * place cannot take it: then nothing was added. */
bool yaml_insert(struct edits *edits, struct service *service, const struct source *source,
                 const struct yaml_node *collection, size_t position, const char *block, const char *flow,
                 const char *why);

/* Gives a key of a block mapping whose value is absent the lines of `block` as its value: below its line, indented by
 * `step` more than the key. `key` is its index in mapping->items. */
bool yaml_fill(struct edits *edits, struct service *service, const struct source *source,
               const struct yaml_node *mapping, size_t key, size_t step, const char *block, const char *why);

/* By how much this file indents what lies below a key: 2 where it never does. */
size_t yaml_step(const struct yaml *yaml);

/* `lines` with `columns` blanks in front of each that is not empty; owned by the caller. */
char *yaml_indented(const char *lines, size_t columns);

/* Where the node's last line is: an offset in it, that of a block scalar's kept empty lines included. */
size_t yaml_last_line(const struct yaml_node *node);

#endif
