"""Fetches Debian's Prometheus and Alertmanager for the tests, without root: packages are unpacked, not installed.

`python -m tests.tools.debian fetch` gets what is missing; what stands on PATH is good enough too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

PACKAGES = {"prometheus": ("prometheus", "promtool"), "prometheus-alertmanager": ("prometheus-alertmanager", "amtool")}
"""Package → the programs in it that are used."""
SHARED = "/usr/share/prometheus/alertmanager"
"""Where Debian's Alertmanager looks for its templates; unpacked elsewhere, it looks below the folder it runs in."""
SHARED_HERE = "./" * 11 + "alertmanager"
CACHE = Path(__file__).parents[2] / ".cache" / "tools"
FETCH = "python -m tests.tools.debian fetch"
FETCH_SECONDS = 300
RUN_SECONDS = 120


class ToolMissing(Exception):
    """A program can neither be fetched nor found."""


def tool(program: str) -> Path:
    """Return where a program of PACKAGES is; raises ToolMissing if it has not been fetched and is not on PATH."""
    package = next(name for name, programs in PACKAGES.items() if program in programs)
    fetched = CACHE / package / "usr" / "bin" / program
    if fetched.exists():
        return fetched
    on_path = shutil.which(program)
    if on_path is None:
        raise ToolMissing(f"these tests need {program}: run `{FETCH}`, or install {package} (Debian's name)")
    return Path(on_path)


def link_shared(folder: Path) -> None:
    """Let an Alertmanager that was fetched find its templates when it runs in a folder."""
    fetched = CACHE / "prometheus-alertmanager" / SHARED.removeprefix("/")
    if fetched.exists():
        (folder / SHARED_HERE).symlink_to(fetched)


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program of PACKAGES to its end and return what it said; whether that is well is for the caller to see."""
    return subprocess.run([tool(program), *arguments], capture_output=True, text=True, check=False, timeout=RUN_SECONDS)


def fetch() -> None:
    """Unpack every package whose programs are neither fetched nor on PATH; raises ToolMissing where that cannot be."""
    for package, programs in PACKAGES.items():
        if not (CACHE / package).exists() and not all(map(shutil.which, programs)):
            _unpack(package)


def _unpack(package: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    # Beside its place and renamed at the end: nobody ever sees half of it.
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        _download(package, folder)
        [archive] = folder.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, folder / "content"], check=True)
        for program in (folder / "content" / "usr" / "bin").iterdir():
            # A path as long as the other: nothing else in the program moves.
            program.write_bytes(program.read_bytes().replace(SHARED.encode(), SHARED_HERE.encode()))
        with suppress(OSError):
            (folder / "content").rename(CACHE / package)


def _download(package: str, folder: Path) -> None:
    """Download a package; its list may first have to be updated, which only root may."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise ToolMissing(f"the tests of alerts need {package}: install it, this is no Debian to fetch it from")
    download = ["apt-get", "-qq", "download", package]
    if _succeeds(download, folder):
        return
    if os.geteuid() == 0 and _succeeds(["apt-get", "-qq", "update"], folder) and _succeeds(download, folder):
        return
    raise ToolMissing(f"the tests of alerts need {package}, and apt-get cannot download it: install it (Debian's name)")


def _succeeds(command: list[str], folder: Path) -> bool:
    ended = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=FETCH_SECONDS)
    return ended.returncode == 0


if __name__ == "__main__":
    if sys.argv[1:] != ["fetch"]:
        sys.exit(f"usage: {FETCH}")
    try:
        fetch()
    except ToolMissing as missing:
        sys.exit(str(missing))
