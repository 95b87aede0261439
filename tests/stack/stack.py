"""Starts every service of the compose file in the order of its dependencies, as docker-compose does."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stack.compose import Tree, mounts, secret_mounts
from tests.stack.containers import PROGRAMS, Container, Hosts, image_of

LOOK_SECONDS = 0.2
START_SECONDS = 120
HEALTHY, COMPLETED = "service_healthy", "service_completed_successfully"


class StackError(Exception):
    """A service did not become what others wait for; the message has the end of its log."""


class Stack:
    """The services of a resolved compose file that are started without being asked for, and have a program here."""

    def __init__(self, tree: Tree, folder: Path) -> None:
        """Take the file as `compose.resolved` returns it, and a folder for volumes, logs and file systems."""
        self.tree = tree
        services = {name: service for name, service in tree["services"].items() if "profiles" not in service}
        self.without_program = {name for name, service in services.items() if image_of(service) not in PROGRAMS}
        numbers, network = itertools.count(2), _new_network()
        addresses = {
            name: [f"{network}.{next(numbers)}" for _ in range(int(service.get("scale", 1)))]
            for name, service in services.items()
        }
        hosts = Hosts(addresses)
        self.containers: dict[str, list[Container]] = {
            name: [
                Container(f"{name}-{number}", services[name], address, hosts, folder)
                for number, address in enumerate(addresses[name], start=1)
            ]
            for name in services
            if name not in self.without_program
        }
        for container in itertools.chain.from_iterable(self.containers.values()):
            mounted = mounts(container.service) + secret_mounts(container.service, tree["secrets"])
            container.mount(mounted, folder / "volumes")
        self.order: list[str] = []
        """The services in the order in which they became healthy, or completed."""

    def start(self) -> None:
        """Start everything, each service when what it depends on is there; raises StackError."""
        deadline, waiting, starting = time.monotonic() + START_SECONDS, set(self.containers), dict[str, float]()
        while waiting or starting:
            for name in sorted(waiting):
                if all(wanted in self.order for wanted in self.containers[name][0].service.get("depends_on", {})):
                    waiting.remove(name)
                    starting[name] = time.monotonic()
                    for container in self.containers[name]:
                        container.start()
            for name in [name for name in starting if self._is_there(name, starting[name])]:
                del starting[name]
                self.order.append(name)
            if time.monotonic() > deadline:
                raise StackError(f"not all is up: {sorted(waiting)} wait for {self._words(starting)}")
            time.sleep(LOOK_SECONDS)

    def stop(self) -> dict[str, int | None]:
        """End everything in the opposite order; return the exit codes."""
        backwards = [*self.order, *(name for name in self.containers if name not in self.order)][::-1]
        return {one.name: one.stop() for name in backwards for one in self.containers[name]}

    def _is_there(self, name: str, started_at: float) -> bool:
        """Tell whether others need not wait for the service any more; raises StackError if it never will be there."""
        containers = self.containers[name]
        if not containers[0].is_checked:
            # What is restarted never completes: nobody waits for it.
            return containers[0].service.get("restart") == "unless-stopped" or self._has_completed(name)
        for container in containers:
            if (code := container.exit_code()) is not None:
                raise StackError(f"{container.name} ended with exit code {code}:\n{container.last_words()}")
        if all(container.is_healthy() for container in containers):
            return True
        if time.monotonic() - started_at > containers[0].patience_seconds():
            raise StackError(f"{name} is not healthy: {self._words([name])}")
        return False

    def _has_completed(self, name: str) -> bool:
        codes = [container.exit_code() for container in self.containers[name]]
        if any(codes):
            raise StackError(f"{name} ended with exit code {codes}: {self._words([name])}")
        return all(code == 0 for code in codes)

    def _words(self, names: object) -> str:
        return "\n".join(f"{one.name}: {one.last_words()}" for name in names for one in self.containers[name])  # type: ignore[attr-defined]


_NETWORKS = itertools.count(os.getpid() // 200)


def _new_network() -> str:
    """Return the beginning of addresses of loopback that no other stack, of this process or a neighbour, has."""
    return f"127.{16 + os.getpid() % 200}.{next(_NETWORKS) % 250 + 1}"


@contextmanager
def running(tree: Tree, folder: Path) -> Iterator[Stack]:
    """Start the stack, and leave nothing behind."""
    stack = Stack(tree, folder)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
