/* appsig-patch --lint: the files of a repository as one contract. Reads and tells, never writes. */
#ifndef PATCH_LINT_H
#define PATCH_LINT_H

#include "common/error.h"
#include "dockerfile-patcher/settings.h"

/* All roots; findings go to standard output as text, as JSON (settings->json) or as SARIF 2.1.0 (settings->sarif). Returns
 * EXIT_PENDING where a finding is as grave as settings->fail_on or graver, else EXIT_DONE; *error for a root that is not
 * there, an output that cannot be written, and for --write and --remove beside --lint. */
int lint_roots(struct settings *settings, struct error **error);

/* docs/lint.md, made of the rules. False where it cannot be written. */
bool lint_print_page(void);

#endif
