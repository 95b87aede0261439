"""A month's free texts as the page's form: who may see and keep them, two writers at once, the file that results."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from streams.months.texts import TextFiles
from streams.reports.document import load_texts
from tests.conftest import Broker
from tests.months.kit import AGENT, JULY, Asking, Months

TEXTS = f"{JULY}/texts"
SAMPLE = Path("deploy/report-text/2009-07.yaml")
SAMPLE_TEXT = SAMPLE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def months(embedded_broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Months:
    """Return an installation that the tests of this module share, one after the other."""
    return Months(embedded_broker, f"x{uuid.uuid4().hex[:8]}-", tmp_path_factory.mktemp("texts"))


async def kept(asking: Asking, texts: Any, tag: str, status: int) -> tuple[Any, str]:
    """Keep texts; return the answer and the new tag."""
    found, content, headers = await asking.send("PUT", TEXTS, json=texts, **{"If_Match": tag} if tag else {})
    assert found == status, content
    return content, headers.get("ETag", "")


async def loaded(asking: Asking) -> tuple[Any, str]:
    """Return what a writer loads, and its tag."""
    status, content, headers = await asking.send("GET", TEXTS)
    assert status == 200
    return content, headers["ETag"]


async def test_nobody_but_a_writer_sees_or_keeps_texts(months: Months) -> None:
    """They are not masked: 401 without a token, 403 with an agent's, for both; nothing is written."""
    async with months.asked() as asking:
        for token, status in (("", 401), ("x" * 16, 401), (AGENT, 403)):
            await asking.refused("GET", TEXTS, status, token)
            await asking.refused("PUT", TEXTS, status, token, json={})
    assert list(months.texts.iterdir()) == []


async def test_texts_come_back_as_they_were_kept(months: Months) -> None:
    """All of the sample's, written as YAML that `streams report` reads; comments at the head of a file stay."""
    path = months.texts / "2009-07.yaml"
    path.write_text(SAMPLE_TEXT, encoding="utf-8")
    async with months.asked() as asking:
        content, tag = await loaded(asking)
        texts = content["texts"]
        assert texts["cases"][0]["number"] == "6332827"
        texts["plans"].append({"text": "核对 FTTB 断电: 是", "due": "2009-08-20", "owner": "现业"})
        again, new_tag = await kept(asking, texts, tag, 200)
        assert (await loaded(asking)) == (again, new_tag)
        assert again["texts"]["plans"][-1]["due"] == "2009-08-20"
    before, after = load_texts(SAMPLE), load_texts(path)
    assert (after.plans[:-1], after.defects, after.remarks) == (before.plans, before.defects, before.remarks)
    written = path.read_text(encoding="utf-8")
    assert written.startswith(SAMPLE_TEXT.splitlines()[0])
    assert "核对 FTTB 断电" in written
    assert "due: 2009-08-20" in written


async def test_two_writers_overwrite_nothing(months: Months) -> None:
    """Who saves texts that another has changed meanwhile is refused, and the other's stay; a tag has to be sent."""
    async with months.asked() as asking:
        _, tag = await loaded(asking)
        _, newer = await kept(asking, {"highlights": ["甲"]}, tag, 200)
        assert "somebody else" in (await kept(asking, {"highlights": ["乙"]}, tag, 412))[0]["error"]
        assert "If-Match" in (await kept(asking, {"highlights": ["乙"]}, "", 428))[0]["error"]
        assert (await loaded(asking))[0]["texts"]["highlights"] == ["甲"]
        await kept(asking, {}, newer, 200)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"defects": [{"text": "x", "state": "maybe"}]}, "defects[0].state"),
        ({"plans": [{"text": "x", "due": "soon"}]}, "plans[0].due"),
        ({"slogans": ["x"]}, "slogans"),
        ({"remarks": {"weather": ["x"]}}, "remarks: no chapter is called 'weather'; there are"),
    ],
)
async def test_texts_that_no_report_has_are_refused(months: Months, texts: Any, words: str) -> None:
    """With the field that is wrong; the file stays."""
    async with months.asked() as asking:
        before = await loaded(asking)
        assert words in (await kept(asking, texts, before[1], 400))[0]["error"]
        assert await loaded(asking) == before


async def test_a_folder_that_cannot_be_written_is_named(months: Months) -> None:
    """With what to do about it; a file in the folder's place stands for a volume that is mounted read-only."""
    blocked = months.texts / "blocked"
    blocked.mkdir(exist_ok=True)
    async with months.asked(STREAMS_REPORT_TEXT_DIR=str(blocked)) as asking:
        _, tag = await loaded(asking)
        blocked.rmdir()
        blocked.write_text("")
        error = (await kept(asking, {"highlights": ["x"]}, tag, 500))[0]["error"]
        assert str(blocked / "2009-07.yaml") in error
        assert "STREAMS_REPORT_TEXT_DIR" in error
    blocked.unlink()


def test_a_broken_file_is_not_overwritten_unseen(tmp_path: Path) -> None:
    """Its tag is that of its bytes, whatever they are: who writes has to have seen them."""
    files = TextFiles(tmp_path)
    none = files.tag("2009-07")
    files.path("2009-07").write_text("plans: [")
    assert files.tag("2009-07") != none
