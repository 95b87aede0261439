"""Fetches the programs of others that tests run, from Debian's packages, without root: unpacked, not installed.

`python -m tests.tools.debian fetch` gets what is missing; what stands on PATH is good enough too. A program that needs
packages that the machine lacks gets them beside it: `environment` says where they are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

SHARED = "/usr/share/prometheus/alertmanager"
"""Where Debian's Alertmanager looks for its templates; unpacked elsewhere, it looks below the folder it runs in."""
SHARED_HERE = "./" * 11 + "alertmanager"
CACHE = Path(__file__).parents[2] / ".cache" / "tools"
FETCH = "python -m tests.tools.debian fetch"
FETCH_SECONDS = 600
RUN_SECONDS = 120
FONTS = "fonts.conf"
_FONTS = """<?xml version="1.0"?>
<fontconfig>
  <cachedir>{content}/var/cache/fontconfig</cachedir>
  <dir>{content}/usr/share/fonts</dir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <include ignore_missing="yes">{content}/etc/fonts/fonts.conf</include>
</fontconfig>
"""


class Bundle(NamedTuple):
    """Packages that are fetched together, and where in them the programs are that tests run."""

    packages: tuple[str, ...]
    programs: Mapping[str, str]
    has_dependencies: bool = False
    """Whether what the packages depend on comes with them, as far as the machine does not have it installed."""


def _in_bin(*programs: str) -> dict[str, str]:
    return {program: f"usr/bin/{program}" for program in programs}


BUNDLES: Mapping[str, Bundle] = MappingProxyType(
    {
        "prometheus": Bundle(("prometheus",), _in_bin("prometheus", "promtool")),
        "prometheus-alertmanager": Bundle(("prometheus-alertmanager",), _in_bin("prometheus-alertmanager", "amtool")),
        # The program itself, not the script in usr/bin that looks for what is installed.
        "chromium": Bundle(("chromium", "fonts-noto-cjk"), {"chromium": "usr/lib/chromium/chromium"}, True),
        "docker-compose": Bundle(("docker-compose",), _in_bin("docker-compose"), True),
        "office": Bundle(
            (
                "libreoffice-impress",
                "libreoffice-calc",
                "libreoffice-writer",
                "fonts-liberation",
                "fonts-noto-cjk",
                "poppler-utils",
            ),
            {
                "soffice": "usr/lib/libreoffice/program/soffice",
                **_in_bin("pdftoppm", "pdftotext", "pdffonts", "fc-list"),
            },
            True,
        ),
    }
)
"""Name of the folder in CACHE → what is in it."""


class ToolMissing(Exception):
    """A program can neither be fetched nor found."""


def tool(program: str) -> Path:
    """Return where a program of BUNDLES is; raises ToolMissing if it has not been fetched and is not on PATH."""
    name, bundle = _bundle_of(program)
    fetched = CACHE / name / bundle.programs[program]
    if fetched.exists():
        return fetched
    on_path = shutil.which(program)
    if on_path is None:
        packages = " ".join(bundle.packages)
        raise ToolMissing(f"these tests need {program}: run `{FETCH}`, or install {packages} (Debian's names)")
    return Path(on_path)


def environment(program: str) -> dict[str, str]:
    """Return the environment in which a program of BUNDLES finds the libraries, modules and fonts that came with it."""
    name, _ = _bundle_of(program)
    content = CACHE / name
    if not (content / FONTS).exists():
        return dict(os.environ)
    libraries = sorted({str(file.parent) for file in content.glob("usr/lib/*-linux-gnu*/**/*.so*")})
    modules = sorted(map(str, content.glob("usr/lib/python3*/dist-packages")))
    added = {"LD_LIBRARY_PATH": libraries, "PYTHONPATH": modules, "XDG_DATA_DIRS": [str(content / "usr" / "share")]}
    paths = {name: [*found, *filter(None, [os.environ.get(name)])] for name, found in added.items()}
    return (
        dict(os.environ)
        | {name: os.pathsep.join(found) for name, found in paths.items() if found}
        | {"FONTCONFIG_FILE": str(content / FONTS)}
    )


def link_shared(folder: Path) -> None:
    """Let an Alertmanager that was fetched find its templates when it runs in a folder."""
    fetched = CACHE / "prometheus-alertmanager" / SHARED.removeprefix("/")
    if fetched.exists():
        (folder / SHARED_HERE).symlink_to(fetched)


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program of BUNDLES to its end and return what it said; whether that is well is for the caller to see."""
    return subprocess.run(
        [tool(program), *arguments],
        env=environment(program),
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_SECONDS,
    )


def fetch() -> None:
    """Unpack every bundle whose programs are neither fetched nor on PATH; raises ToolMissing where that cannot be."""
    for name, bundle in BUNDLES.items():
        if not (CACHE / name).exists() and not all(map(shutil.which, bundle.programs)):
            _unpack(name, bundle)


def _bundle_of(program: str) -> tuple[str, Bundle]:
    return next((name, bundle) for name, bundle in BUNDLES.items() if program in bundle.programs)


def _unpack(name: str, bundle: Bundle) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    # Beside its place and renamed at the end: nobody ever sees half of it.
    with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
        folder = Path(temporary)
        content = folder / "content"
        _download(bundle, folder)
        for archive in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", archive, content], check=True)
        _relocate(content, CACHE / name)
        if bundle.has_dependencies:
            (content / FONTS).write_text(_FONTS.format(content=CACHE / name))
        with suppress(OSError):
            content.rename(CACHE / name)


def _relocate(content: Path, place: Path) -> None:
    """Make what was packed for / find itself where it will be."""
    if (content / SHARED.removeprefix("/")).exists():
        for program in (content / "usr" / "bin").iterdir():
            # A path as long as the other: nothing else in the program moves.
            program.write_bytes(program.read_bytes().replace(SHARED.encode(), SHARED_HERE.encode()))
    for link in [path for path in content.rglob("*") if path.is_symlink()]:
        target = str(link.readlink())
        if target.startswith("/") and (content / target.removeprefix("/")).exists():
            link.unlink()
            link.symlink_to(place / target.removeprefix("/"))
    _relocate_office(content)


def _relocate_office(content: Path) -> None:
    """Let an office suite look for its parts where it is, and not where it would have been installed."""
    program = content / "usr" / "lib" / "libreoffice" / "program"
    settings = program / "fundamentalrc"
    if settings.exists():
        text = settings.read_text(encoding="utf-8").replace("file:///usr/lib/libreoffice", "${ORIGIN}/..")
        # Installing would have copied the hidden folder to the one in /etc.
        text = text.replace("file:///etc/libreoffice/registry", "${BRAND_BASE_DIR}/share/.registry")
        settings.write_text(text, encoding="utf-8")
        # It takes the folder in which it finds its own libraries for the one where everything else is.
        for library in (content / "usr" / "lib").glob("*-linux-gnu*/libuno_*"):
            library.unlink()


def _download(bundle: Bundle, folder: Path) -> None:
    """Download a bundle's packages; their list may first have to be updated, which only root may."""
    wanted = " ".join(bundle.packages)
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise ToolMissing(f"tests need {wanted}: install it, this is no Debian to fetch it from")
    # apt's own user may not write where we download to; it would warn, and go on.
    folder.chmod(0o755)
    if _downloaded(bundle, folder):
        return
    if os.geteuid() == 0 and _output(["apt-get", "-qq", "update"], folder) is not None and _downloaded(bundle, folder):
        return
    raise ToolMissing(f"tests need {wanted}, and apt-get cannot download it: install it (Debian's names)")


def _downloaded(bundle: Bundle, folder: Path) -> bool:
    packages: list[str] | None = list(bundle.packages)
    if bundle.has_dependencies:
        packages = _not_installed(bundle.packages, folder)
    return packages is not None and _output(["apt-get", "-qq", "download", *packages], folder) is not None


def _not_installed(packages: tuple[str, ...], folder: Path) -> list[str] | None:
    """Return the packages that installing these would bring; None where apt does not know."""
    listed = _output(["apt-get", "-qq", "--print-uris", "--no-install-recommends", "install", *packages], folder)
    if listed is None:
        return None
    # A line is 'address' NAME_VERSION_ARCHITECTURE.deb size digest.
    files = [line.split()[1] for line in listed.splitlines() if line.startswith("'")]
    return [file.split("_")[0] for file in files]


def _output(command: list[str], folder: Path) -> str | None:
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS)
    return ended.stdout if ended.returncode == 0 else None


if __name__ == "__main__":
    if sys.argv[1:] != ["fetch"]:
        sys.exit(f"usage: {FETCH}")
    try:
        fetch()
    except ToolMissing as missing:
        sys.exit(str(missing))
