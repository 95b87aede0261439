"""Stands in for containers: a process each, with the compose file's command, environment, files and health check.

Each has an address of loopback of its own, so that all ports stay as the file has them, and a folder in the place of
its file system. Addresses and paths are translated in what the file says; nothing else is.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from streams.kafka.embedded import die_with_parent
from tests.kafka.apache import CACHE as KAFKA_JARS
from tests.kafka.apache import JAVA, LOGGING
from tests.stack.compose import Mount, Tree, seconds, without_ours
from tests.tools.debian import link_shared, tool

STOP_SECONDS = 30
KAFKA_CONFIGURATION = ("server.properties", "log4j2.yaml", "tools-log4j2.yaml")
WGET = "import sys, urllib.request as web; web.urlopen(sys.argv[-1], timeout=3)"


def image_of(service: Tree) -> str:
    """Return the image of a service without its tag."""
    return str(service["image"]).rpartition(":")[0]


class Hosts:
    """Which addresses each service has: what the network's name server knows."""

    def __init__(self, addresses: Mapping[str, list[str]]) -> None:
        """Take the addresses of each service's replicas."""
        self._addresses = addresses
        names = "|".join(map(re.escape, sorted(addresses, key=len, reverse=True)))
        self._names = re.compile(rf"(?<![\w.-])({names})(?=:\d)")

    def translated(self, text: str, own: str) -> str:
        """Return a text with addresses for names; `own` is the address of the container that it is told."""
        text = self._names.sub(lambda match: self._addresses[match[1]][0], text)
        return re.sub(r"(?<![\d.])(127\.0\.0\.1|0\.0\.0\.0)(?![\d.])", own, text)

    def translated_file(self, text: str, own: str) -> str:
        """Return a configuration in which also the names that Prometheus looks up stand as addresses."""
        tree = yaml.safe_load(text)
        for job in tree.get("scrape_configs", []):
            services = job.pop("dns_sd_configs", [])
            found = [
                f"{address}:{each['port']}" for each in services for name in each["names"]
                for address in self._addresses[name]
            ]  # fmt: skip
            if found:
                job["static_configs"] = [{"targets": found}]
        return self.translated(yaml.safe_dump(tree, allow_unicode=True), own)


class Container:
    """One replica of a service."""

    def __init__(self, name: str, service: Tree, own: str, hosts: Hosts, folder: Path) -> None:
        """Take the service as the file has it, the replica's address, and a folder for its file system and its log."""
        self.name, self.service, self.address = name, service, own
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._hosts, self._root = hosts, folder / name
        self._root.mkdir()
        self._targets: list[str] = []
        self._environment: dict[str, str] = {}

    def mount(self, mounts: Iterable[Mount], volumes: Path) -> None:
        """Put what is mounted where paths below the folder lead to it; volumes are folders that containers share."""
        for each in mounts:
            place = self._root / each.target.removeprefix("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            source = volumes / each.source if each.is_volume else Path(each.source)
            if each.is_volume:
                source.mkdir(parents=True, exist_ok=True)
            if source.is_file() and source.suffix == ".yml":
                place.write_text(self._hosts.translated_file(source.read_text("utf-8"), self.address), "utf-8")
            else:
                place.symlink_to(source)
            self._targets.append(each.target)

    def start(self) -> None:
        """Start the service's command."""
        self._environment = without_ours() | {
            name: self._here(str(text)) for name, text in (self.service.get("environment") or {}).items()
        }
        program = PROGRAMS[image_of(self.service)]
        self._folder = self._root / program.folder
        self._folder.mkdir(parents=True, exist_ok=True)
        arguments = program.arguments(self, [self._here(text) for text in self.service.get("command") or []])
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                arguments,
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - calls prctl and nothing else
            )

    def exit_code(self) -> int | None:
        """Return the exit code of the command, None while it runs or has not been started."""
        return None if self.process is None else self.process.poll()

    @property
    def is_checked(self) -> bool:
        """Whether the file has a health check for the service."""
        return bool(self.service["healthcheck"]["test"] != ["NONE"])

    def is_healthy(self) -> bool:
        """Run the service's health check once, as it stands in the file."""
        check = self.service["healthcheck"]
        kind, *command = [self._here(text) for text in check["test"]]
        assert kind == "CMD"
        try:
            ended = subprocess.run(
                [*CHECKERS[command[0]], *command[1:]],
                env=self._environment,
                capture_output=True,
                check=False,
                timeout=seconds(check["timeout"]),
            )
        except subprocess.TimeoutExpired:
            return False
        return ended.returncode == 0

    def patience_seconds(self) -> float:
        """How long the file lets the service be unhealthy after its start."""
        check = self.service["healthcheck"]
        return seconds(check["start_period"]) + check["retries"] * seconds(check["interval"])

    def last_words(self) -> str:
        """Return the end of what the command said."""
        return self.log.read_text(errors="replace")[-2500:] if self.log.exists() else ""

    def kill(self) -> None:
        """End the process as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> int | None:
        """End the process in good order; return its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def _here(self, text: str) -> str:
        """Return a text of the file with addresses and paths as they are here."""
        text = self._hosts.translated(text, self.address)
        targets = "|".join(map(re.escape, sorted(self._targets, key=len, reverse=True)))
        return re.sub(rf"(?<![\w.])({targets})(?![\w-])", rf"{self._root}\1", text) if targets else text

    def _streams(self, command: list[str]) -> list[str | Path]:
        """The image has `streams` on its PATH: here it is this checkout's."""
        assert command[0] == "streams", f"the image has no program {command[0]}"
        return [sys.executable, "-m", *command]

    def _prometheus(self, command: list[str]) -> list[str | Path]:
        return [tool("prometheus"), *command]

    def _alertmanager(self, command: list[str]) -> list[str | Path]:
        link_shared(self._folder)
        return [tool("prometheus-alertmanager"), *command]

    def _kafka(self, command: list[str]) -> list[str | Path]:
        """The image's own start-up: its wrapper makes the configuration of the environment, and formats the folder."""
        assert command == [], "the image starts Kafka by itself"
        configuration = self._root / "configuration"
        for part in ("default", "mounted", "final"):
            (configuration / part).mkdir(parents=True)
        for name in KAFKA_CONFIGURATION:
            (configuration / "default" / name).touch()
        folders = [f"--{part}-configs-dir={configuration / part}" for part in ("default", "mounted", "final")]
        java = [*JAVA, "-cp", f"{KAFKA_JARS}/*"]
        setup = [*java, "kafka.docker.KafkaDockerWrapper", "setup", *folders]
        subprocess.run(setup, env=self._environment, check=True, capture_output=True, text=True)
        logging = self._root / "log4j2.properties"
        logging.write_text(LOGGING)
        properties = configuration / "final" / "server.properties"
        return [*java[:-2], f"-Dlog4j2.configurationFile={logging}", *java[-2:], "kafka.Kafka", properties]


class Program(NamedTuple):
    """What stands for an image here."""

    arguments: Callable[[Container, list[str]], list[str | Path]]
    """Its entry point."""
    folder: str
    """The folder in which it starts."""


PROGRAMS: dict[str, Program] = {
    "apache/kafka": Program(Container._kafka, "opt/kafka"),
    "service-quality-streams": Program(Container._streams, "var/lib/streams"),
    "prom/prometheus": Program(Container._prometheus, "prometheus"),
    "prom/alertmanager": Program(Container._alertmanager, "etc/alertmanager"),
}
"""No package has Grafana: only what it is given is checked."""
CHECKERS = {
    "python": [sys.executable],
    "wget": [sys.executable, "-c", WGET],
    "bash": [shutil.which("bash") or "bash"],
}
"""Programs that health checks start in the image → here."""
