"""Runs real Apache Kafka for the tests: fetches it once by Maven, starts, kills and restarts one node on loopback.

`python -m tests.kafka.apache fetch` gets everything that is missing; nothing but the tests needs it.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Self
from xml.etree import ElementTree as ET

from streams.credentials import Secret
from streams.kafka.client import Connection
from streams.kafka.embedded import die_with_parent

POM = Path(__file__).with_name("pom.xml")
VERSION = ET.parse(POM).getroot().findtext("{http://maven.apache.org/POM/4.0.0}version")
CACHE = Path(__file__).parents[2] / ".cache" / f"kafka-{VERSION}"
FETCH = "python -m tests.kafka.apache fetch"

TOOLS = {"java": "default-jre-headless", "mvn": "maven"}
START_SECONDS = 60.0
STARTED = b"Kafka Server started"
USER, PASSWORD = "streams", "correct-horse"

# One JVM of a few hundred MB that is up in seconds; it lives too briefly for the better compiler to pay off.
JAVA = ("java", "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},SASL://127.0.0.1:{password_port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SASL://127.0.0.1:{password_port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
listener.name.sasl.sasl.enabled.mechanisms=PLAIN
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
    user_{user}="{password}";
log.dirs={data}/log
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
controlled.shutdown.enable=false
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
log.cleaner.backoff.ms=500
log.retention.check.interval.ms=2000
log.initial.task.delay.ms=500
"""

LOGGING = """\
rootLogger.level=INFO
rootLogger.appenderRef.console.ref=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %p %c{1} %m%n
"""


class ApacheKafkaError(Exception):
    """Apache Kafka cannot be fetched or started."""


class ApacheKafka:
    """One node, broker and controller in one, on free loopback ports; its data outlives `kill` and `restart`.

    Raises `ApacheKafkaError` if Java or the fetched jars are missing.
    """

    def __init__(self, data: Path) -> None:
        _require_fetched()
        port, password_port, controller_port = free_ports(3)
        self.connection = Connection(bootstrap=f"127.0.0.1:{port}")
        self.connection_with_password = Connection(
            bootstrap=f"127.0.0.1:{password_port}",
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="PLAIN",
            sasl_username=USER,
            sasl_password=Secret(PASSWORD),
        )
        self._data = data
        self._data.mkdir(parents=True, exist_ok=True)
        self._properties = data / "server.properties"
        self._properties.write_text(
            PROPERTIES.format(
                port=port,
                password_port=password_port,
                controller_port=controller_port,
                user=USER,
                password=PASSWORD,
                data=data,
            )
        )
        (data / "log4j2.properties").write_text(LOGGING)
        self._output = data / "output.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start the node and return once it serves; its data is formatted at the first start."""
        if not (self._data / "log" / "meta.properties").exists():
            self._format()
        seen = self._output.stat().st_size if self._output.exists() else 0
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                self._command("kafka.Kafka", str(self._properties)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._data,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - calls prctl and nothing else
            )
        self._wait_until_started(seen)
        return self

    def stop(self) -> None:
        """End the node in good order. Harmless if it does not run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the node at once, as a crash would."""
        self._end(signal.SIGKILL)

    def restart(self) -> Self:
        """Stop and start the node on the same port, with what it holds."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _format(self) -> None:
        tool = self._command("kafka.tools.StorageTool", "format", "--config", str(self._properties))
        # A cluster id is a UUID in URL-safe base64, which may begin with a hyphen: it must not look like an option.
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        done = subprocess.run([*tool, f"--cluster-id={cluster_id}"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ApacheKafkaError(f"formatting {self._data} failed: {done.stdout}{done.stderr}")

    def _command(self, main: str, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self._data / 'log4j2.properties'}"
        return [*JAVA, logging, "-cp", f"{CACHE}/*", main, *arguments]

    def _wait_until_started(self, seen: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with self._output.open("rb") as output:
                output.seek(seen)
                said = output.read()
            if STARTED in said:
                return
            if self._process is None or self._process.poll() is not None:
                break
            time.sleep(0.05)
        self.kill()
        raise ApacheKafkaError(f"Apache Kafka did not start:\n{said[-3000:].decode(errors='replace')}")

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            try:
                self._process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def free_ports(count: int) -> list[int]:
    """Return loopback ports that nobody listens on now, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def fetch() -> None:
    """Install Java and Maven where root may, and copy the jars of Apache Kafka to the cache; quick if all is there."""
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if CACHE.is_dir():
        missing = [package for package in missing if package != TOOLS["mvn"]]
    if missing:
        _install(missing)
    if not CACHE.is_dir():
        _copy_jars()


def _install(packages: list[str]) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise ApacheKafkaError(f"the contract tests need {' and '.join(packages)}: install them (Debian's names)")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-qq", *command], check=True, env=environment)


def _copy_jars() -> None:
    CACHE.parent.mkdir(exist_ok=True)
    # Beside the cache and renamed at the end: nobody ever sees half of it.
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as folder:
        jars = Path(folder) / "jars"
        copy = ["dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
        subprocess.run(["mvn", "-q", "-B", "-Dstyle.color=never", "-f", str(POM), *copy], check=True)
        with suppress(FileExistsError):
            jars.rename(CACHE)


def _require_fetched() -> None:
    if shutil.which("java") is None or not CACHE.is_dir():
        raise ApacheKafkaError(f"these tests run against Apache Kafka {VERSION}, which is not here yet: run `{FETCH}`")


if __name__ == "__main__":
    if sys.argv[1:] != ["fetch"]:
        sys.exit(f"usage: {FETCH}")
    fetch()
