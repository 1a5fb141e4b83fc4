"""Scripts in folded blocks (`>`) become what the same ones in literal blocks (`|`) become, and come back.

Every literal case is folded here; PyYAML says what the blocks mean.
"""

import re

import pytest

from tests.program.test_patch_cloudformation import ANSWERS, CASES, files_below, load
from tests.support import patch as patcher

HEADER = re.compile(r"^( *)(?:- )?.*[:-] (?:![A-Za-z0-9]+ )?\|([-+]?)$")


def block_of(lines, at, indent):
    """Behind the last line of the block whose header stands in front of `at`."""
    end = at
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
    ):
        end += 1
    while end > at and not lines[end - 1].strip():
        end -= 1
    return end


def folded_body(body):
    """A newline between two lines that begin with no blank takes an empty line."""
    indent = min(len(line) - len(line.lstrip()) for line in body if line.strip())
    out, before = [], None
    for line in body:
        kept = line.strip() and (line[indent] == " " or (before and before[indent] == " "))
        if line.strip() and before and not kept:
            out.append("")
        out.append(line if line.strip() else "")
        before = line if line.strip() else before
    return out


def folded(text):
    lines, out, at = text.split("\n"), [], 0
    while at < len(lines):
        header = HEADER.match(lines[at])
        out.append(lines[at])
        at += 1
        end = block_of(lines, at, len(header.group(1))) if header else at
        if header and end > at and not lines[at].startswith(" " * (len(header.group(1)) + 9)):
            out[-1] = re.sub(r"\|([-+]?)$", r">\1", out[-1])
            out += folded_body(lines[at:end])
            at = end
    return "\n".join(out)


@pytest.mark.parametrize("style", ["shim", "guide"])
def test_a_folded_script_becomes_what_the_literal_one_becomes(tmp_path, style):
    paths = [
        path for path in CASES.glob("*/in/*.yaml") if "not-yaml" not in path.parts and "|" in path.read_text()
    ]
    for path in paths:
        text = path.read_text()
        for kind, data in (("literal", text), ("folded", folded(text))):
            there = tmp_path / kind / path.parents[1].name / path.name
            there.parent.mkdir(parents=True)
            there.write_text(data)
    before = files_below(tmp_path)
    words = [f"--style={style}", "--write", *ANSWERS, f"--shim-binary={patcher.shim_file(tmp_path)}"]
    patcher.patch(*words, "literal", "folded", cwd=tmp_path)
    changed = 0
    for path in sorted((tmp_path / "literal").rglob("*.yaml")):
        other = tmp_path / "folded" / path.relative_to(tmp_path / "literal")
        assert load(path.read_bytes()) == load(other.read_bytes()), other
        changed += path.read_bytes() != before[path] and other.read_bytes() != before[other]
    assert changed >= 25
    patcher.patch("--remove", "--write", "--set=KEEP_POLICY=remove", "literal", "folded", cwd=tmp_path)
    assert [path for path, data in before.items() if path.read_bytes() != data] == []
