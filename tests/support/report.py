"""What has arrived, as a person wants to see it: services, the calls between, queries, one trace."""

from __future__ import annotations

from collections import Counter

HEAD = ("requests", "latency ms", "errors", "faults")


def table(head, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = []
        for cell, width in zip(row, widths, strict=True):
            number = cell.replace(".", "").isdigit() or cell in HEAD
            cells.append(cell.rjust(width) if number else cell.ljust(width))
        print("  " + "  ".join(cells).rstrip())


def grouped(seen, key):
    """key(point) → its row of numbers, in the order of the keys."""
    rows = {}
    for name in ("Latency", "Error", "Fault"):
        for point in seen.app_signals(name):
            if (found := key(point)) is None:
                continue
            row = rows.setdefault(found, {"count": 0, "Latency": 0.0, "Error": 0.0, "Fault": 0.0})
            row[name] += point.total
            row["count"] += point.count if name == "Latency" else 0
    for found in sorted(rows):
        row = rows[found]
        mean = row["Latency"] / max(row["count"], 1)
        yield [*found, row["count"], f"{mean:.1f}", int(row["Error"]), int(row["Fault"])]


def requests(point):
    return None if point["RemoteService"] else (point["Service"], point["Operation"])


def calls(names):
    """Dependencies; `names` says which service listens at an address."""

    def key(point):
        remote = point["RemoteService"]
        if not remote:
            return None
        remote = f"{remote} ({names[remote]})" if remote in names else remote
        return point["Service"], point["Operation"], remote, point["RemoteOperation"]

    return key


def show_trace(spans):
    """The spans as a tree, the way they called each other."""
    children = {}
    known = {span.span_id for span in spans}
    for span in spans:
        children.setdefault(span.parent_id if span.parent_id in known else "", []).append(span)

    def walk(parent, depth):
        for span in children.get(parent, ()):
            what = span.attributes.get("db.statement") or span.name
            print(f"  {span.milliseconds:7.1f} ms  {'  ' * depth}{span.service}  {span.kind}  {what}")
            walk(span.span_id, depth + 1)

    walk("", 0)


def show(seen, names):
    print("\nservices (Latency, Error, Fault of Application Signals)")
    table(("service", "operation", *HEAD), grouped(seen, requests))
    print("\ncalls between")
    table(("service", "operation", "remote service", "remote operation", *HEAD), grouped(seen, calls(names)))

    print("\ndatabase queries")
    queries = Counter(
        (span.service, span.database, span.attributes.get("db.statement", ""))
        for span in seen.spans()
        if span.database
    )
    table(("service", "database", "query", "spans"), [[*query, count] for query, count in queries.items()])

    print("\none trace across services")
    across = [found for found in seen.traces().values() if len({span.service for span in found}) > 1]
    if across:
        print(f"  {across[0][0].trace_id}, one of {len(across)}")
        show_trace(across[0])
    else:
        print("  none has arrived")
