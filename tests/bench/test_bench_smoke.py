"""Benchmarks run to the end and show their tables; nothing timed is asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.__main__ import main


def test_benchmarks_without_a_broker_make_their_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A quick run shows one table for each benchmark and writes all figures as JSON, with the machine."""
    out = tmp_path / "bench.json"
    results = main(["profile", "memory", "--quick", "--out", str(out)])
    shown = capsys.readouterr().out
    assert all(result.title in shown for result in results)
    found = json.loads(out.read_text())
    assert [result["benchmark"] for result in found["results"]] == ["profile", "memory"]
    assert all(figure["values"] for result in found["results"] for figure in result["figures"])
    assert found["machine"]["processors"]


def test_storm_counts_every_report_of_its_outage(tmp_path: Path) -> None:
    """A quick storm on Apache Kafka ends with all tickets and reports on /metrics; it raises if any is missing."""
    out = tmp_path / "bench.json"
    (result,) = main(["storm", "--quick", "--out", str(out)])
    by_name = {figure.what: figure.values for figure in result.figures}
    assert by_name["· at the end, messages"] == [0.0]
