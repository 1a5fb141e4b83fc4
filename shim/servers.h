/* What is known of each Python server: how it is called, which of its options matter, its default port.
 *
 * One row a server; the fork plan (shim/forks.h) refers to the same rows. */
#ifndef SHIM_SERVERS_H
#define SHIM_SERVERS_H

#include <stdbool.h>
#include <stddef.h>

enum server {
    SERVER_NONE,
    SERVER_GUNICORN,
    SERVER_UWSGI,
    SERVER_UVICORN,
    SERVER_HYPERCORN,
    SERVER_DAPHNE,
    SERVER_WAITRESS,
    SERVER_GRANIAN,
    SERVER_FLASK,
    SERVER_DJANGO,
    SERVER_FASTAPI,
    SERVER_CELERY,
    SERVER_COUNT
};

/* What an option of a server tells us. */
enum server_field {
    FIELD_APP,  /* MODULE:CALLABLE */
    FIELD_BIND, /* HOST:PORT */
    FIELD_HOST,
    FIELD_PORT,
    FIELD_WORKERS,
    FIELD_WORKER_CLASS,
    FIELD_CONFIG, /* the server's own config file */
    FIELD_CHDIR,
    FIELD_RELOAD,    /* a switch */
    FIELD_NO_RELOAD, /* a switch */
    FIELD_DEBUG,     /* a switch */
    FIELD_PRELOAD,   /* a switch */
    FIELD_MASTER,    /* a switch */
    FIELD_LAZY_APPS, /* a switch */
    FIELD_THREADS,   /* a switch */
    FIELD_EMPEROR,
    FIELD_IMPORT,
    FIELD_GEVENT,
    FIELD_SETTINGS,
    FIELD_COUNT
};

struct server_option {
    const char *names; /* separated by spaces: "-b --bind" */
    enum server_field field;
    bool is_switch; /* takes no value */
};

struct server_row {
    enum server server;
    const char *name;    /* as it is called in messages */
    const char *scripts; /* names of the program, separated by spaces */
    const char *modules; /* names for `python -m` */
    const char
        *subcommands; /* the operands that start a server; NULL where the program is nothing but a server */
    const char *switches;                /* further options that take no value */
    bool unknown_is_switch;              /* an option that is not listed takes no value */
    bool app_is_operand;                 /* the first operand is the app (after the subcommand) */
    const struct server_option *options; /* ends with names == NULL */
    int default_port;
};

extern const struct server_row server_rows[];
extern const size_t server_row_count;

const struct server_row *server_by_script(const char *base_name);
const struct server_row *server_by_module(const char *module);

/* The server's name for messages and tests: "gunicorn"; "none" for SERVER_NONE. */
const char *server_name(enum server server);

#endif
