/* The conf file: iniparser reads the values, a line index of our own knows where each stands.
 *
 * iniparser 4.1 lowercases keys, cuts unquoted values at ';' and '#', knows no line numbers, and loses the whole file
 * on one syntax error or one line of 1 kB (FACTS: measured); the index is what lets each complaint name file and line. */
#ifndef SHIM_CONF_H
#define SHIM_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

#define CONF_DEFAULT_PATH "/etc/appsig/appsig.conf"

struct conf_entry {
    char *section; /* lower case */
    char *key;     /* lower case; in [env] upper case: the variable's name */
    char *value;
    int line; /* counted from 1 */
};

struct conf {
    char *path;
    struct conf_entry *entries;
    size_t count;
};

/* Reads the file at path. What is missing or wrong is added to complaints, one line each, as "path:line: …"; the
 * entries that could be read are there all the same. A missing file is a complaint only where `asked_for`. */
void conf_read(const char *path, bool asked_for, struct conf *conf, struct strings *complaints);
void conf_free(struct conf *conf);

const struct conf_entry *conf_find(const struct conf *conf, const char *section, const char *key);

#endif
