#include "dockerfile-patcher/engine/apply.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/engine/write.h"

/* false: the document's service was refused now, so that others of it have to be looked at again. */
static bool settle_document(struct unit *unit, struct document *document) {
    edits_filter(&document->edits, edit_is_free);
    if (document->edits.count == 0) return true;
    cleanup_free char *complaint = NULL;
    struct source after = {0};
    bool good = edits_sort(&document->edits, document->source.length);
    if (!good) complaint = memory_copy("two edits overlap");
    if (good) {
        size_t length;
        char *bytes = edits_splice(&document->edits, &document->source, &length);
        good = source_take(&after, memory_copy(document->source.path), bytes, length) == SOURCE_READ;
        if (!good) complaint = memory_copy("the result is too large");
        if (good && document->format && document->format->verify)
            good = document->format->verify(document, &after, &complaint);
    }
    source_free(&after);
    if (good) return true;
    for (size_t i = 0; i < document->edits.count; i++)
        if (document->edits.items[i].service) service_of(document->edits.items[i].service)->refused = true;
    unit_refuse(unit, document, FINDING_VERIFY_FAILED, SIZE_MAX, "the result does not read back as meant: %s",
                complaint ? complaint : "unknown");
    edits_filter(&document->edits, edit_is_free);
    return false;
}

void unit_settle(struct unit *unit) {
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < unit->document_count; i++) again |= !settle_document(unit, unit->documents[i]);
    }
}

struct job {
    struct writing writing;
    const struct source *source; /* NULL: a new file */
    const char *path;
    bool committed;
    bool changed; /* no longer the file that was planned */
};

static bool prepare(struct job *job, const char *path, const struct source *source, const char *bytes,
                    size_t length, unsigned mode, struct error **error) {
    *job = (struct job){.source = source, .path = path};
    return write_prepare(&job->writing, path, source, bytes, length, mode, &job->changed, error);
}

/* Best effort: what cannot be put back is named by the error that brought us here. */
static void put_back(struct job *job) {
    struct writing back;
    if (!job->source) {
        remove(job->path);
        return;
    }
    struct source fresh;
    if (source_read(&fresh, job->path, NULL) == SOURCE_READ &&
        write_prepare(&back, job->path, &fresh, job->source->bytes, job->source->length, 0, NULL, NULL)) {
        write_commit(&back, NULL);
        write_abandon(&back);
    }
    source_free(&fresh);
}

static bool prepare_all(struct unit *unit, struct job *jobs, size_t *count, struct error **error) {
    for (size_t i = 0; i < unit->file_count; i++) {
        const struct new_file *file = &unit->files[i];
        if (!service_is_free(file->service)) continue;
        if (!prepare(&jobs[(*count)++], file->path, NULL, file->bytes, file->length, file->mode, error))
            return false;
    }
    /* What was linked comes before what links to it: after a kill between two renames the next run still finds that the
     * file that is looked at first is to be changed. */
    for (size_t i = unit->document_count; i-- > 0;) {
        struct document *document = unit->documents[i];
        if (document->edits.count == 0) continue;
        size_t length;
        cleanup_free char *bytes = edits_splice(&document->edits, &document->source, &length);
        if (strcmp(document->source.path, "-") == 0) {
            fwrite(bytes, 1, length, stdout);
            continue;
        }
        if (!prepare(&jobs[(*count)++], document->source.path, &document->source, bytes, length, 0, error))
            return false;
    }
    return true;
}

void unit_write(struct unit *unit) {
    struct job *jobs = memory_zeroed(unit->file_count + unit->document_count + 1, sizeof *jobs);
    size_t count = 0;
    cleanup_error struct error *error = NULL;
    bool done = prepare_all(unit, jobs, &count, &error);
    for (size_t i = 0; i < count && done; i++)
        done = jobs[i].committed = write_commit(&jobs[i].writing, &error);
    if (!done) {
        for (size_t i = 0; i < count; i++)
            if (jobs[i].committed) put_back(&jobs[i]);
        enum finding_id id = count && jobs[count - 1].changed ? FINDING_CHANGED : FINDING_WRITE_FAILED;
        findings_add(&unit->findings, id, NULL, count ? jobs[count - 1].path : unit->root, SIZE_MAX,
                     "nothing of this service was written: %s", error ? error->message : "unknown");
        for (size_t i = 0; i < unit->service_count; i++) unit->services[i]->refused = true;
        for (size_t i = 0; i < unit->document_count; i++) edits_free(&unit->documents[i]->edits);
    }
    for (size_t i = 0; i < count; i++) write_abandon(&jobs[i].writing);
    free(jobs);
}
