#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/userdata/userdata.h"
#include "dockerfile-patcher/script/boot.h"
#include "dockerfile-patcher/text/find.h"

/* user-data.sh, userdata.tpl, web_user_data.yaml, cloud-init.yml, bootstrap.sh, ec2-setup.sh, startup_script.tpl */
static bool recognise(const char *path, const char *base) {
    static const char *const names[] = {"user-data",  "userdata",  "user_data",    "cloud-init",
                                        "cloud_init", "cloudinit", "cloud-config", "cloud_config",
                                        "bootstrap",  "ec2-setup", "ec2_setup",    "startup"};
    static const char *const endings[] = {".sh",   ".bash", ".tpl", ".tftpl", ".txt",
                                          ".yaml", ".yml",  ".cfg", ".mime"};
    (void)path;
    cleanup_free char *small = memory_copy(base);
    for (char *at = small; *at; at++)
        if (*at >= 'A' && *at <= 'Z') *at = (char)(*at | 32);
    bool named = false, ends = !strchr(small, '.');
    for (size_t i = 0; i < array_length(names); i++) named |= strstr(small, names[i]) != NULL;
    for (size_t i = 0; i < array_length(endings); i++) ends |= text_ends(small, endings[i]);
    return named && ends;
}

static bool begins(const struct source *source, const char *text) {
    return strncmp(source->bytes + source->begin, text, strlen(text)) == 0;
}

static enum userdata_kind kind_of(const struct source *source) {
    const char *first = source->bytes + source->begin;
    size_t line = strcspn(first, "\n");
    if (begins(source, "#!")) return find_bytes(first, line, "sh", 2) ? USERDATA_SCRIPT : USERDATA_UNKNOWN;
    if (begins(source, "#cloud-config")) return USERDATA_CLOUD_CONFIG;
    if (begins(source, "Content-Type: multipart/") || begins(source, "MIME-Version:")) return USERDATA_MIME;
    return text_ends(source->path, ".sh") ? USERDATA_SCRIPT : USERDATA_UNKNOWN;
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct userdata *userdata = memory_zeroed(1, sizeof *userdata);
    (void)unit;
    (void)links;
    document->model = userdata;
    userdata->kind = kind_of(&document->source);
    return userdata->kind != USERDATA_UNKNOWN;
}

static void plan(struct unit *unit, struct document *document) {
    struct userdata *userdata = document->model;
    if (!document->service) document->service = unit_service(unit, document->shown);
    struct span whole = {document->source.begin, document->source.length};
    if (userdata->kind == USERDATA_SCRIPT) userdata_plan_script(unit, document, whole, 0);
}

void userdata_plan_script(struct unit *unit, struct document *document, struct span span, size_t other_raw) {
    struct script script;
    struct machine machine = {.user_data = true, .other_raw = other_raw};
    script_of_lines(&script, document, document->service, span, false);
    boot_plan(unit, &script, &machine);
    script_free(&script);
}

const struct format format_userdata = {
    .name = "userdata",
    .help = "UserData: shell scripts, cloud-init YAML and MIME messages, by their names",
    .recognise = recognise,
    .scan = scan,
    .plan = plan,
    .release = free,
};
