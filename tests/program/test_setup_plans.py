"""appsig-setup --plan on the trees of hosts: what each distribution gets, and all that is said beforehand."""

import json

import pytest

from tests.support.program import clean
from tests.support.setup import AGENT, DROP_IN, FETCHED, SHOP_UNIT, Tree, setup

BACKEND = ("backend", "--unit", "shop.service", "--service-name", "shop")
URL = "https://amazoncloudwatch-agent.s3.amazonaws.com"
INSTALLS = {
    "al2023": ("dnf install -y amazon-cloudwatch-agent", None),
    "al2": ("yum install -y amazon-cloudwatch-agent", None),
    "ubuntu": ("dpkg -i -E", f"{URL}/ubuntu/amd64/latest/amazon-cloudwatch-agent.deb"),
    "debian": ("dpkg -i -E", f"{URL}/debian/amd64/latest/amazon-cloudwatch-agent.deb"),
    "rhel": ("rpm -U", f"{URL}/redhat/amd64/latest/amazon-cloudwatch-agent.rpm"),
    "centos": ("rpm -U", f"{URL}/centos/amd64/latest/amazon-cloudwatch-agent.rpm"),
    "fedora": ("rpm -U", f"{URL}/redhat/amd64/latest/amazon-cloudwatch-agent.rpm"),
    "suse": ("rpm -U", f"{URL}/suse/amd64/latest/amazon-cloudwatch-agent.rpm"),
}


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "host").with_app()


def plan(*words, root):
    outcome = setup(*words, "--plan", "--json", root=root)
    assert outcome.code == 0, outcome.stderr
    return {step["id"]: step for step in json.loads(outcome.stdout)["steps"]}


@pytest.mark.parametrize("system", INSTALLS)
def test_the_agent_comes_as_the_distribution_has_it(tmp_path, system):
    command, url = INSTALLS[system]
    tree = Tree(tmp_path / "host", system)
    package = tmp_path / "agent.package"
    package.write_bytes(b"the agent")
    steps = plan("agent", root=tree)
    assert " ".join(steps["agent-install"]["command"]).startswith(command)
    assert steps.get("agent-download", {}).get("source") == url
    before = tree.snapshot()
    more = ["--agent-package", str(package)] if url else []
    assert setup("agent", *more, root=tree).code == 0
    assert any(call.startswith(command) for call in tree.calls())
    assert json.loads(tree.read(FETCHED))["metrics"]["metrics_collected"].keys() == {"cpu", "disk", "mem"}
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before


def test_a_plan_shows_everything_and_touches_nothing(tree):
    before = tree.snapshot()
    shown = setup(*BACKEND, "--plan", root=tree)
    assert shown.code == 0
    assert tree.snapshot() == before
    assert tree.changing_calls() == []
    for piece in (
        "$ dnf install -y amazon-cloudwatch-agent",
        '+      "application_signals": {}',
        "+ExecStart=/opt/shop/venv/bin/appsig-exec -- /opt/shop/venv/bin/uvicorn main:app --port 8000",
        "-m pip install --no-cache-dir --dry-run",
        "$ systemctl restart shop.service",
    ):
        assert piece in shown.stdout


def test_the_plan_of_an_undo_shows_everything_and_touches_nothing(tree):
    assert "nothing to undo" in setup("undo", "--plan", root=tree).stdout
    assert setup(*BACKEND, root=tree).code == 0
    before, calls = tree.snapshot(), tree.calls()
    shown = setup("undo", "--plan", root=tree)
    for piece in (
        " 1. remove /etc/systemd/system/shop.service.d/90-appsig.conf\n      --- a/etc/systemd/system/shop",
        "$ systemctl restart shop.service\n",
        "-ExecStart=/opt/shop/venv/bin/appsig-exec -- /opt/shop/venv/bin/uvicorn main:app --port 8000",
        "remove /opt/shop/venv/bin/appsig-exec",
        "$ rpm -e amazon-cloudwatch-agent",
        "nothing was touched",
    ):
        assert piece in shown.stdout
    answer = json.loads(setup("undo", "--plan", "--json", root=tree).stdout)
    assert answer["outcome"] == "plan"
    steps = {step.get("path", step["what"]): step for step in answer["steps"]}
    assert "-ExecStart=\n" in steps[f"/{DROP_IN}"]["diff"]
    assert steps[f"/{AGENT}/bin/amazon-cloudwatch-agent-ctl"]["command"][0] == "rpm"
    assert (tree.snapshot(), tree.calls()) == (before, calls)


def test_json_has_all_that_is_said(tmp_path):
    unit = SHOP_UNIT.replace("User=root", "PrivateNetwork=yes")
    tree = Tree(tmp_path / "host").with_app(unit=unit)

    def answer(*words):
        done = setup(*words, "--json", root=tree)
        return json.loads(done.stdout)

    network = "shop.service: PrivateNetwork=yes: the agent on localhost cannot be reached from it"
    (note,) = answer(*BACKEND, "--plan")["notes"]
    assert note.startswith(network)
    assert answer(*BACKEND)["notes"] == [note, "done; undo with: appsig-setup undo"]
    again = answer(*BACKEND)
    assert (again["outcome"], again["notes"]) == (
        "nothing to do",
        [note, "nothing to do: this host is set up"],
    )
    assert answer("undo")["notes"] == ["this host is as it was before"]
    nothing = answer("undo")
    assert (nothing["outcome"], nothing["notes"]) == ("nothing to undo", ["nothing to undo"])
    refused = answer("backend")
    assert refused["outcome"] == "failed"
    assert "'--unit' or '--venv' is needed" in refused["error"]
    tree.write("fault", "exit dnf install\n")
    failed = answer(*BACKEND)
    assert failed["outcome"] == "failed"
    assert failed["notes"] == [note, "putting back what was done", "this host is as it was before"]


def test_hardening_is_said(tmp_path):
    unit = SHOP_UNIT.replace("User=root", "ProtectSystem=strict\nDynamicUser=yes\nPrivateNetwork=yes")
    tree = Tree(tmp_path / "host").with_app(unit=unit)
    done = setup(*BACKEND, "--language=en", root=tree)
    assert done.code == 0
    for word in ("ProtectSystem=strict", "DynamicUser=yes", "PrivateNetwork=yes"):
        assert f"shop.service: {word}: " in done.stdout


def test_korean_by_locale(tree):
    shown = setup(*BACKEND, "--plan", root=tree, environment=clean(LANG="ko_KR.UTF-8"))
    assert "CloudWatch 에이전트 설치 (Amazon Linux 2023)" in shown.stdout
    assert "아무것도 변경하지 않았습니다" in shown.stdout


def test_no_rights_are_needed_for_a_plan_only(tree):
    for path in (tree.root.parent, *tree.root.parents):
        if str(path) != "/" and path.stat().st_mode & 0o005 != 0o005:
            path.chmod(path.stat().st_mode | 0o055)
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    assert setup("agent", "--plan", root=tree, **nobody).code == 0
    refused = setup("agent", root=tree, **nobody)
    assert refused.code == 3
    assert "'root' is needed" in refused.stderr
