"""Reads docker-compose.yml as docker-compose 1.29 resolves it: variables filled in, anchors and defaults applied."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.tools.debian import environment, tool

CHECKOUT = Path(__file__).parents[2]
COMPOSE_FILE = CHECKOUT / "docker-compose.yml"
SECRETS_SCRIPT = CHECKOUT / "deploy" / "compose" / "secrets.sh"
CONFIG_SECONDS = 60
UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}

Tree = dict[str, Any]


class ComposeError(Exception):
    """docker-compose refuses the file; the message is its own."""


class Mount(NamedTuple):
    """A folder or file of the machine, or a named volume, and where a container has it."""

    source: str
    target: str
    read_only: bool

    @property
    def is_volume(self) -> bool:
        """Whether it is a named volume."""
        return not self.source.startswith("/")


def make_secrets(folder: Path) -> Path:
    """Make the secrets in a folder as a person does before the first start; return the folder."""
    subprocess.run(["sh", SECRETS_SCRIPT, folder], check=True, capture_output=True)
    return folder


def resolved(secrets: Path, file: Path = COMPOSE_FILE, variables: Mapping[str, str] | None = None) -> Tree:
    """Return the file as `docker-compose config` prints it; raises ComposeError with what it says if it refuses.

    `variables` are those of the environment; the variables of whoever runs the tests do not count.
    """
    inherited = {name: text for name, text in environment("docker-compose").items() if not name.startswith("STREAMS_")}
    said = subprocess.run(
        [tool("docker-compose"), "--project-directory", CHECKOUT, "--file", file, "config"],
        env=inherited | {"STREAMS_SECRETS": str(secrets)} | dict(variables or {}),
        cwd=secrets,
        capture_output=True,
        text=True,
        check=False,
        timeout=CONFIG_SECONDS,
    )
    if said.returncode:
        raise ComposeError(said.stderr.strip())
    tree: Tree = yaml.safe_load(said.stdout)
    return tree


def mounts(service: Tree) -> list[Mount]:
    """Return what a service mounts, secrets among it."""
    found = []
    for text in service.get("volumes", []):
        source, target, mode = text.split(":")
        found.append(Mount(source, target, mode == "ro"))
    return found


def secret_mounts(service: Tree, secrets: Tree) -> list[Mount]:
    """Return where a container has its secrets."""
    return [
        Mount(secrets[each["source"]]["file"], f"/run/secrets/{each['source']}", read_only=True)
        for each in service.get("secrets", [])
    ]


def published(service: Tree) -> list[tuple[str, int]]:
    """Return (what of the machine, port in the container) of each port that a service publishes."""
    ports = []
    for text in service.get("ports", []):
        outside, _, inside = text.removesuffix("/tcp").rpartition(":")
        ports.append((outside, int(inside)))
    return ports


def seconds(duration: str) -> float:
    """Return a duration such as 1m30s in seconds."""
    return sum(float(number) * UNITS[unit] for number, unit in re.findall(r"([\d.]+)([smh])", duration))


def without_ours() -> dict[str, str]:
    """Return the environment without our own variables: a container has only what the file gives it."""
    return {name: text for name, text in os.environ.items() if not name.startswith(("STREAMS_", "KAFKA_", "GF_"))}
