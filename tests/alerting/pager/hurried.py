"""Starts a pager that does everything the product's does, but waits for seconds where that waits for half a minute."""

from __future__ import annotations

from streams.alerting.pager import store, storm
from streams.cli import streams
from streams.core.months import SECOND

if __name__ == "__main__":
    storm.GATHER, storm.WINDOW = 2 * SECOND, 4 * SECOND
    store.WRITE_SECONDS = 4.0
    streams(["pager"], prog_name="streams")
