"""appsig-setup on the trees of hosts: what it does, and takes back."""

import json
from pathlib import Path

import pytest

from tests.support.setup import CONFIG, DROP_IN, FETCHED, SHOP_UNIT, UNIT, VENV, Tree, binary, setup

BACKEND = ("backend", "--unit", "shop.service", "--service-name", "shop")


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "host").with_app()


def test_a_backend_from_bare_to_wrapped_and_back(tree):
    before = tree.snapshot()
    done = setup(*BACKEND, "--environment", '100% "real"', root=tree)
    assert done.code == 0, done.stdout + done.stderr
    drop_in = tree.read(DROP_IN)
    assert 'Environment="APPSIG_ENVIRONMENT=100%% \\"real\\""' in drop_in
    assert "Wants=amazon-cloudwatch-agent.service\nAfter=amazon-cloudwatch-agent.service\n" in drop_in
    assert tree.read(UNIT) == SHOP_UNIT
    shim = (tree.root / VENV / "bin/appsig-exec").read_bytes()
    assert shim == Path(binary()).with_name("appsig-exec").read_bytes()
    assert tree.changing_calls() == [
        "dnf install -y amazon-cloudwatch-agent",
        "amazon-cloudwatch-agent-ctl -a fetch-config -m onPremise -s "
        "-c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json",
        "python -m pip install --no-cache-dir --disable-pip-version-check aws-opentelemetry-distro",
        "systemctl daemon-reload",
        "systemctl restart shop.service",
    ]
    tree.forget()
    again = setup(*BACKEND, "--environment", '100% "real"', root=tree)
    assert again.code == 0
    assert "nothing to do" in again.stdout
    assert tree.changing_calls() == []
    status = setup("status", root=tree).stdout
    assert f"✓ made: /{DROP_IN}\n" in status
    assert "✓ undone by: rpm -e amazon-cloudwatch-agent\n" in status
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before
    assert tree.changing_calls()[-1] == "rpm -e amazon-cloudwatch-agent"
    assert "nothing to undo" in setup("undo", root=tree).stdout


def test_two_runs_are_one_undo(tree):
    before = tree.snapshot()
    assert setup("agent", root=tree).code == 0
    assert setup(*BACKEND, root=tree).code == 0
    assert setup(*BACKEND, "--service-name", "other", root=tree).code == 0
    assert "APPSIG_SERVICE_NAME=other" in tree.read(DROP_IN)
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before


GUIDES = {
    "agent": {"metrics_collection_interval": 60},
    "traces": {
        "traces_collected": {
            "xray": {"bind_address": "127.0.0.1:2000", "tcp_proxy_bind_address": "127.0.0.1:2000"},
            "otlp": {"grpc_endpoint": "127.0.0.1:4315", "http_endpoint": "127.0.0.1:4316"},
        }
    },
}


def test_a_host_of_the_guides_own_script_is_migrated(tmp_path):
    tree = Tree(tmp_path / "host").with_app().with_agent(GUIDES)
    tree.write(
        "etc/systemd/system/shop-otel.service",
        SHOP_UNIT.replace(
            "/opt/shop/venv/bin/uvicorn", "/opt/shop/venv/bin/opentelemetry-instrument uvicorn"
        ),
    )
    tree.forget("state/active-shop.service")
    for name in ("active-shop-otel.service", "enabled-shop-otel.service"):
        tree.write(f"state/{name}", "")
    before, states = tree.snapshot(), tree.states()
    done = setup("backend", "--venv", f"/{VENV}", root=tree)
    assert done.code == 0, done.stderr
    assert 'the plain "otlp" receiver on 4315/4316 goes' in done.stdout
    collected = json.loads(tree.read(FETCHED))["traces"]["traces_collected"]
    assert collected == {
        "xray": {"bind_address": "127.0.0.1:2000", "tcp_proxy": {"bind_address": "127.0.0.1:2001"}},
        "application_signals": {},
    }
    assert json.loads(tree.read(f"{CONFIG}.before-appsig")) == GUIDES
    calls = tree.changing_calls()
    assert "systemctl disable --now shop-otel.service" in calls
    assert tree.states() == sorted(
        f"{state}-{unit}.service"
        for state in ("active", "enabled")
        for unit in ("amazon-cloudwatch-agent", "shop")
    )
    assert calls[-1] == "systemctl restart shop.service"
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before
    assert tree.states() == states


def test_the_guides_unit_alone_is_wrapped_itself(tmp_path):
    tree = Tree(tmp_path / "host").with_app(unit=None)
    tree.write(
        "etc/systemd/system/shop-otel.service",
        SHOP_UNIT.replace(
            "/opt/shop/venv/bin/uvicorn", "/opt/shop/venv/bin/opentelemetry-instrument uvicorn"
        ),
    )
    assert setup("backend", "--venv", f"/{VENV}", root=tree).code == 0
    assert "appsig-exec -- /opt/shop/venv/bin/opentelemetry-instrument uvicorn" in tree.read(
        "etc/systemd/system/shop-otel.service.d/90-appsig.conf"
    )


def test_a_unit_is_made_where_there_is_none(tmp_path):
    tree = Tree(tmp_path / "host").with_app(unit=None)
    before = tree.snapshot()
    words = ("--app-dir", "/opt/shop", "--command", "/opt/shop/venv/bin/python main.py", "--user", "shop")
    done = setup("backend", "--unit", "shop.service", "--venv", f"/{VENV}", *words, root=tree)
    assert done.code == 0, done.stderr
    assert (
        "User=shop\nWorkingDirectory=/opt/shop\nExecStart=/opt/shop/venv/bin/python main.py\n"
        in tree.read(UNIT)
    )
    assert "appsig-exec -- /opt/shop/venv/bin/python main.py" in tree.read(DROP_IN)
    assert "systemctl enable shop.service" in tree.calls()
    assert setup("undo", root=tree).code == 0
    assert tree.snapshot() == before


def test_the_tree_of_an_image_starts_nothing(tmp_path):
    tree = Tree(tmp_path / "host", booted=False).with_app()
    assert setup(*BACKEND, root=tree).code == 0
    assert tree.changing_calls() == [
        "dnf install -y amazon-cloudwatch-agent",
        "systemctl enable amazon-cloudwatch-agent.service",
        "python -m pip install --no-cache-dir --disable-pip-version-check aws-opentelemetry-distro",
    ]
    assert json.loads(tree.read(CONFIG))["logs"]["metrics_collected"] == {"application_signals": {}}
