"""Celery's prefork worker with the real ADOT: each task is a span and is counted, and nothing twice."""

from __future__ import annotations

from tests.support.program import TOP, Program, clean, run
from tests.support.services import APPS, QUICK, endpoints, launch

from .forks import CELERY

TASKS = 20


def task_spans(receiver):
    return [span for span in receiver.spans() if span.kind == "consumer" and span.name == "run/tasks.add"]


def counted(receiver):
    return sum(
        point.count
        for point in receiver.app_signals("Latency", Operation="InternalOperation", RemoteService=None)
        if point.attributes["aws.span.kind"] == "LOCAL_ROOT"
    )


def test_every_task_is_reported(exec_binary, receiver, sampling, tmp_path, need):
    programs = TOP / "build" / "environments" / CELERY.environment / "bin"
    need(programs.is_dir(), f"{programs} (make test-integration makes it)")
    (tmp_path / "control").mkdir()
    environment = clean(QUICK, QUEUE=tmp_path, PATH=f"{programs}:/usr/bin:/bin", PYTHONDONTWRITEBYTECODE="1")
    command = launch(
        CELERY.command.split(), "--service-name=tasks", *endpoints(receiver, sampling), binary=exec_binary
    )
    with Program(command, environment, APPS) as worker:
        worker.wait_until(
            lambda: sampling.polls["GetSamplingRules"] > CELERY.workers, "asked for sampling rules"
        )
        asked = run(["python", "-c", f"import tasks; tasks.ask({TASKS})"], environment, APPS)
        assert asked.code == 0, asked.stderr
        receiver.wait_for(lambda arrived: len(task_spans(arrived)) >= TASKS and counted(arrived) >= TASKS)
    assert len(task_spans(receiver)) == TASKS
    assert counted(receiver) == TASKS
    assert sampling.polls["GetSamplingRules"] == 1 + CELERY.workers
