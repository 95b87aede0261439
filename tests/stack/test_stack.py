"""What docker-compose.yml says works: its own commands, settings, secrets and health checks, started as processes."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from streams.kafka import client
from streams.kafka.client import Connection
from streams.kafka.topics import FAULTS
from tests.core.installation import ticket
from tests.stack.compose import COMPOSE_FILE, make_secrets, published, resolved
from tests.stack.containers import Container
from tests.stack.stack import Stack, StackError, running

PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.2
VARIABLES = {"STREAMS_PARTITIONS": "3"}
"""Fewer than usual, so that all is up sooner."""
KAFKA_HOST_PORT = 9094
ALERT = {"alertname": "WorkerLost", "severity": "critical", "kind": "pipeline", "branch": "city"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole stack, up and healthy; an alert waits in Alertmanager for others of its group."""
    folder = tmp_path_factory.mktemp("stack")
    with running(resolved(make_secrets(folder / "secrets"), variables=VARIABLES), folder) as started:
        _post(started.containers["alertmanager"][0], 9093, "/api/v2/alerts", [{"labels": ALERT}])
        yield started


def test_everything_becomes_healthy_in_the_order_of_dependencies(stack: Stack) -> None:
    """Every service but Grafana, which no package has, is started with its own command and passes its own check."""
    assert stack.without_program == {"grafana"}
    assert sorted(stack.order) == sorted(stack.containers)
    for name, containers in stack.containers.items():
        for wanted in containers[0].service.get("depends_on", {}):
            assert stack.order.index(wanted) < stack.order.index(name)


def test_every_published_port_is_one_that_somebody_listens_on(stack: Stack) -> None:
    """A port that the file lets through leads somewhere."""
    for containers in stack.containers.values():
        for container in containers:
            for _, port in published(container.service):
                assert asyncio.run(_listens(container.address, port)), (container.name, port)


def test_a_ticket_that_goes_in_is_seen_in_prometheus(stack: Stack) -> None:
    """A ticket system on this machine reaches the broker by its published listener; a ticket of it ends as a sample."""
    counted = 'max(streams_fault_tickets{window="1h",by=""})'
    _until(lambda: _samples(stack, counted) == [0], "figures of an empty log")
    [kafka] = stack.containers["kafka"]
    now = datetime.now(UTC)
    fault = ticket(f"T-{uuid.uuid4().hex[:8]}", "6630001", now - timedelta(seconds=2))
    asyncio.run(_send(Connection(bootstrap=f"{kafka.address}:{KAFKA_HOST_PORT}"), fault))
    _until(lambda: _samples(stack, counted) == [1], "the ticket")


def test_every_replica_is_scraped(stack: Stack) -> None:
    """Prometheus finds each worker and each serve, not one of them, and the Alertmanager and the pager."""
    wanted = {"streams-worker": 2, "streams-serve": 2, "streams-pager": 1}
    for job, replicas in wanted.items():
        _until(lambda job=job, replicas=replicas: _samples(stack, f'sum(up{{job="{job}"}})') == [replicas], job)
    managers = _get(stack.containers["prometheus"][0], 9090, "/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
    assert [each["url"] for each in managers] == [f"http://{_address(stack, 'alertmanager')}:9093/api/v2/alerts"]
    rules = _get(stack.containers["prometheus"][0], 9090, "/api/v1/rules")["data"]["groups"]
    assert rules, "no rules are loaded"


def test_an_alert_reaches_the_pager(stack: Stack) -> None:
    """What Alertmanager is told becomes a page: its webhook leads to the pager of the file."""
    _until(lambda: sum(_samples(stack, "sum(streams_pager_pages)")) >= 1, "a page")


def test_with_one_serve_killed_the_other_answers(stack: Stack) -> None:
    """Replicas are equal: figures stay where one of them dies."""
    first, second = stack.containers["serve"]
    _until(lambda: _is_ready(first) and _is_ready(second), "both replicas")
    first.kill()
    try:
        assert _is_ready(second)
        assert _get(second, 8088, "/api/indicators")["indicators"]
        _until(lambda: _samples(stack, 'sum(up{job="streams-serve"})') == [1], "the loss in Prometheus")
        assert _samples(stack, "max(streams_figures_shown)") == [1]
    finally:
        first.start()
    _until(lambda: _is_ready(first), "the replica that is started anew")


def test_without_the_secret_the_pager_does_not_start(stack: Stack, tmp_path: Path) -> None:
    """The secret comes from its file alone: an empty one ends the pager with a word about it."""
    secrets = make_secrets(tmp_path / "secrets")
    (secrets / "pager_secret").chmod(0o644)
    (secrets / "pager_secret").write_text("")
    tree = resolved(secrets, variables=VARIABLES)
    alone = {"pager": tree["services"]["pager"] | {"depends_on": {}}}
    with pytest.raises(StackError, match="STREAMS_PAGER_SECRET_FILE"), running(tree | {"services": alone}, tmp_path):
        pass


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({'["streams", "topics"]': '["streams", "topicz"]'}, "No such command"),
        # Impatient, so that it ends soon.
        (
            {"/dev/tcp/127.0.0.1/9092": "/dev/tcp/127.0.0.1/9999", "start_period: 30s": "start_period: 1s",
             "interval: 5s": "interval: 1s"},
            "kafka is not healthy",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_found(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    """A wrong command or health check fails these tests: the file cannot drift from what works."""
    text = COMPOSE_FILE.read_text("utf-8")
    for right, wrong in changes.items():
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(text, "utf-8")
    tree = resolved(make_secrets(tmp_path / "secrets"), broken, VARIABLES)
    with pytest.raises(StackError, match=said), running(tree, tmp_path):
        pass


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not seen after {PATIENCE_SECONDS} s"
        time.sleep(LOOK_SECONDS)


def _samples(stack: Stack, expression: str) -> list[float]:
    asked = urllib.parse.urlencode({"query": expression})
    found = _get(stack.containers["prometheus"][0], 9090, f"/api/v1/query?{asked}")["data"]["result"]
    return [float(sample["value"][1]) for sample in found]


def _address(stack: Stack, name: str) -> str:
    return stack.containers[name][0].address


def _is_ready(serve: Container) -> bool:
    try:
        return bool(_get(serve, 8088, "/ready")["ready"])
    except (urllib.error.URLError, OSError):
        return False


def _get(container: Container, port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://{container.address}:{port}{path}", timeout=5) as answer:
        return json.load(answer)


def _post(container: Container, port: int, path: str, content: Any) -> None:
    url, body = f"http://{container.address}:{port}{path}", json.dumps(content).encode()
    asked = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    urllib.request.urlopen(asked, timeout=5).close()


async def _listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def _send(connection: Connection, fault: dict[str, Any]) -> None:
    async with client.running(client.new_producer(connection)) as producer:
        await producer.send_and_wait(FAULTS, json.dumps(fault).encode(), fault["subscriber"].encode())
