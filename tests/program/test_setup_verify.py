"""appsig-setup verify: what is told apart, with its evidence and the next step."""

import json
import shutil
import subprocess
import sys
import time

import pytest

from tests.support.program import TOP
from tests.support.setup import AGENT, CONFIG, VENV, Tree, binary, setup

BOTH = {
    "traces": {"traces_collected": {"application_signals": {}}},
    "logs": {"metrics_collected": {"application_signals": {}}},
}
# the last of the log's lines are shown where the agent is ill
LOG = "".join(f"line {number}\n" for number in range(9)) + "E! cannot bind\n"


@pytest.fixture
def tree(tmp_path):
    tree = Tree(tmp_path / "host").with_app().with_agent(BOTH)
    tree.write(f"{AGENT}/logs/amazon-cloudwatch-agent.log", LOG)
    tree.program("bin/tools/systemctl", "exit 0\n").write_text("#!/bin/sh\necho active\n", encoding="utf-8")
    return tree


def verify(tree, *words, as_text=False, **scene):
    """The answer, and its checks by their ids."""
    scene.update(binary=binary(), words=list(words) if as_text else ["--json", *words])
    command = [
        "unshare",
        "-n",
        "-m",
        sys.executable,
        "-m",
        "tests.support.scene",
        str(tree.root),
        json.dumps(scene),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=TOP, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    if not as_text:
        answer["checks"] = {check["id"]: check for check in json.loads(answer["out"])["checks"]}
    return answer


def bad(answer):
    return {name for name, check in answer["checks"].items() if check["state"] == "bad"}


def test_all_is_well_and_the_span_is_one(tree):
    answer = verify(tree, role="app-role")
    assert bad(answer) == set(), answer["out"]
    assert answer["code"] == 0
    assert answer["checks"]["imds"]["evidence"] == "app-role"
    ((service, name, kind, trace_id),) = answer["spans"]
    assert (service, name, kind) == ("appsig-setup-verify", "verify", "internal")
    # X-Ray takes ids that begin with the time
    assert abs(int(trace_id[:8], 16) - time.time()) < 60


@pytest.mark.parametrize(
    ("scene", "check", "evidence", "following"),
    [
        ({"sampler": "forbidden"}, "sampler", "security token", "credentials"),
        ({"sampler": "denied"}, "sampler", "403: xray:GetSamplingRules", "lacks that permission"),
        ({"sampler": "unreachable"}, "sampler", "502", "cannot reach AWS"),
        ({"receiver": 503}, "span", "503", "cannot reach AWS"),
        ({"receiver": 500}, "span", "500", "credentials"),
        ({"role": None}, "imds", "404", "attach an IAM role"),
    ],
)
def test_what_aws_says_is_told_apart(tree, scene, check, evidence, following):
    answer = verify(tree, **{"role": "app-role", **scene})
    assert answer["code"] == 1
    assert bad(answer) == {check}
    assert evidence in answer["checks"][check]["evidence"]
    assert following in answer["checks"][check]["next"]


def test_what_aws_refused_the_agent_is_read_from_its_log(tree):
    def refusal(minutes, action):
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60 * minutes))
        return f"{when} E! AccessDenied: User: arn:aws:sts::1:r is not authorized to perform: {action} on *\n"

    lines = [refusal(60, "logs:PutLogEvents"), *[refusal(2, "xray:PutTraceSegments")] * 2]
    tree.write(f"{AGENT}/logs/amazon-cloudwatch-agent.log", "".join(lines))
    answer = verify(tree, role="app-role")
    assert bad(answer) == {"permissions"}
    assert answer["checks"]["permissions"]["evidence"] == "xray:PutTraceSegments"
    assert "iam-policy.json" in answer["checks"]["permissions"]["next"]


def test_a_stranger_on_2000_is_named(tree):
    answer = verify(tree, role="app-role", strangers=[2000])
    assert bad(answer) == {"port-2000"}
    assert "python" in answer["checks"]["port-2000"]["evidence"]
    assert "stop that process" in answer["checks"]["port-2000"]["next"]


def test_an_agent_that_is_deaf_and_its_log(tree):
    answer = verify(tree, role="app-role", receiver=0, sampler="")
    assert bad(answer) == {"port-2000", "port-4315", "port-4316"}
    assert answer["checks"]["port-4316"]["evidence"] == "nothing listens on 4316"
    assert answer["checks"]["port-2000"]["log"][-1] == "E! cannot bind"
    shown = verify(tree, as_text=True, role="app-role", receiver=0, sampler="")["out"]
    assert shown.count("| E! cannot bind") == 1
    assert "| line 5\n" in shown
    assert "| line 4\n" not in shown


def test_without_a_metadata_service_and_not_on_ec2(tree):
    assert verify(tree)["checks"]["imds"]["state"] == "left out"


def test_the_app_is_looked_at_where_its_unit_is_named(tree):
    answer = verify(tree, "--unit", "shop.service", role="app-role")
    assert {"wrapped", "app-running"} <= bad(answer)
    assert "appsig-setup backend" in answer["checks"]["wrapped"]["next"]


def test_aws_is_asked_where_its_cli_is_there(tree):
    services = json.dumps({"ServiceSummaries": [{"KeyAttributes": {"Name": "shop"}}]})
    tool = tree.write("bin/tools/aws", f"#!/bin/sh\necho '{services}'\n", 0o755)
    words = ("--unit", "shop.service", "--backend")
    assert verify(tree, *words, role="r")["checks"]["backend"]["state"] == "good"
    found = verify(tree, *words, "--service-name", "other", role="r")["checks"]["backend"]
    assert found["evidence"] == "'other' is not among the services"
    assert "start-discovery" in found["next"]
    tool.write_text("#!/bin/sh\necho 'AccessDenied: no' >&2\nexit 254\n", encoding="utf-8")
    assert "AccessDenied" in verify(tree, *words, role="r")["checks"]["backend"]["evidence"]


def test_a_tree_is_looked_at_as_far_as_nothing_runs(tmp_path):
    tree = Tree(tmp_path / "host", booted=False).with_app()
    before = tree.snapshot()
    answer = setup("verify", "--json", root=tree)
    assert tree.snapshot() == before
    states = {check["id"]: check["state"] for check in json.loads(answer.stdout)["checks"]}
    assert (answer.code, states["agent-installed"], states["agent-running"]) == (1, "bad", "left out")
    tree.with_agent(BOTH)
    assert setup("verify", root=tree).code == 0
    tree.write(CONFIG, json.dumps({"traces": BOTH["traces"]}))
    shown = setup("verify", "--language=ko", root=tree)
    assert shown.code == 1
    assert "✗ 설정에 application_signals 두 섹션이 모두 있음" in shown.stdout


def test_the_apps_own_python_is_asked_for_adot(tmp_path):
    tree = Tree(tmp_path / "host", booted=False).with_app().with_agent(BOTH)
    python = tree.root / VENV / "bin/python"
    shutil.copy(tree.root / "bin/busybox", tree.root / "bin/true")
    python.write_text("#!/bin/sh\necho 0.21.0\n", encoding="utf-8")
    words = ("verify", "--json", "--unit", "shop.service", "--venv", f"/{VENV}")
    checks = {check["id"]: check for check in json.loads(setup(*words, root=tree).stdout)["checks"]}
    assert (checks["adot"]["state"], checks["adot"]["evidence"]) == ("good", "0.21.0")
    python.write_text(
        "#!/bin/sh\necho 'ModuleNotFoundError: No module named amazon' >&2\nexit 1\n", encoding="utf-8"
    )
    checks = {check["id"]: check for check in json.loads(setup(*words, root=tree).stdout)["checks"]}
    assert (checks["adot"]["state"], checks["adot"]["evidence"]) == (
        "bad",
        "ModuleNotFoundError: No module named amazon",
    )
