#include "dockerfile-patcher/lint/report.h"

#include <stdio.h>

#include "common/memory.h"
#include "common/text.h"

const char *const severity_words[] = {"note", "warning", "error"};

void lint_report_begin(struct lint_report *report, const struct settings *settings) {
    *report = (struct lint_report){.settings = settings};
    if (settings->json || settings->sarif) report->items = cJSON_CreateArray();
}

static void print_finding(const struct lint_finding *finding, const char *path) {
    const struct lint_rule *rule = finding->rule;
    printf("%s:", path);
    if (finding->at.place.line) printf("%zu:%zu:", finding->at.place.line, finding->at.place.column);
    printf(" %s: %s [%s]\n    fix: %s\n", severity_words[rule->severity], finding->reason, rule->id,
           rule->fix);
}

static cJSON *json_finding(const struct lint_finding *finding, const char *path) {
    const struct lint_rule *rule = finding->rule;
    cJSON *item = cJSON_CreateObject();
    cleanup_free char *page = memory_format("%s#%s", LINT_PAGE, rule->id);
    cJSON_AddStringToObject(item, "id", rule->id);
    cJSON_AddStringToObject(item, "severity", severity_words[rule->severity]);
    cJSON_AddStringToObject(item, "path", path);
    if (finding->at.place.line) {
        cJSON_AddNumberToObject(item, "line", (double)finding->at.place.line);
        cJSON_AddNumberToObject(item, "column", (double)finding->at.place.column);
    }
    cJSON_AddStringToObject(item, "reason", finding->reason);
    cJSON_AddStringToObject(item, "fix", rule->fix);
    cJSON_AddStringToObject(item, "page", page);
    return item;
}

void lint_report_add(struct lint_report *report, const char *root, const struct lint_findings *findings) {
    for (size_t i = 0; i < findings->count; i++) {
        const struct lint_finding *finding = &findings->items[i];
        cleanup_free char *path =
            root ? text_join_path(root, finding->at.path) : memory_copy(finding->at.path);
        report->counts[finding->rule->severity]++;
        if (!report->items)
            print_finding(finding, path);
        else
            cJSON_AddItemToArray(report->items, report->settings->sarif ? sarif_result(finding, path)
                                                                        : json_finding(finding, path));
    }
}

static cJSON *json_report(const struct lint_report *report) {
    cJSON *root = cJSON_CreateObject();
    cJSON *summary = cJSON_CreateObject();
    for (size_t i = 0; i < array_length(report->counts); i++)
        cJSON_AddNumberToObject(summary, severity_words[i], (double)report->counts[i]);
    cJSON_AddItemToObject(root, "findings", report->items);
    cJSON_AddItemToObject(root, "summary", summary);
    return root;
}

static void print_count(const struct lint_report *report, enum severity severity, const char *behind) {
    size_t count = report->counts[severity];
    printf("%zu %s%s%s", count, severity_words[severity], count == 1 ? "" : "s", behind);
}

bool lint_report_end(struct lint_report *report) {
    if (!report->items) {
        print_count(report, SEVERITY_ERROR, ", ");
        print_count(report, SEVERITY_WARNING, ", ");
        print_count(report, SEVERITY_NOTE, "\n");
        return fflush(stdout) == 0;
    }
    cJSON *root = report->settings->sarif ? sarif_log(report->items) : json_report(report);
    cleanup_free char *printed = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return printed && puts(printed) >= 0 && fflush(stdout) == 0;
}
