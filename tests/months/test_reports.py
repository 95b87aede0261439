"""Reports from the page: the very bytes that `streams report` writes, made once, and pages that run nothing."""

from __future__ import annotations

import uuid
from pathlib import Path
from unittest.mock import patch

import pytest

from streams.months.children import MOST_WAITING, Children, Lane
from streams.months.routes import MEDIA_TYPES
from streams.reports.document import FORMATS
from streams.serve.answers import Refusal
from tests.conftest import Broker, Run
from tests.months.kit import DEFINITIONS, JULY, WRITER, Months
from tests.serve.standin import StandIn
from tests.serve.test_api import asking as asking_the_board


@pytest.fixture(scope="module")
def months(embedded_broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Months:
    """Return an installation that the tests of this module share, one after the other."""
    return Months(embedded_broker, f"r{uuid.uuid4().hex[:8]}-", tmp_path_factory.mktemp("reports"))


async def test_downloads_are_what_the_command_writes(months: Months, tmp_path: Path) -> None:
    """Byte for byte, in every format, of the edition in force; asked again nothing is made anew, until texts change."""
    async with months.asked() as asking:
        assert (await asking.freeze())["state"] == "done"
        for wanted in FORMATS:
            status, body, headers = await asking.send("GET", f"{JULY}/report.{wanted}?lang=en", token="")
            assert (status, headers["Content-Type"].split(";")[0]) == (200, MEDIA_TYPES[wanted])
            assert headers["Content-Disposition"] == f'attachment; filename="report-2009-07-1-en.{wanted}"'
            (tmp_path / f"report.{wanted}").write_bytes(body)
        with patch.object(Children, "run", side_effect=AssertionError("made anew")):
            assert await asking.get(f"{JULY}/report.xlsx?lang=en") == (tmp_path / "report.xlsx").read_bytes()
        (months.texts / "2009-07.yaml").write_text("highlights: [零投诉]\n")
        assert "零投诉" in (await asking.get(f"{JULY}/preview?lang=zh")).decode()
        (months.texts / "2009-07.yaml").unlink()
        await Children().run(
            ("streams", "report", "2009-07", "--lang", "en", "--out", str(tmp_path / "own")), seconds=60
        )
    for wanted in FORMATS:
        assert (tmp_path / f"report.{wanted}").read_bytes() == (tmp_path / "own" / f"report.{wanted}").read_bytes()


async def test_a_preview_may_be_framed_by_us_and_runs_nothing(months: Months) -> None:
    """Its policy has no source of scripts and forbids frames of others; every other answer may not be framed at all."""
    async with months.asked() as asking:
        _, _, headers = await asking.send("GET", f"{JULY}/preview?edition=now", token="")
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert "script-src" not in policy
        assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'self'")
        assert policy["sandbox"] == "allow-same-origin"
        _, _, headers = await asking.send("GET", "/api/months", token="")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


async def test_no_number_of_a_text_is_in_a_report(months: Months) -> None:
    """Whoever may see the board may see reports: what a writer's form has whole is masked there."""
    (months.texts / "2009-07.yaml").write_text(
        "highlights: [用户 6332827 表扬]\n"
        "cases: [{number: '6332827', complaint: 6332827 断网, handling: 回电 13350690999, suggestion: x}]\n",
        encoding="utf-8",
    )
    async with months.asked() as asking:
        preview = (await asking.get(f"{JULY}/preview")).decode()
        assert "表扬" in preview
        assert [number for number in ("6332827", "13350690999") if number in preview] == []
        assert (await asking.get(f"{JULY}/texts", WRITER))["texts"]["cases"][0]["number"] == "6332827"
    (months.texts / "2009-07.yaml").unlink()


async def test_our_page_frames_nobody_else(months: Months) -> None:
    """`/months` may frame what is ours, and be framed by nobody; the board frames nothing."""
    async with asking_the_board(StandIn(months.growing.made), DEFINITIONS) as client:
        policy = (await client.get("/months")).headers["Content-Security-Policy"]
        assert "frame-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "frame-src" not in (await client.get("/")).headers["Content-Security-Policy"]


async def test_what_there_is_not_says_what_there_is(months: Months) -> None:
    """Editions, formats, languages; and a text file that cannot be used is named in the command's words."""
    async with months.asked() as asking:
        for path, status, words in (
            ("report.pdf", 404, "there are pptx, xlsx, docx, html"),
            ("report.xlsx?edition=7", 404, "it has 1, and now"),
            ("preview?lang=fr", 400, "none of zh, en"),
        ):
            assert words in await asking.refused("GET", f"{JULY}/{path}", status, token="")
        (months.texts / "2009-07.yaml").write_text("plans: [")
        assert "2009-07.yaml" in await asking.refused("GET", f"{JULY}/preview", 409, token="")
        assert "correct the file by hand" in await asking.refused("GET", f"{JULY}/texts", 409)
        (months.texts / "2009-07.yaml").unlink()


async def test_waiting_is_bounded() -> None:
    """Who would wait behind too many is sent away; one who waits no more makes room."""
    lane = Lane()
    async with lane.turn():
        lane._waiting = MOST_WAITING
        with pytest.raises(Refusal, match="try again"):
            async with lane.turn():
                pass
        lane._waiting = 1
    async with lane.turn():
        pass


async def test_what_takes_too_long_is_ended() -> None:
    """The process is gone, and who asked is told."""
    with pytest.raises(Refusal, match="given up after"):
        await Children().run(("http.server", "0"), seconds=0.5)


def test_the_command_reads_the_folder_of_texts(run: Run, months: Months, tmp_path: Path) -> None:
    """`streams report` takes the texts from STREAMS_REPORT_TEXT_DIR, as the page does."""
    (months.texts / "2009-07.yaml").write_text("highlights: [零投诉]\n")
    result = run("report", "2009-07", "--format", "html", "--out", str(tmp_path), settings=months.environment)
    assert result.exit_code == 0, result.output
    assert "零投诉" in (tmp_path / "report.html").read_text(encoding="utf-8")
