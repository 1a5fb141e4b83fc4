"""Files that nobody has written: changes of the cases' files, drawn from a fixed seed.

What another program's parser takes before appsig-patch has written, it takes afterwards.
"""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support import patch as patcher
from tests.support.program import TOP

MUTANTS = 150
SIGNS = [
    '"',
    "'",
    "`",
    "\\",
    "\\\n",
    "$(",
    ")",
    "${",
    "}",
    "{",
    "#",
    "<<EOF\n",
    "EOF\n",
    "|",
    "&&",
    ";",
    "\t",
    ": ",
    "- ",
]
ANSWERS = [
    f"--set={answer}"
    for answer in ("SERVICE_NAME=shop", "PORT=8000", "NETWORK=host", "INSTANCE=all", "OS=ubuntu", "RUN=none")
]


def judge_with(name):
    def judge(paths):
        program = patcher.oracle(name)
        assert program, f"missing: Go, to build the parser {name}"
        return {path for path, row in patcher.verdicts(program, paths).items() if not row["error"]}

    return judge


def bash(paths):
    script = 'for file; do bash -n "$file" 2>/dev/null && printf "%s\\n" "$file"; done; true'
    done = subprocess.run(["bash", "-c", script, "bash", *paths], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


def pyyaml(paths):
    taken = set()
    for path in paths:
        try:
            with open(path, encoding="utf-8-sig") as file:
                yaml.compose(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            taken.add(path)
        except (yaml.YAMLError, UnicodeDecodeError):
            pass
    return taken


# the files that are changed, the style that writes something there, who judges it
ROWS = {
    "dockerfile": ("dockerfile/*/in/**/Dockerfile", "shim", judge_with("dockerfile")),
    "shell": ("*/*/in/**/*.sh", "shim", bash),
    "boot script": ("userdata/*/in/**/*.sh", "shim", bash),
    "terraform": ("terraform/*/in/**/*.tf", "shim", judge_with("hcl")),
    "compose": ("compose/*/in/**/*compose*.y*ml", "guide", pyyaml),
}


def changed(random_, text):
    """One or two changes: a piece or a line dropped or doubled, or a sign put in."""
    for _ in range(random_.randint(1, 2)):
        at = random_.randrange(len(text) + 1)
        end = min(len(text), at + random_.randint(1, 12))
        if random_.random() < 0.5:
            at = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at) + 1 or len(text)
        text = (
            text[:at]
            + random_.choice(["", 2 * text[at:end], random_.choice(SIGNS) + text[at:end]])
            + text[end:]
        )
    return text


@pytest.mark.parametrize("row", ROWS)
def test_what_a_parser_takes_it_takes_afterwards(row, tmp_path):
    pattern, style, judge = ROWS[row]
    random_ = random.Random(row)
    seeds = sorted((TOP / "tests" / "cases").glob(pattern))
    root = tmp_path / "root"
    paths = []
    for number in range(MUTANTS):
        seed = random_.choice(seeds)
        case = next(folder for folder in seed.parents if folder.name == "in")
        shutil.copytree(case, root / str(number))
        path = root / str(number) / seed.relative_to(case)
        path.write_bytes(changed(random_, seed.read_bytes().decode()).encode())
        paths.append(str(path))
    before = {path: Path(path).read_bytes() for path in paths}
    taken = judge(paths)
    done = patcher.patch(
        "--write", f"--style={style}", *ANSWERS, f"--shim-binary={patcher.shim_file(tmp_path)}", str(root)
    )
    written = {path for path in paths if Path(path).read_bytes() != before[path]}
    assert len(written & taken) > MUTANTS / 20, done.stdout[-2000:]
    worse = (taken & written) - judge(sorted(taken & written))
    assert not worse, [(path, before[path].decode(), Path(path).read_text()) for path in sorted(worse)[:2]]
