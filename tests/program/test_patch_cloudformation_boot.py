"""The scripts that templates result in are run, also with each inserted command failing in its turn."""

import shlex

import pytest

from tests.program.test_patch_cloudformation import CASES, evaluated, load, scripts
from tests.support import boot

# Each names what is logged where its app starts.
RUN = {
    "base64-sub": "python3 app.py",
    "json-join-ref": "python3 app.py",
    "folded-parted": "python3 app.py",
    "cfn-init-unit": "gunicorn -b",
}


def done_by_init(init):
    """What cfn-init does, as a script: a part after the other, each command a shell of its own."""
    out = []
    for name in init.get("configSets", {"default": ["config"]})["default"]:
        config = init[name]
        for manager, packages in config.get("packages", {}).items():
            out.append(f"{manager} install -y {' '.join(packages)}")
        for path, file in config.get("files", {}).items():
            out.append(f"cat > {path} << 'END_OF_FILE'\n{evaluated(file['content'])}END_OF_FILE")
        for _, command in sorted(config.get("commands", {}).items()):
            text = evaluated(command["command"])
            out.append(f"(cd {command.get('cwd', '/')} && sh -c {shlex.quote(text)})")
        for services in config.get("services", {}).values():
            out += [f"systemctl start {service}" for service in services]
    return "\n".join(out)


def booted(path):
    """The script that the template's one instance runs."""
    (template,) = load(path.read_bytes())
    ((_, text),) = scripts(template)
    init = template["Resources"]["Web"].get("Metadata", {}).get("AWS::CloudFormation::Init")
    lines = [done_by_init(init) if "/cfn-init " in line else line for line in text.split("\n")]
    return boot.strict("\n".join(line for line in lines if "/cfn-signal " not in line))


@pytest.mark.parametrize("case", RUN)
def test_a_patched_template_boots_and_the_app_starts_whatever_fails(machine, case):
    (path,) = (CASES / case / "in").iterdir()
    before, after = booted(path), booted(CASES / case / "want" / path.name)
    boot.runs_instrumented(machine, before, after, RUN[case])
    boot.starts_whatever_fails(machine, before, after, RUN[case])
