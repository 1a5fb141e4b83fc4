#include <ares_version.h>
#include <cjson/cJSON.h>
#include <curl/curl.h>

#include "gen/version.h"
#include "shim/explain.h"
#include "shim/hookfiles.h"
#include "shim/settings.h"

static const char usage[] =
    "usage: appsig-exec [options] [--] COMMAND [ARGUMENT...]\n"
    "\n"
    "Runs a Python service so that AWS CloudWatch Application Signals sees it: sets the OpenTelemetry environment,\n"
    "checks the CloudWatch agent, prepares gunicorn and uWSGI workers, and becomes the command.\n"
    "\n"
    "Every option can be given as a variable: --service-name as APPSIG_SERVICE_NAME, and so on.\n"
    "\n";

static const char exits[] =
    "\n"
    "The exit code is the command's own; 127: not found, 126: found but not runnable, 125: a bad option, or a strict\n"
    "setting that could not be met. Whatever goes wrong with telemetry costs a line on standard error, never the app.\n";

void explain_help(FILE *stream) {
    fputs(usage, stream);
    options_print(stream, setting_rows, SETTING_COUNT);
    fputs(exits, stream);
}

void explain_version(FILE *stream) {
    fprintf(stream, "appsig-exec %s\n", APPSIG_VERSION);
    fprintf(stream,
            "linked in: libcurl %s, c-ares %s, cJSON %s, iniparser; seccomp filter made by libseccomp\n",
            LIBCURL_VERSION, ARES_VERSION_STR, cJSON_Version());
    for (size_t i = 0; i < embedded_file_count; i++)
        fprintf(stream, "carries: %s %s\n", embedded_files[i].name, embedded_files[i].digest);
}
