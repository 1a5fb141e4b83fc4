"""gunicorn's and uWSGI's configs: the servers' own verdict after as before, on cases and on real files."""

import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from tests.program.test_patch_cases import CASES
from tests.support import patch as patcher
from tests.support.program import TOP, clean

CORPUS = TOP.parent / "shared" / "corpus"
BIN = Path(sys.executable).parent
NOT_CONFIGS = ("test_", "workers.py")
GUNICORN = sorted(CASES.glob("gunicorn/*/in/gunicorn.conf.py")) + [
    path
    for path in sorted(CORPUS.glob("gunicorn/*.py"))
    if not any(word in path.name for word in NOT_CONFIGS)
]
UWSGI = sorted(CASES.glob("uwsgi/*/in/*.ini")) + sorted(CORPUS.glob("uwsgi/*.ini"))
MODULE = "opentelemetry.instrumentation.auto_instrumentation"
ANSWERS = ["--set=MANUAL_SETUP=add", "--set=LAZY_APPS=true", "--set=ENABLE_THREADS=true"]


def patched(path, kind, *words):
    """Patches the copy; its reported edits are what became of the bytes, and a second run has none."""
    before = path.read_bytes()
    options = ["--style=guide", f"--only={kind}", *ANSWERS, *words]
    _, answer = patcher.patch_json(*options, str(path))
    done = patcher.patch(*options, "--write", str(path))
    assert done.returncode in (0, 3), done.stdout
    [file] = patcher.files_of(answer)
    assert path.read_bytes() == patcher.apply_edits(before, file["edits"])
    again = patcher.patch(*options, "--diff", str(path))
    assert b"diff --git" not in again.stdout
    return before


def copied(source, folder, name):
    path = folder / name
    path.write_bytes(source.read_bytes())
    return path


def check_config(path):
    (path.parent / "app.py").write_text("def app(environ, start_response):\n    return []\n")
    words = [sys.executable, "-m", "gunicorn", "--check-config", "-c", path.name, "app:app"]
    done = subprocess.run(
        words, cwd=path.parent, capture_output=True, text=True, env=clean({}), timeout=60, check=False
    )
    return done.returncode


def compiles(path):
    done = subprocess.run([sys.executable, "-m", "py_compile", path], capture_output=True, check=False)
    return done.returncode


def source_id(path):
    return path.parents[1].name + "/" + path.name if path.parent.name == "in" else path.name


@pytest.mark.parametrize("source", GUNICORN, ids=source_id)
@pytest.mark.release
def test_gunicorn_reads_it_after_as_before(source, tmp_path):
    path = copied(source, tmp_path, "gunicorn.conf.py")
    before = compiles(path), check_config(path)
    original = patched(path, "gunicorn")
    assert (compiles(path), check_config(path)) == before
    patcher.patch("--remove", "--only=gunicorn", "--write", str(path))
    if MODULE.encode() not in original:
        assert path.read_bytes() == original


@pytest.mark.parametrize(
    "case", sorted(path.parents[1] for path in CASES.glob("gunicorn/*/want/*.py")), ids=lambda case: case.name
)
def test_the_hook_runs_and_what_was_there_runs_too(case):
    """post_fork of the patched file, called: the instrumentation is imported, and the old body runs."""
    imported = mock.MagicMock()
    calls = {}
    modules = {MODULE: imported, "opentelemetry": mock.MagicMock(), "x": mock.MagicMock(wrap=lambda it: it)}
    modules |= {name: mock.MagicMock() for name in ("opentelemetry.sdk", "opentelemetry.sdk.trace")}
    for state in ("in", "want"):
        server, worker = mock.MagicMock(), mock.MagicMock()
        with mock.patch.dict(sys.modules, modules):
            scope = {}
            exec((case / state / "gunicorn.conf.py").read_text(), scope)
            scope.get("post_fork", lambda *_: None)(server, worker)
        calls[state] = (len(server.mock_calls), len(worker.mock_calls))
    assert calls["want"] == calls["in"]
    assert "sitecustomize" in dir(imported)


def shown_config(path):
    """The config as uWSGI has read it, a key a line; --no-server ends it before it serves."""
    command = [BIN / "uwsgi", "--ini", path.name, "--show-config", "--no-server"]
    done = subprocess.run(
        command,
        cwd=path.parent,
        capture_output=True,
        text=True,
        env=clean({"PORT": "0"}),
        timeout=60,
        check=False,
    )
    text = done.stdout + done.stderr
    inside = text.partition("[uwsgi]\n")[2].partition(";end of configuration")[0]
    return inside.splitlines()


@pytest.mark.parametrize("source", UWSGI, ids=source_id)
@pytest.mark.release
def test_uwsgi_reads_it_after_as_before(source, tmp_path):
    path = copied(source, tmp_path, "uwsgi.ini")
    before = shown_config(path)
    original = patched(path, "uwsgi")
    after = shown_config(path)
    if path.read_bytes() == original:
        return
    kept = [line for line in before if not line.startswith("lazy-apps = ")]
    assert [line for line in after if line in kept] == kept, "in order, and nothing is lost"
    assert f"import = {MODULE}.sitecustomize" in after
    for names in (("enable-threads",), ("lazy-apps", "lazy")):
        assert any(f"{name} = {value}" in after for name in names for value in ("", "true")), names
    patcher.patch("--remove", "--only=uwsgi", "--write", str(path))
    assert path.read_bytes() == original


def test_uwsgi_knows_each_key_strictly(tmp_path):
    """The judge can say no: an unknown key ends it under strict, ours do not."""
    path = tmp_path / "uwsgi.ini"
    path.write_text("[uwsgi]\nstrict = true\nshop = 1\n")
    assert shown_config(path) == []
    path.write_text("[uwsgi]\nstrict = true\n")
    patched(path, "uwsgi")
    assert "lazy-apps = true" in shown_config(path)


def test_the_corpus_is_extended(tmp_path):
    """Most real configs are, and each of the others for a reason that is said."""
    sources = [path for path in [*GUNICORN, *UWSGI] if CASES not in path.parents]
    if not sources:
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    folder = tmp_path / "repository"
    folder.mkdir()
    for source in sources:
        name = source.name if source.suffix == ".py" or "uwsgi" in source.name else f"uwsgi-{source.name}"
        copied(source, folder, name)
    words = ["--style=guide", "--only=gunicorn", "--only=uwsgi", str(folder)]
    _, answer = patcher.patch_json(*words)
    done = {file["path"] for file in patcher.files_of(answer) if file["edits"]}
    told = {item["path"] for item in [*patcher.findings_of(answer), *patcher.questions_of(answer)]}
    seen = {file["path"] for file in patcher.files_of(answer)}
    assert seen - done <= told
    assert len(done) >= 0.9 * len(seen) - 2
