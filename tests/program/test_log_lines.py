"""wsgi-hooks/log_correlation.py: which lines get ids, and where in them."""

import importlib.util
import logging
import sys

import pytest

from tests.support.program import TOP

IDS = " trace_id=1 span_id=2"


@pytest.fixture(scope="module")
def correlation():
    spec = importlib.util.spec_from_file_location("log_correlation", TOP / "wsgi-hooks/log_correlation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("paid", f"paid{IDS}"),
        ("failed\nTraceback:\n  x", f"failed{IDS}\nTraceback:\n  x"),
        ('{"message": "paid"}', '{"message": "paid"}'),
        ("paid trace_id=9", "paid trace_id=9"),
        ("", IDS),
    ],
)
def test_where_the_ids_go(correlation, line, expected):
    assert correlation.add_ids(line, IDS) == expected
    assert correlation.add_ids(line, "") == line


def test_a_process_without_a_span_logs_as_ever(correlation, monkeypatch):
    monkeypatch.setattr(logging.Formatter, "format", logging.Formatter.format)
    monkeypatch.delitem(sys.modules, "opentelemetry.trace", raising=False)
    correlation.install()
    record = logging.LogRecord("shop", logging.INFO, "x.py", 1, "paid %d", (3,), None)
    assert logging.Formatter("%(levelname)s %(message)s").format(record) == "INFO paid 3"


def test_a_line_that_cannot_be_completed_is_written_all_the_same(correlation, monkeypatch):
    monkeypatch.setattr(logging.Formatter, "format", logging.Formatter.format)
    monkeypatch.setattr(correlation, "current_ids", lambda: 1 / 0)
    correlation.install()
    record = logging.LogRecord("shop", logging.INFO, "x.py", 1, "paid", (), None)
    assert logging.Formatter("%(message)s").format(record) == "paid"
