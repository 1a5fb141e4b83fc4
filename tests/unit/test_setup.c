/* The pure parts of appsig-setup: merged configurations, pip's report, wrapped commands. */
#include "tap.h"

#include <stdlib.h>

#include "common/memory.h"
#include "host-setup/linediff.h"
#include "host-setup/merge.h"
#include "host-setup/pip.h"
#include "host-setup/unitfile.h"

static void merges(void) {
    static const struct {
        const char *name, *have, *want;
    } rows[] = {
        {"an empty object", "{}",
         "{\n  \"traces\": {\n    \"traces_collected\": {\n      \"application_signals\": {}\n    }\n  },\n"
         "  \"logs\": {\n    \"metrics_collected\": {\n      \"application_signals\": {}\n    }\n  }\n}\n"},
        {"digits and unknown keys stay",
         "{\n\t\"agent\": {\"big\": 12345678901234567890, \"small\": 1.0, \"new_key\": null},\n"
         "\t\"traces\": {\"traces_collected\": {\"application_signals\": {\"x\": 1e3}}}\n}\n",
         "{\n\t\"agent\": {\n\t\t\"big\": 12345678901234567890,\n\t\t\"small\": 1.0,\n\t\t\"new_key\": null\n\t},\n"
         "\t\"traces\": {\n\t\t\"traces_collected\": {\n\t\t\t\"application_signals\": {\n\t\t\t\t\"x\": 1e3\n"
         "\t\t\t}\n\t\t}\n\t},\n\t\"logs\": {\n\t\t\"metrics_collected\": {\n\t\t\t\"application_signals\": {}\n"
         "\t\t}\n\t}\n}\n"},
        {"all is there, under the older name",
         "{\"traces\":{\"traces_collected\":{\"app_signals\":{}}},\"logs\":{\"metrics_collected\":{\"app_signals\":{}}}}",
         "{\"traces\":{\"traces_collected\":{\"app_signals\":{}}},\"logs\":{\"metrics_collected\":{\"app_signals\":{}}}}"},
        {"a receiver on our ports goes, the proxy moves",
         "{\n \"traces\": {\"traces_collected\": {\"application_signals\": {},\n \"xray\": {\"bind_address\": "
         "\"127.0.0.1:2000\", \"tcp_proxy_bind_address\": \"127.0.0.1:2000\"}, \"otlp\": {\"http_endpoint\": "
         "\"127.0.0.1:4316\"}}},\n \"logs\": {\"metrics_collected\": {\"application_signals\": {}}}\n}",
         "{\n \"traces\": {\n  \"traces_collected\": {\n   \"application_signals\": {},\n   \"xray\": {\n"
         "    \"bind_address\": \"127.0.0.1:2000\",\n    \"tcp_proxy\": {\n     \"bind_address\": \"127.0.0.1:2001\"\n"
         "    }\n   }\n  }\n },\n \"logs\": {\n  \"metrics_collected\": {\n   \"application_signals\": {}\n  }\n }\n}\n"},
        {"a receiver on other ports stays",
         "{\"traces\":{\"traces_collected\":{\"application_signals\":{},\"otlp\":{\"http_endpoint\":\"0.0.0.0:4318\"}}},"
         "\"logs\":{\"metrics_collected\":{\"application_signals\":{}}}}",
         "{\"traces\":{\"traces_collected\":{\"application_signals\":{},\"otlp\":{\"http_endpoint\":\"0.0.0.0:4318\"}}},"
         "\"logs\":{\"metrics_collected\":{\"application_signals\":{}}}}"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct merge merge, again;
        merge_config(rows[i].have, false, &merge);
        IS_STR(merge.bytes, rows[i].want, "%s", rows[i].name);
        IS_INT(merge.changed, strcmp(rows[i].have, rows[i].want) != 0, "%s: told whether it changed",
               rows[i].name);
        merge_config(merge.bytes, false, &again);
        OK(!again.changed, "%s: a second merge has nothing to do", rows[i].name);
        OK(merge_has_sections(merge.bytes), "%s: both sections", rows[i].name);
        merge_free(&again);
        merge_free(&merge);
    }
    OK(!merge_has_sections("{}") && !merge_has_sections(NULL), "no sections where there are none");
}

static void refused(void) {
    static const struct {
        const char *have, *complaint;
    } rows[] = {
        {"{\n // mine\n}", "is not JSON: line 2 (a comment would be lost)"},
        {"{} x", "is not JSON: line 1"},
        {"[]", "is not a JSON object"},
        {"{\"a\": 01}", "is not JSON: line 1"},
        {"{\"a\": 1, \"a\": 2}", "has the key \"a\" twice in one object"},
        {"{\"traces\": []}", "has a \"traces\" that is no object"},
        {"{\"logs\": {\"metrics_collected\": 1}}", "has a \"metrics_collected\" that is no object"},
        {"nonsense", "is not JSON: line 1"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct merge merge;
        merge_config(rows[i].have, false, &merge);
        IS_STR(merge.complaint, rows[i].complaint, "refused: %s", rows[i].have);
        OK(!merge.bytes, "and not merged");
        merge_free(&merge);
    }
}

static void metrics(void) {
    struct merge merge;
    merge_config("{\"metrics\": {\"metrics_collected\": {\"cpu\": {\"measurement\": [\"mine\"]}}}}", true,
                 &merge);
    OK(strstr(merge.bytes, "\"mine\"") && !strstr(merge.bytes, "cpu_usage_idle"),
       "a metric of the user's stays");
    OK(strstr(merge.bytes, "\"disk\"") && strstr(merge.bytes, "mem_used_percent"), "the others come");
    merge_free(&merge);
}

static void reports(void) {
    static const char json[] =
        "{\"version\":\"1\",\"install\":[{\"metadata\":{\"name\":\"Proto_Buf\",\"version\":\"6.33\"}},"
        "{\"metadata\":{\"name\":\"aws-opentelemetry-distro\",\"version\":\"0.21.0\"}},"
        "{\"metadata\":{\"name\":\"same\",\"version\":\"1\"}}]}";
    struct strings packages = {0};
    strings_add(&packages, "proto-buf==4.25");
    strings_add(&packages, "same==1");
    struct pip_report report;
    OK(pip_report_read(json, &packages, &report), "a report is read");
    IS_INT(report.changed.count, 1, "one package would change");
    IS_STR(report.changed.items[0], "proto-buf 4.25 -> 6.33", "both versions are named");
    IS_STR(report.added.items[0], "aws-opentelemetry-distro", "and one is new");
    IS_INT(report.added.count, 1, "what is there in the same version is neither");
    pip_report_free(&report);
    OK(!pip_report_read("no such option: --report", &packages, &report), "what is no report");
    pip_report_free(&report);
    OK(!pip_report_read(NULL, &packages, &report), "nothing at all");
    pip_report_free(&report);
    strings_free(&packages);
}

static void wrapped(void) {
    static const struct {
        const char *start, *want;
    } rows[] = {
        {"/v/bin/uvicorn main:app", "/s -- /v/bin/uvicorn main:app"},
        {"-/v/bin/x", "-/s -- /v/bin/x"},
        {"+!/v/bin/x a", "+!/s -- /v/bin/x a"},
        {"@/v/bin/x name", NULL},
        {"-", NULL},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        const char *complaint = NULL;
        cleanup_free char *made = unitfile_wrap(rows[i].start, "/s", &complaint);
        IS_STR(made, rows[i].want, "ExecStart=%s", rows[i].start);
        OK(made || complaint, "or it is said why not");
    }
}

static void hardening(void) {
    static const struct {
        const char *key, *value, *other_key, *other_value;
        size_t notes;
    } rows[] = {
        {"PrivateNetwork", "yes", NULL, NULL, 1},
        {"PrivateNetwork", "no", NULL, NULL, 0},
        {"RestrictAddressFamilies", "AF_UNIX", NULL, NULL, 1},
        {"RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6", NULL, NULL, 0},
        {"RestrictAddressFamilies", "~AF_PACKET AF_INET", NULL, NULL, 1},
        {"IPAddressDeny", "any", NULL, NULL, 1},
        {"IPAddressDeny", "any", "IPAddressAllow", "10.0.0.0/8 localhost", 0},
        {"IPAddressDeny", "any", "IPAddressAllow", "10.0.0.0/8", 1},
        {"DynamicUser", "yes", "ProtectSystem", "strict", 2},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct unit_setting settings[] = {
            {"Service", (char *)rows[i].key, (char *)rows[i].value},
            {"Service", (char *)rows[i].other_key, (char *)rows[i].other_value}};
        const struct unitfile unit = {
            .name = "app.service", .settings = settings, .count = rows[i].other_key ? 2 : 1};
        struct strings notes = {0};
        unitfile_hardening(&unit, false, &notes);
        IS_INT(notes.count, rows[i].notes, "%s=%s, %s: notes", rows[i].key, rows[i].value,
               rows[i].other_key ? rows[i].other_value : "alone");
        strings_free(&notes);
    }
}

static void diffs(void) {
    cleanup_text struct text out = {0}, none = {0};
    linediff(&out, "/x", "a\nb\nc\n", "a\nB\nc\n");
    IS_STR(out.bytes, "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n", "one line changed");
    linediff(&none, "/x", "a\n", "a\n");
    IS_INT(none.length, 0, "nothing changed");
}

int main(void) {
    merges();
    refused();
    metrics();
    reports();
    wrapped();
    hardening();
    diffs();
    return done_testing();
}
