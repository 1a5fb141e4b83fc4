#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/servers.h"

static const struct server_option gunicorn_options[] = {
    {"-b --bind", FIELD_BIND, false},
    {"-w --workers", FIELD_WORKERS, false},
    {"-k --worker-class", FIELD_WORKER_CLASS, false},
    {"-c --config", FIELD_CONFIG, false},
    {"--chdir", FIELD_CHDIR, false},
    {"--preload", FIELD_PRELOAD, true},
    {"--reload", FIELD_RELOAD, true},
    {NULL, 0, false},
};
static const struct server_option uwsgi_options[] = {
    {"--http --http-socket --http11-socket -s --socket --uwsgi-socket --https", FIELD_BIND, false},
    {"-w --module --wsgi", FIELD_APP, false},
    {"--wsgi-file --file", FIELD_APP, false},
    {"--ini --xml -x --yaml --yml -y --json -j", FIELD_CONFIG, false},
    {"-p --processes --workers", FIELD_WORKERS, false},
    {"--chdir --chdir2", FIELD_CHDIR, false},
    {"--emperor", FIELD_EMPEROR, false},
    {"--import --shared-import", FIELD_IMPORT, false},
    {"--gevent --loop", FIELD_GEVENT, false},
    {"-M --master", FIELD_MASTER, true},
    {"--lazy-apps --lazy", FIELD_LAZY_APPS, true},
    {"-T --enable-threads", FIELD_THREADS, true},
    {NULL, 0, false},
};
static const struct server_option asgi_options[] = {
    {"--host", FIELD_HOST, false},     {"--port", FIELD_PORT, false},    {"--workers", FIELD_WORKERS, false},
    {"--app-dir", FIELD_CHDIR, false}, {"--reload", FIELD_RELOAD, true}, {NULL, 0, false},
};
static const struct server_option hypercorn_options[] = {
    {"-b --bind", FIELD_BIND, false},
    {"-w --workers", FIELD_WORKERS, false},
    {"-k --worker-class", FIELD_WORKER_CLASS, false},
    {"-c --config", FIELD_CONFIG, false},
    {"--reload", FIELD_RELOAD, true},
    {NULL, 0, false},
};
static const struct server_option daphne_options[] = {
    {"-b --bind", FIELD_HOST, false}, {"-p --port", FIELD_PORT, false}, {NULL, 0, false}};
static const struct server_option waitress_options[] = {
    {"--listen", FIELD_BIND, false},
    {"--host", FIELD_HOST, false},
    {"--port", FIELD_PORT, false},
    {"--app", FIELD_APP, false},
    {NULL, 0, false},
};
static const struct server_option granian_options[] = {
    {"--host", FIELD_HOST, false},       {"--port", FIELD_PORT, false},
    {"--workers", FIELD_WORKERS, false}, {"--working-dir", FIELD_CHDIR, false},
    {"--reload", FIELD_RELOAD, true},    {NULL, 0, false},
};
static const struct server_option flask_options[] = {
    {"-A --app", FIELD_APP, false},
    {"-h --host", FIELD_HOST, false},
    {"-p --port", FIELD_PORT, false},
    {"--debug", FIELD_DEBUG, true},
    {"--reload", FIELD_RELOAD, true},
    {"--no-reload", FIELD_NO_RELOAD, true},
    {NULL, 0, false},
};
static const struct server_option django_options[] = {
    {"--settings", FIELD_SETTINGS, false}, {"--noreload", FIELD_NO_RELOAD, true}, {NULL, 0, false}};
static const struct server_option fastapi_options[] = {
    {"--host", FIELD_HOST, false},
    {"--port", FIELD_PORT, false},
    {"--workers", FIELD_WORKERS, false},
    {"--app", FIELD_APP, false},
    {"--reload", FIELD_RELOAD, true},
    {"--no-reload", FIELD_NO_RELOAD, true},
    {NULL, 0, false},
};
static const struct server_option celery_options[] = {
    {"-A --app", FIELD_APP, false},
    {"-P --pool", FIELD_WORKER_CLASS, false},
    {"-c --concurrency", FIELD_WORKERS, false},
    {"--workdir", FIELD_CHDIR, false},
    {NULL, 0, false},
};

const struct server_row server_rows[] = {
    {SERVER_GUNICORN, "gunicorn", "gunicorn", "gunicorn gunicorn.app.wsgiapp", NULL,
     "--spew --check-config --print-config --reuse-port -D --daemon --initgroups --no-sendfile "
     "--disable-redirect-access-to-syslog --capture-output --log-syslog -R --enable-stdio-inheritance "
     "--enable-backlog-metric --suppress-ragged-eofs --do-handshake-on-connect --permit-obsolete-folding "
     "--strip-header-spaces --permit-unconventional-http-method --permit-unconventional-http-version "
     "--casefold-http-method --no-control-socket --proxy-protocol -h --help -v --version",
     false, true, gunicorn_options, 8000},
    {SERVER_UWSGI, "uwsgi", "uwsgi uwsgi-core uwsgi_python3 uwsgi_python311 pyuwsgi", "pyuwsgi", NULL, "",
     true, false, uwsgi_options, 0},
    {SERVER_UVICORN, "uvicorn", "uvicorn", "uvicorn", NULL,
     "--access-log --no-access-log --use-colors --no-use-colors --proxy-headers --no-proxy-headers --server-header "
     "--no-server-header --date-header --no-date-header --factory --version --help",
     false, true, asgi_options, 8000},
    {SERVER_HYPERCORN, "hypercorn", "hypercorn", "hypercorn", NULL, "-D --daemon --debug -h --help", false,
     true, hypercorn_options, 8000},
    {SERVER_DAPHNE, "daphne", "daphne", "daphne", NULL, "--proxy-headers --no-server-name -h --help", false,
     true, daphne_options, 8000},
    {SERVER_WAITRESS, "waitress", "waitress-serve", "waitress", NULL,
     "--call --help --ipv4 --no-ipv4 --ipv6 --no-ipv6 --log-socket-errors --no-log-socket-errors --expose-tracebacks "
     "--no-expose-tracebacks --asyncore-use-poll --log-untrusted-proxy-headers --clear-untrusted-proxy-headers",
     false, true, waitress_options, 8080},
    {SERVER_GRANIAN, "granian", "granian", "granian", NULL,
     "--ws --no-ws --http1-keep-alive --no-http1-keep-alive --http1-pipeline-flush --no-http1-pipeline-flush "
     "--http2-adaptive-window --no-http2-adaptive-window --log --no-log --access-log --no-access-log "
     "--ssl-client-verify --no-ssl-client-verify --respawn-failed-workers --no-respawn-failed-workers --factory "
     "--no-factory --metrics --no-metrics --no-reload --reload-ignore-worker-failure "
     "--no-reload-ignore-worker-failure --version --help",
     false, true, granian_options, 8000},
    {SERVER_FLASK, "flask", "flask", "flask", "run",
     "--no-debug --debugger --no-debugger --with-threads --without-threads --version --help", false, false,
     flask_options, 5000},
    {SERVER_DJANGO, "django", "manage.py django-admin django-admin.py", "django", "runserver runserver_plus",
     "--nothreading --insecure --nostatic --ipv6 -6 --no-color --force-color --skip-checks --traceback --version "
     "--help -h",
     false, false, django_options, 8000},
    {SERVER_FASTAPI, "fastapi", "fastapi", "fastapi", "run dev",
     "--proxy-headers --no-proxy-headers --version --help", false, true, fastapi_options, 8000},
    {SERVER_CELERY, "celery", "celery", "celery", "worker",
     "-B --beat -E --task-events -D --detach --without-gossip --without-mingle --without-heartbeat --purge "
     "--discard --skip-checks --quiet -q --no-color --version --help",
     false, false, celery_options, 0},
};
const size_t server_row_count = array_length(server_rows);

const struct server_row *server_by_script(const char *base_name) {
    for (size_t i = 0; i < server_row_count; i++)
        if (text_has_word(server_rows[i].scripts, base_name)) return &server_rows[i];
    return NULL;
}

const struct server_row *server_by_module(const char *module) {
    for (size_t i = 0; i < server_row_count; i++)
        if (text_has_word(server_rows[i].modules, module)) return &server_rows[i];
    return NULL;
}

const char *server_name(enum server server) {
    for (size_t i = 0; i < server_row_count; i++)
        if (server_rows[i].server == server) return server_rows[i].name;
    return "none";
}
