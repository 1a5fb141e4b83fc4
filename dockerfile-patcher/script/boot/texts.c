#include "dockerfile-patcher/script/boot/texts.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

const struct boot_block boot_blocks[] = {
    [BLOCK_INSTALL] = {"# appsig: the CloudWatch agent", "|| true"},
    [BLOCK_CONFIG] = {"# appsig: its configuration for Application Signals", "-config -m ec2 -s -c file:"},
    [BLOCK_FETCH] = {"# appsig: the agent takes its configuration", "-config -m ec2 -s -c file:"},
    [BLOCK_SHIM] = {"# appsig: appsig-exec, which the app is started by", ">&2 || true"},
    [BLOCK_ADOT] = {"# appsig: ADOT, which instruments the app", BOOT_ADOT " || true"},
};
const size_t boot_block_count = array_length(boot_blocks);

const char boot_guide_config_mark[] = "# Create CloudWatch Agent configuration for Application Signals";
const char boot_guide_fetch_mark[] = "# Start CloudWatch Agent with Application Signals configuration";
const char boot_guide_adot_mark[] = "# Install ADOT Python auto-instrumentation";
const char boot_guide_environment_mark[] = "# Set OpenTelemetry environment variables";
const char boot_guide_start_mark[] = "# Start application with ADOT instrumentation";
const char boot_guide_django_mark[] = "# Start Django application with ADOT instrumentation";

static const char *guarded(const struct boot *boot) { return boot->guide ? "" : " || true"; }

/* AWS's package for whatever the machine is: what the script cannot tell, the machine tells when it boots. */
static void add_url(const struct boot *boot, struct text *out) {
    const struct agent_system *system = boot->system ? boot->system : agent_system_named("ubuntu");
    bool rpm = strcmp(system->kind, "rpm") == 0;
    cleanup_free char *url = agent_package_url(system, "amd64");
    const char *architecture = !text_has_word(system->architectures, "arm64") ? "amd64"
                               : rpm ? "$(uname -m | sed 's/x86_64/amd64/;s/aarch64/arm64/')"
                                     : "$(dpkg --print-architecture)";
    char *middle = strstr(url, "/amd64/");
    char *folder = middle - strlen(system->folder);
    text_add_bytes(out, url, (size_t)(folder - url));
    text_add_format(out, "%s/%s%s", boot->system ? system->folder : "$(. /etc/os-release && echo \"$ID\")",
                    architecture, middle + strlen("/amd64"));
}

void boot_text_install(const struct boot *boot, struct text *out) {
    const struct agent_system *system = boot->system ? boot->system : agent_system_named("ubuntu");
    if (!boot->guide) text_add_format(out, "%s\n", boot_blocks[BLOCK_INSTALL].mark);
    if (system->install) {
        text_add_format(out, "%s%s%s", boot->sudo, system->install, guarded(boot));
        return;
    }
    cleanup_free char *file = memory_format("/tmp/" AGENT_PACKAGE ".%s", system->kind);
    text_add_format(out, "curl -fsSL -o %s \"", file);
    add_url(boot, out);
    text_add_format(out, "\"%s%s%s %s%s", boot->guide ? "\n" : " && ", boot->sudo, system->install_file, file,
                    guarded(boot));
}

void boot_text_config(const struct boot *boot, struct text *out, const char *path) {
    bool sudo = *boot->sudo != '\0';
    text_add_format(out, "%s\n", boot->guide ? boot_guide_config_mark : boot_blocks[BLOCK_CONFIG].mark);
    if (sudo)
        text_add_format(out, "sudo tee %s > /dev/null", path);
    else
        text_add_format(out, "cat > %s", path);
    text_add_format(out, " << '%s'%s\n", boot->delimiter, guarded(boot));
    for (const char *const *line = agent_config_lines; *line; line++) text_add_format(out, "%s\n", *line);
    text_add(out, boot->delimiter);
}

void boot_text_fetch(const struct boot *boot, struct text *out, const char *action, const char *path) {
    if (boot->guide) {
        text_add_format(out, "%s\n%s" AGENT_CTL " \\\n  -a %s \\\n  -m ec2 \\\n  -s \\\n  -c file:%s",
                        boot_guide_fetch_mark, boot->sudo, action, path);
        return;
    }
    if (!out->length) text_add_format(out, "%s\n", boot_blocks[BLOCK_FETCH].mark);
    text_add_format(out, "%s" AGENT_CTL " -a %s -m ec2 -s -c file:%s || true", boot->sudo, action, path);
}

/* "URL#sha256=DIGEST" of --shim-source. A file that is not what it should be, or for another processor, is not left
 * behind: then the app is started without it. */
static void add_download(const struct boot *boot, struct text *out, const char *reference) {
    const char *sign = strstr(reference, "#sha256=");
    int length = sign ? (int)(sign - reference) : (int)strlen(reference);
    const char *sudo = boot->sudo;
    text_add_format(out, "curl -fsSL --retry 3 --max-time 120 -o /tmp/appsig-exec '%.*s' && \\\n", length,
                    reference);
    text_add_format(out, "  echo '%s  /tmp/appsig-exec' | sha256sum -c - > /dev/null && \\\n",
                    sign ? sign + strlen("#sha256=") : "");
    text_add_format(out,
                    "  chmod 755 /tmp/appsig-exec && /tmp/appsig-exec --version > /dev/null && \\\n"
                    "  %smv /tmp/appsig-exec " BOOT_SHIM " || true\n",
                    sudo);
}

void boot_text_shim(const struct boot *boot, struct text *out) {
    const struct settings *settings = boot->unit->settings;
    text_add_format(out, "%s\n", boot_blocks[BLOCK_SHIM].mark);
    if (settings->shim_source == SHIM_URL) add_download(boot, out, settings->shim_reference);
    text_add(out, "command -v appsig-exec > /dev/null || "
                  "echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true");
}

bool boot_is_guide_install(const char *line) {
    if (text_starts(line, "sudo ")) line += strlen("sudo ");
    for (size_t i = 0; i < agent_system_count; i++) {
        const struct agent_system *system = &agent_systems[i];
        cleanup_free char *file =
            memory_format("%s /tmp/" AGENT_PACKAGE ".%s", system->install_file, system->kind);
        if (strcmp(line, system->install ? system->install : file) == 0) return true;
    }
    return text_starts(line, "curl -fsSL -o /tmp/" AGENT_PACKAGE ".");
}
