/* Single values out of a server's own config file (gunicorn.conf.py, uwsgi.ini, …), for what only has to be known, not
 * changed: the port, an emperor. A line "key = value" is read as it stands; nothing is executed. */
#ifndef SHIM_SERVERCONFIG_H
#define SHIM_SERVERCONFIG_H

#include <stdbool.h>

/* The text behind the first line's '=' (or ':') whose key is one of `keys` (separated by spaces), cut at a comment.
 * `path` is taken below `directory` where it is relative. Owned by the caller; NULL where there is none. */
char *serverconfig_value(const char *directory, const char *path, const char *keys);

/* True where the file's text holds the word anywhere; false for a file that cannot be read. */
bool serverconfig_mentions(const char *directory, const char *path, const char *word);

#endif
