"""July 2009's report, made once for all tests of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.core.months import datetime_of
from streams.core.snapshot import Snapshot, build_snapshot
from streams.definitions import load
from streams.reports.document import Document, Templates, build_document, load_texts, write_report_of
from streams.samples import july_2009, printed
from tests.core.installation import Installation

DEPLOY = Path("deploy")
DEFINITIONS = load(DEPLOY, timezone="Asia/Shanghai", ledger_months=2)


@pytest.fixture(scope="session")
def july() -> Snapshot:
    """Return July's snapshot, compared with the printed report."""
    installation = Installation(partitions=4, definitions=DEFINITIONS)
    for line in july_2009.lines():
        installation.append(line.key or b"", line.value, topic=line.topic)
    installation.count(datetime_of(july_2009.AS_OF))
    return build_snapshot(july_2009.PERIOD, installation.tallies, DEFINITIONS, printed.report())


@pytest.fixture(scope="session")
def document(july: Snapshot) -> Document:
    """Return July's report, in Chinese, as `streams report` makes it."""
    texts = load_texts(DEPLOY / "report-text" / "2009-07.yaml")
    return build_document(july, {}, texts, DEFINITIONS.names)


@pytest.fixture(scope="session")
def templates() -> Templates:
    """Return the writers' templates."""
    return Templates.read(DEPLOY)


@pytest.fixture(scope="session")
def report(july: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that holds July's report in every format."""
    folder = tmp_path_factory.mktemp("report")
    assert len(list(write_report_of(july, DEFINITIONS, DEPLOY, "zh", ("pptx", "xlsx", "docx", "html"), folder))) == 4
    return folder
