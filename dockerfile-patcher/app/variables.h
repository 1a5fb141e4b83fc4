/* The variables that an app is started with, as rows in the order of the guide ("Enable AWS Application Signals for
 * Python on EC2", steps 7A and 7B for containers, 8A and 8B for apps on the host).
 *
 * Style guide writes exactly the guide's list. Style shim writes what appsig-exec cannot find out by itself, which is
 * the service's name: it probes the agent's address, finds DJANGO_SETTINGS_MODULE, decides about DEFER for each server
 * when it starts, and must not be given a PORT that the app did not have (gunicorn would listen on it everywhere).
 *
 * A consumer writes the rows in this order in its own syntax, and leaves out a name that is set there already: the
 * user's value wins.
 *
 *     const struct variable_row *row;
 *     for (size_t at = 0; (row = variables_next(&facts, &at));) {
 *         cleanup_free char *value = variable_value(row, &facts);
 *         text_add_format(&out, "Environment=%s=%s\n", row->name, value);
 *     }
 */
#ifndef PATCH_VARIABLES_H
#define PATCH_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/settings.h"

/* Where the app runs: the guide gives PORT and SERVICE_NAME to containers only. */
enum variable_place { VARIABLE_CONTAINER = 1, VARIABLE_HOST = 2 };

/* Which apps get a row. */
enum variable_apps {
    VARIABLE_ALL,
    VARIABLE_DJANGO,      /* django_settings is known */
    VARIABLE_WSGI_SERVER, /* gunicorn or uWSGI, with its hook in place: without one DEFER loses all data */
    VARIABLE_AWAY         /* the agent is not on the app's localhost */
};

struct variable_row {
    const char *name;
    const char *value; /* {SERVICE_NAME}, {PORT}, {DJANGO_SETTINGS_MODULE} and {AGENT} to be filled in */
    enum variable_apps apps;
    unsigned guide; /* places in which style guide writes it */
    unsigned shim;  /* and style shim */
};
extern const struct variable_row variable_rows[];
extern const size_t variable_count;

/* All borrowed. A row whose value is not known is left out: PORT of an app that listens on none. */
struct variable_facts {
    enum style style;
    enum variable_place place;
    const char *service_name;    /* the answer to SERVICE_NAME */
    const char *port;            /* digits, or whatever the script has for them ("$PORT") */
    const char *django_settings; /* NULL: not Django */
    bool wsgi_server;
    const char *agent; /* the host that the agent is on; NULL: localhost */
};

/* The next row for these facts from index *at on, which is moved behind it; NULL at the end. */
const struct variable_row *variables_next(const struct variable_facts *facts, size_t *at);

/* The value as the app is to see it, without any quoting; owned by the caller. In OTEL_RESOURCE_ATTRIBUTES what would
 * end a value there is percent-encoded (W3C Baggage, as OpenTelemetry's resource specification asks). */
char *variable_value(const struct variable_row *row, const struct variable_facts *facts);

/* The row of that name, or NULL: is a variable one that we write? */
const struct variable_row *variable_named(const char *name, size_t length);

#endif
