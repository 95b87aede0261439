"""How Prometheus and Alertmanager are found and started with the files that are made for them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from streams.settings import Address

PROMETHEUS = ("prometheus",)
ALERTMANAGER = ("prometheus-alertmanager", "alertmanager")
"""What the programs are called, Debian's name first."""
HOW_TO_GET_THEM = "apt-get install --no-install-recommends prometheus prometheus-alertmanager (Debian, Ubuntu)"


def found(names: Sequence[str]) -> Path | None:
    """Return the first of these programs that is on PATH, None if none is."""
    return next((Path(path) for name in names if (path := shutil.which(name))), None)


def prometheus_arguments(configuration: Path, data: Path, listens: Address) -> list[str]:
    """Return what Prometheus is told: its configuration, where its data goes, where it listens."""
    return [
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={listens}",
    ]


def alertmanager_arguments(configuration: Path, data: Path, listens: Address) -> list[str]:
    """Return what an Alertmanager that is alone is told: its configuration, where its data goes, where it listens."""
    return [
        f"--config.file={configuration}",
        f"--storage.path={data}",
        f"--web.listen-address={listens}",
        # No cluster: without this it would listen on all interfaces for others.
        "--cluster.listen-address=",
    ]
