/* The lines on standard error. One line per fact worth telling, prefix "appsig: "; as JSON for those who collect logs.
 * Standard output is never written to. Where standard error is closed, nothing is written anywhere: its number may
 * meanwhile belong to another file. */
#ifndef SHIM_REPORT_H
#define SHIM_REPORT_H

#include <stdbool.h>

enum report_level { REPORT_ERROR, REPORT_WARNING, REPORT_NOTICE, REPORT_DEBUG };

struct report {
    enum report_level most; /* lines above this level are not written */
    bool json;
    bool open; /* standard error was open when the program started */
};

void report_open(struct report *report);

/* Level and format from APPSIG_LOG's and APPSIG_LOG_FORMAT's values; NULL leaves the default. */
void report_configure(struct report *report, const char *level, const char *format);

void report_line(const struct report *report, enum report_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
