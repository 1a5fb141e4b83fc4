/* Names out of what platforms and projects write. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/identity.h"
#include "shim/metadata.h"
#include "shim/place.h"

static void pods(void) {
    static const struct {
        const char *pod, *owner;
    } rows[] = {
        {"checkout-7d4b9c6f5-x2x4z", "checkout"},
        {"web-front-5d8f7c9b6d-bcdfg", "web-front"},
        {"db-0", "db"},
        {"node-agent-x4k9z", "node-agent"},
        {"report-28391520-bbbbb", "report"},
        {"plain", "plain"},
        {"my-app", "my-app"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *owner = identity_pod_owner(rows[i].pod);
        OK(text_equal(owner, rows[i].owner), "pod %s is owned by %s", rows[i].pod, owner);
    }
}

static void modules(void) {
    static const struct {
        const char *app, *name;
    } rows[] = {{"app:app", "app"},
                {"shop.wsgi:application", "shop"},
                {"src/main.py", "main"},
                {"pkg.api:create_app()", "pkg.api"},
                {"shop.asgi", "shop"}};
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *name = identity_app_module(rows[i].app);
        OK(text_equal(name, rows[i].name), "app %s is called %s", rows[i].app, name);
    }
}

static void attributes(void) {
    static const struct {
        const char *attributes, *value;
    } rows[] = {{"service.name=a", "a"},
                {"x=1,service.name=a,service.name=b", "b"},
                {"service.name=", NULL},
                {" service.name = a%20b ", "a b"},
                {"service.name=a%2", "a%2"},
                {"service.names=a", NULL},
                {NULL, NULL}};
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *value = identity_resource_attribute(rows[i].attributes, "service.name");
        OK(rows[i].value ? text_equal(value, rows[i].value) : !value, "service.name in '%s'",
           rows[i].attributes ? rows[i].attributes : "nothing");
    }
}

static void django(void) {
    static const struct {
        const char *source, *module;
    } rows[] = {{"os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')", "shop.settings"},
                {"os.environ.setdefault(\n    \"DJANGO_SETTINGS_MODULE\",\n    \"a.b\",\n)", "a.b"},
                {"os.environ[\"DJANGO_SETTINGS_MODULE\"] = \"a.b\"", "a.b"},
                {"setdefault('DJANGO_SETTINGS_MODULE', name)", NULL},
                {"print('hello')", NULL}};
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *module = identity_django_literal(rows[i].source);
        OK(rows[i].module ? text_equal(module, rows[i].module) : !module, "settings module, row %zu", i);
    }
}

static void units(void) {
    static const struct {
        const char *cgroups, *unit;
    } rows[] = {{"0::/system.slice/fastapi.service\n", "fastapi.service"},
                {"1:name=systemd:/system.slice/shop@1.service\n0::/\n", "shop@1.service"},
                {"0::/system.slice/docker.service\n", NULL},
                {"0::/user.slice/user-1000.slice/session-2.scope\n", NULL},
                {"", NULL}};
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *unit = place_systemd_unit(rows[i].cgroups);
        OK(rows[i].unit ? text_equal(unit, rows[i].unit) : !unit, "systemd unit, row %zu", i);
    }
}

static void metadata(void) {
    char name[64];
    static const char body[] =
        "{\"Name\":\"short\",\"Labels\":{\"com.amazonaws.ecs.container-name\":\"web\"}}";
    OK(metadata_container_name(body, strlen(body), name, sizeof name) && text_equal(name, "web"),
       "the container's name comes from its label");
    static const char family[] = "{\"Labels\":{\"com.amazonaws.ecs.task-definition-family\":\"shop\"}}";
    OK(metadata_container_name(family, strlen(family), name, sizeof name) && text_equal(name, "shop"),
       "without a container's name the family serves");
    OK(!metadata_container_name("<html>", 6, name, sizeof name) && name[0] == '\0', "html is no metadata");
    OK(!metadata_plain_name("a\nb", 3, name, sizeof name), "two lines are no name");
}

int main(void) {
    pods();
    modules();
    attributes();
    django();
    units();
    metadata();
    return done_testing();
}
