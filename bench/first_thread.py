"""The code as it stood when it counted fault tickets alone: what every later commit is measured against."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec

from bench.results import QUICK, Result, Scale

COMMIT = "ee53e1b900d5093321800e2089f59fea549cd7fa"
"""The last one without complaints, orders, call-backs and assessments."""
CHECKOUT = Path(__file__).parent.parent


@contextmanager
def first_thread() -> Iterator[Path | None]:
    """Give a folder with the code of that commit; None where git cannot tell it, as in a shallow clone."""
    archived = subprocess.run(["git", "archive", COMMIT], cwd=CHECKOUT, capture_output=True, check=False)
    if archived.returncode:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="bench-first-thread-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def event_microseconds(code: Path, scale: Scale) -> float:
    """Return the processor time (µs) of a fault event in a settled partition, as that code's own benchmark finds it."""
    report = code / "profile.json"
    quick = ["--quick"] if scale == QUICK else []
    command = [sys.executable, "-m", "bench", "profile", "--out", str(report), *quick]
    subprocess.run(command, cwd=code, stdout=subprocess.DEVNULL, check=True)
    (result,) = msgspec.convert(msgspec.json.decode(report.read_bytes())["results"], list[Result])
    return next(median(figure.values) for figure in result.figures if figure.what == "an event, settled")
