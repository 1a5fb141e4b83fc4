"""Names from the metadata services, and endpoints that are no plain HTTP."""

from __future__ import annotations

import json

import pytest

from tests.support.program import clean, free_port, run
from tests.support.strangers import Stranger
from tests.support.web import Handler, StandIn

CONTAINER = {
    "Name": "short",
    "Labels": {
        "com.amazonaws.ecs.container-name": "checkout",
        "com.amazonaws.ecs.task-definition-family": "shop",
    },
}


class MetadataHandler(Handler):
    def do_GET(self):
        self.server.owner.asked.append(f"GET {self.path}")
        if self.path == "/v4/task":
            self.answer(200, json.dumps(self.server.owner.container).encode(), "application/json")
        elif self.path == "/latest/meta-data/tags/instance/Name" and (
            self.headers.get("X-aws-ec2-metadata-token") == "secret=="
        ):
            self.answer(200, b"web-1", "text/plain")
        else:
            self.answer(401, b"", "text/plain")

    def do_PUT(self):
        self.body()
        self.server.owner.asked.append(f"PUT {self.path}")
        timed = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds")
        self.answer(200 if timed else 400, b"secret==", "text/plain")


class Metadata(StandIn):
    handler = MetadataHandler

    def __init__(self):
        super().__init__()
        self.asked = []
        self.container = CONTAINER


@pytest.fixture
def metadata():
    with Metadata() as running:
        yield running


def explain(exec_binary, *options, **variables):
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    words = [exec_binary, nobody, "--timeout-ms=3000", *options, "--explain=json", "--", "python", "x.py"]
    outcome = run(words, clean(variables))
    assert outcome.code == 0, outcome.stderr
    return json.loads(outcome.stdout)


def test_an_ecs_task_is_called_by_its_container(exec_binary, metadata):
    plan = explain(exec_binary, ECS_CONTAINER_METADATA_URI_V4=f"{metadata.url}/v4/task")
    assert plan["service_name"] == {"value": "checkout", "source": "discovered", "where": "ECS task metadata"}


def test_without_a_container_name_by_its_family(exec_binary, metadata):
    metadata.container = {"Labels": {"com.amazonaws.ecs.task-definition-family": "shop"}}
    plan = explain(exec_binary, ECS_CONTAINER_METADATA_URI_V4=f"{metadata.url}/v4/task")
    assert plan["service_name"]["value"] == "shop"


def test_nobody_is_asked_where_the_name_is_given_or_ecs_is_off(exec_binary, metadata):
    uri = {"ECS_CONTAINER_METADATA_URI_V4": f"{metadata.url}/v4/task"}
    assert explain(exec_binary, SERVICE_NAME="mine", **uri)["service_name"]["value"] == "mine"
    explain(exec_binary, "--ecs=off", **uri)
    assert metadata.asked == []


def test_the_instance_is_asked_only_on_demand(exec_binary, metadata):
    endpoint = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.url}
    explain(exec_binary, **endpoint)
    assert metadata.asked == []
    plan = explain(exec_binary, "--imds", **endpoint)
    assert plan["service_name"]["value"] == "web-1"
    assert metadata.asked == ["PUT /latest/api/token", "GET /latest/meta-data/tags/instance/Name"]


def test_kubernetes_names_the_owner_of_the_pod(exec_binary):
    plan = explain(exec_binary, KUBERNETES_SERVICE_HOST="10.0.0.1", HOSTNAME="checkout-7d4b9c6f5-x2x4z")
    assert plan["service_name"]["value"] == "checkout"


def test_a_working_directorys_name_is_told_as_derived(exec_binary, tmp_path):
    folder = tmp_path / "invoices"
    folder.mkdir()
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    outcome = run([exec_binary, nobody, "--", "python", "-c", "pass"], clean(), folder)
    assert any("'invoices' was taken from the working directory" in line for line in outcome.told)


def test_django_settings_come_from_manage_py(exec_binary, tmp_path):
    (tmp_path / "manage.py").write_text('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n')
    nobody = f"--agent-endpoint=http://127.0.0.1:{free_port()}"
    words = [exec_binary, nobody, "--explain=json", "--", "python", "manage.py", "runserver"]
    plan = json.loads(run(words, clean(), tmp_path).stdout)
    values = {change["name"]: change["value"] for change in plan["environment"]}
    assert values["DJANGO_SETTINGS_MODULE"] == "shop.settings"
    assert plan["service_name"]["value"] == "shop"


def test_an_https_endpoint_gets_a_tcp_check_and_says_so(exec_binary):
    with Stranger("silent") as held:
        endpoint = held.url.replace("http:", "https:")
        outcome = run(
            [
                exec_binary,
                f"--agent-endpoint={endpoint}",
                "--sampler-endpoint=http://127.0.0.1:1",
                "--",
                "/bin/true",
            ],
            clean({"SERVICE_NAME": "x"}),
        )
    assert outcome.code == 0
    assert any("checked by TCP alone, as it is https" in line for line in outcome.told), outcome.stderr
