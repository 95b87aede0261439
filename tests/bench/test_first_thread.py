"""The code that later commits are measured against is what its name says."""

from __future__ import annotations

import pytest

from bench.first_thread import first_thread


def test_first_thread_counts_fault_tickets_alone() -> None:
    """The unpacked commit can run its own benchmarks, and has one chapter: faults."""
    with first_thread() as code:
        if code is None:
            pytest.skip("the history at hand does not reach back to that commit")
        assert (code / "bench" / "__main__.py").exists()
        chapters = {path.stem for path in (code / "streams" / "core" / "events").glob("*.py")}
    assert "fault" in chapters
    assert not chapters & {"complaint", "order", "callback", "assessment"}
