"""The patcher over real compose files, each with a Python Dockerfile where it builds one.

Judges: PyYAML, by the data before and after, and Docker Compose 1.29, which must accept what it accepted.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support import patch as patcher
from tests.support.program import TOP, clean

CORPUS = TOP.parent / "shared" / "corpus"
CASES = TOP / "tests" / "cases" / "compose"
CONFIG = TOP / "tests" / "oracle" / "compose_config.py"
STYLES = ["shim", "guide"]
# The projects hold CDK and boot scripts as well, which have tests of their own.
ONLY = ["--only=compose", "--only=dockerfile"]
REASONS = {
    "syntax",
    "template",
    "unsupported",
    "not-python",
    "already-instrumented",
    "not-a-service",
    "ignored",
    "hint",
}
START = "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n"
DOCKERFILES = [
    START + 'CMD ["python", "app.py"]\n',
    START + "CMD gunicorn app:app\n",
    START + 'ENTRYPOINT ["tini", "--"]\nCMD ["python", "app.py"]\n',
    START,
]
# Behind a few folders, as contexts lead upwards.
PLACE = Path("a") / "b" / "c"


class Loader(yaml.SafeLoader):
    """With compose's own tags (!reset, !override) as what they stand on."""


def untagged(loader, _, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


Loader.add_multi_constructor("!", untagged)


def load(data):
    try:
        return list(yaml.load_all(data, Loader))
    except (yaml.YAMLError, ValueError):
        return None


def default(text):
    """${NAME:-default} with its default; None where there is none."""
    while "$" in text:
        before, _, rest = text.partition("${")
        _name, dash, rest = rest.partition("-")
        value, brace, rest = rest.partition("}")
        if not dash or not brace:
            return None
        text = before + value + rest
    return text


def add_dockerfiles(folder, data):
    """A Dockerfile of one shape or another wherever a service is built from a folder of the repository."""
    for number, service in enumerate(services_of(data).values()):
        build = service.get("build") if isinstance(service, dict) else None
        build = {"context": build} if isinstance(build, str) else build
        if not isinstance(build, dict):
            continue
        context, name = (
            default(str(build.get("context", "."))),
            default(str(build.get("dockerfile", "Dockerfile"))),
        )
        if context is None or name is None or "://" in context:
            continue
        path = Path(os.path.normpath(folder / PLACE / context / name))
        if folder in path.parents and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            stage = f" AS {build['target']}" if build.get("target") else ""
            path.write_text(DOCKERFILES[number % 4].replace("slim\n", f"slim{stage}\n", 1))


def services_of(documents):
    found = {}
    for data in documents or []:
        if isinstance(data, dict):
            services = data.get("services", data)
            found.update(services if isinstance(services, dict) else {})
    return {name: value for name, value in found.items() if isinstance(value, dict)}


@pytest.fixture
def repository(tmp_path):
    if not CORPUS.is_dir():
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    root = tmp_path / "repository"
    for number, path in enumerate(sorted((CORPUS / "compose").iterdir())):
        folder = root / str(number)
        (folder / PLACE).mkdir(parents=True)
        shutil.copyfile(path, folder / PLACE / path.name)
        add_dockerfiles(folder, load(path.read_bytes()))
    shutil.copytree(CORPUS / "projects", root / "projects", copy_function=shutil.copyfile)
    for path in root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return root


def answer_all(options, root):
    """The options with an answer to every question, in rounds, as an answer may lead to the next question."""
    for _ in range(4):
        code, answer = patcher.patch_json(*options, str(root))
        open_ones = {item["name"]: item for item in patcher.questions_of(answer)}
        for name, item in open_ones.items():
            value = "shop" if name.startswith("SERVICE_NAME") else (item["candidates"] or ["none"])[0]
            options = [*options, f"--set={name}={value}"]
        if not open_ones:
            return options, answer, code
    raise AssertionError(open_ones)


def tree(root):
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def is_compose(path):
    return "compose" in Path(path).name and Path(path).suffix in (".yml", ".yaml")


LAUNCHERS = ("appsig-exec -- ", "opentelemetry-instrument ")


def words(value):
    """A command as one text, without what is announced: launcher, hook, --noreload, -c for --config."""
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    for launcher in LAUNCHERS:
        text = (text + " ").replace(launcher, "").rstrip(" ")
    text = text.replace(" --noreload", "").replace("--config=", "-c ").replace("--config", "-c")
    return text.replace(" -c gunicorn.conf.py", "").replace(" --ini uwsgi.ini", "")


def variables(value):
    if isinstance(value, list):
        return dict(str(item).partition("=")[::2] for item in value)
    return dict(value or {})


def check_service(before, after):
    """What may be another: the start, more variables, the network. Everything else is equal."""
    for key in ("command", "entrypoint"):
        assert words(before.get(key)) == words(after.get(key))
        assert isinstance(before.get(key), type(after.get(key)))
    was, now = variables(before.get("environment")), variables(after.get("environment"))
    assert {name: now[name] for name in was} == was
    for name in set(now) - set(was):
        assert name.startswith(("OTEL_", "APPSIG_")) or name in (
            "SERVICE_NAME",
            "PORT",
            "DJANGO_SETTINGS_MODULE",
        )
        assert isinstance(now[name], str)
    free = {"command", "entrypoint", "environment", "extra_hosts"}
    if after.get("network_mode") == "host" != before.get("network_mode"):
        free |= {"network_mode", "ports", "networks", "links", "expose"}
        assert not {"ports", "networks", "links", "expose"} & set(after)
    for key in (set(before) | set(after)) - free:
        assert before.get(key) == after.get(key), key


def check_data(before, after):
    was, now = services_of(before), services_of(after)
    assert list(was) == list(now)
    for name, service in was.items():
        check_service(service, now[name])
    for old, new in zip(before, after, strict=True):
        if isinstance(old, dict) and "services" in old:
            for key in set(old) - {"services"}:
                anchored = key.startswith("x-")
                assert anchored or old[key] == new[key]


@pytest.mark.parametrize("network", ["bridge", "host"])
@pytest.mark.parametrize("style", STYLES)
def test_every_compose_file_keeps_what_is_not_announced(repository, tmp_path, style, network):
    before = tree(repository)
    shim = f"--shim-binary={patcher.shim_file(tmp_path)}"
    options, answer, _ = answer_all([shim, *ONLY, f"--style={style}", f"--set=NETWORK={network}"], repository)
    for finding in patcher.findings_of(answer):
        assert finding["id"] in REASONS | {"unused-answer"}, finding
    patcher.patch(*options, "--write", str(repository))
    edits = {file["path"]: file["edits"] for file in patcher.files_of(answer) if file["edits"]}
    after = tree(repository)
    for path, data in before.items():
        assert after[path] == patcher.apply_edits(data, edits.get(path, [])), path
        if is_compose(path) and path in edits:
            check_data(load(data), load(after[path]))
    changed = [path for path in edits if is_compose(path)]
    assert len(changed) >= (5 if style == "shim" else 25)
    again = patcher.patch(*options, "--diff", str(repository))
    assert again.stdout == b""
    accepted(before, after, changed, tmp_path)
    patcher.patch("--remove", *ONLY, "--set=KEEP_NORELOAD=remove", "--write", str(repository))
    left = tree(repository)
    assert [path for path in before if left[path] != before[path]] == []


def verdicts(folder, files):
    """Compose's reading of each text, all of them in a folder of their own."""
    paths = []
    for number, (path, data) in enumerate(files.items()):
        there = folder / str(number) / Path(path).name
        there.parent.mkdir(parents=True)
        there.write_bytes(data)
        paths.append(str(there))
    done = subprocess.run(
        ["/usr/bin/python3", CONFIG],
        input="".join(f"{path}\n" for path in paths),
        capture_output=True,
        text=True,
        env=clean({}),
        timeout=300,
        check=True,
    )
    return dict(zip(files, map(json.loads, done.stdout.splitlines()), strict=True))


def has_compose():
    probe = "import compose.config"
    return subprocess.run(["/usr/bin/python3", "-c", probe], capture_output=True, check=False).returncode == 0


def accepted(before, after, paths, folder):
    """What compose 1.29 accepted it accepts still; with the same services."""
    if not has_compose():
        if os.environ.get("CI") == "true":
            pytest.fail("missing: Debian's docker-compose")
        pytest.skip("MISSING: docker-compose")
    was = verdicts(folder / "was", {path: before[path] for path in paths})
    now = verdicts(folder / "now", {path: after[path] for path in paths})
    good = [path for path in paths if "services" in was[path]]
    assert good
    for path in good:
        assert "services" in now[path], (path, now[path])
        assert set(was[path]["services"]) == set(now[path]["services"]), path


def test_compose_accepts_the_cases(tmp_path):
    before, after = {}, {}
    for path in sorted(CASES.glob("*/want/**/*")):
        case = path.relative_to(CASES).parts[0]
        source = CASES / case / "in" / path.relative_to(CASES / case / "want")
        if is_compose(path) and "override" not in path.name:
            before[str(path)] = source.read_bytes()
            after[str(path)] = path.read_bytes()
    assert len(before) >= 30
    accepted(before, after, list(before), tmp_path)


def test_the_data_of_the_cases_differs_as_announced():
    count = 0
    for path in sorted(CASES.glob("*/want/**/*")):
        case = path.relative_to(CASES).parts[0]
        source = CASES / case / "in" / path.relative_to(CASES / case / "want")
        if is_compose(path):
            check_data(load(source.read_bytes()), load(path.read_bytes()))
            count += 1
    assert count >= 30
