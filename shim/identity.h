/* The service's name, its port and its Django settings, each with where it was found. */
#ifndef SHIM_IDENTITY_H
#define SHIM_IDENTITY_H

#include <stdbool.h>

#include "shim/command.h"
#include "shim/place.h"
#include "shim/probe.h"
#include "shim/settings.h"

struct found {
    char *value; /* NULL = not found */
    enum source source;
    char *where;
    char *too_long; /* where a value of more than 1024 bytes stood, which was passed over; else NULL */
    bool derived;   /* guessed from how the app is started: worth a line that says how to set it */
};

struct identity {
    struct found service_name;
    struct found port;
    struct found django_settings; /* the value for DJANGO_SETTINGS_MODULE, found in manage.py or wsgi.py */
};

/* What the look-up may use; everything is borrowed. `verdict` may hold the answers of the metadata services. */
struct identity_inputs {
    const struct settings *settings;
    char *const *environment;
    char *const *argv;
    const struct command *command;
    const struct place *place;
    const char *cwd;
    const char *container_name; /* from the ECS task metadata, or NULL */
    const char *instance_name;  /* from IMDS, or NULL */
};

/* Service name, first that is there: option; OTEL_SERVICE_NAME; service.name in OTEL_RESOURCE_ATTRIBUTES;
 * SERVICE_NAME; conf file; ECS task metadata; instance tag; Kubernetes; systemd unit; Django project; app module; the
 * working directory's name. Port: option; PORT; the server's own bind option or config; its default. */
void identity_find(const struct identity_inputs *inputs, struct identity *identity);
void identity_free(struct identity *identity);

/* True where the name stands in the options, the environment or the conf file, so that nobody has to be asked. */
bool identity_is_named(const struct settings *settings, char *const *environment);

/* The value of a key in OTEL_RESOURCE_ATTRIBUTES ("a=b,c=d", percent-encoded): the last duplicate wins, an empty value
 * counts as none. Decoded, owned by the caller; NULL where it is not there. */
char *identity_resource_attribute(const char *attributes, const char *key);

/* The owner's name out of a pod's: deployment-<hash>-<random>, daemonset-<random>, statefulset-<n>. Owned by the
 * caller. */
char *identity_pod_owner(const char *pod);

/* "app" for "app:app", "shop" for "shop.wsgi:application", "main" for "src/main.py". Owned by the caller. */
char *identity_app_module(const char *app);

/* The module in a line like os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings"). Owned by the caller;
 * NULL where there is no such literal. */
char *identity_django_literal(const char *source);

#endif
