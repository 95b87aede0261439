"""What a page says: short ones fit into a message of 70 characters, none names a subscriber."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerting.pager import escalation
from streams.alerting.pager.live import Live
from streams.alerting.pager.messages import SHORT_LENGTH, WORDS, Item, Message, Writer, length
from streams.alerting.pager.pages import GroupUpdate, Page, Subject
from streams.core.months import HOUR
from streams.definitions import load
from streams.settings import Settings
from tests.alerting.pager.kit import roster
from tests.alerting.pager.test_escalation import AT, KNOWN, update

LINK = "http://10.128.3.7:8090/p/k3f9a2b1tn5mnwn949"
DEFINITIONS = load(Settings.from_environment({}).definitions_dir, timezone="Asia/Shanghai", ledger_months=2)
WRITER = Writer(DEFINITIONS, KNOWN, "https://noc.example")
LIVE = Live(
    place="663", users=613, reports=14, expected_at=AT + 4 * HOUR, owner="传输班", symptoms=("断线", "无法上网")
)


def item(subject: Subject, live: Live | None = None, person: str = "chen") -> Item:
    """A page about a subject, told to a person."""
    update_ = GroupUpdate(group="g", subject=subject, is_firing=True)
    page = escalation.opened(update_, KNOWN, AT)
    assert page is not None
    return Item(page, msgspec.structs.replace(page.notices[0], person=person), live)


def outage(summary: str = "群障（较大）：现业 663，613 户") -> Subject:
    """A mass outage as the rules describe it."""
    return msgspec.structs.replace(
        update().subject,
        summary={"zh": summary, "en": "Mass outage (major): 663, 613 users"},
        description={"zh": "说明", "en": "more"},
    )


def short(one: Item, link: str = LINK) -> str:
    """The short message."""
    title, body = WRITER.message([one], link, is_short=True)
    assert title == ""
    return body


def test_a_short_message_has_what_matters() -> None:
    """Class, branch, place, users, expected end, owner and link, in 70 characters."""
    assert short(item(outage(), LIVE)) == f"[严重]现业663 613户 预计14:00 传输班 {LINK}"
    nearer = LINK.replace("10.128.3.7:8090", "noc.cn")
    assert short(item(outage(), LIVE), nearer) == f"[严重]现业663 较大 613户 预计14:00 传输班 {nearer}"
    farther = LINK.replace("10.128.3.7", "noc.example")
    assert short(item(outage(), LIVE), farther) == f"[严重]现业663 613户 预计14:00 {farther}"
    assert short(item(outage(), LIVE, "li"), nearer) == f"[critical]Urban 663 613 out {nearer}"


def test_a_long_message_has_everything() -> None:
    """Counts, place, symptoms, expected end, owner, both links and the message's id."""
    title, body = WRITER.message([item(outage(), LIVE)], LINK, is_short=False)
    assert title == "【严重】群障（较大）：现业 663，613 户"
    assert body.splitlines()[:9] == [
        "地点：663",
        "影响用户：613",
        "申告：14 件",
        "主要现象：断线、无法上网",
        "预计恢复：14:00",
        "负责：传输班",
        "说明",
        "详情：https://noc.example/api/outages/QZ-1",
        f"确认：{LINK}",
    ]
    assert body.splitlines()[-1].startswith("编号：")


def test_people_are_written_to_in_their_language() -> None:
    """Every text is there in both."""
    title, body = WRITER.message([item(outage(), LIVE, "li")], LINK, is_short=False)
    assert title == "【critical】Mass outage (major): 663, 613 users"
    assert body.splitlines()[:2] == ["Place: 663", "Users out: 613"]
    assert all(set(texts) == {"zh", "en"} for texts in WORDS.values())
    assert all(length(WRITER.cannot_page(person).body) <= SHORT_LENGTH for person in ("chen", "li"))


def test_without_serve_the_alert_says_what_it_knows() -> None:
    """Where serve does not answer, place and class are those of the alert's labels."""
    subject = msgspec.structs.replace(outage(), labels={"outage": "QZ-1", "place": "663"})
    _, body = WRITER.message([item(subject)], LINK, is_short=False)
    assert body.splitlines()[0] == "地点：663"
    assert short(item(subject)).startswith("[严重]群障（较大）：现业")


def test_the_end_and_updates_say_so() -> None:
    """A message of the end needs no acknowledgement, and one that never got out before says that it is over."""
    one = item(outage(), LIVE)
    resolved = escalation.updated(one.page, update(is_firing=False), KNOWN, AT + HOUR)
    late = Item(resolved, one.notice, LIVE)
    assert WRITER.message([late], "", is_short=False).title.startswith("【已恢复】")
    over = Item(resolved, msgspec.structs.replace(one.notice, kind="resolve"), LIVE)
    assert WRITER.message([over], "", is_short=False).title.startswith("【恢复】")
    assert short(over, "") == f"[恢复]现业663 较大 613户 预计14:00 传输班 {one.notice.id}"


@given(st.text(max_size=120), st.text(max_size=60), st.integers(0, 10**7), st.text(max_size=20), st.integers(0, 60))
def test_a_short_message_is_never_longer(summary: str, place: str, users: int, owner: str, more: int) -> None:
    """Whatever there is to say, 70 characters hold it, with the link in it if anything can."""
    link = f"https://{'x' * more}.cn/p/k3f9a2b1tn5mnwn949"
    live = Live(place=place, users=users, expected_at=AT, owner=owner)
    for one in (item(outage(summary), live), item(outage(summary)), item(outage(summary), live, "li")):
        text = short(one, link)
        assert length(text) <= SHORT_LENGTH
        assert link in text or more > 37
        digest = WRITER.message([one, one], link, is_short=True).body
        assert length(digest) <= SHORT_LENGTH
        assert link in digest or more > 37


def test_nobodys_number_is_in_a_message() -> None:
    """Whatever a summary, place or owner holds, runs of digits as long as a subscriber's number do not get out."""
    private = "6632827"
    subject = msgspec.structs.replace(
        outage(f"申告 {private}"), description={"zh": private}, labels={"outage": "QZ-1", "place": private}
    )
    live = Live(place=private, owner=private, symptoms=(private,))
    for one in (item(subject), item(subject, live)):
        for is_short in (True, False):
            message = WRITER.message([one], LINK, is_short=is_short)
            assert private not in message.title + message.body


def test_a_digest_lists_the_gravest_first() -> None:
    """As many as help, and how many there are."""
    grave = item(outage("甲"))
    light = item(msgspec.structs.replace(outage("乙"), severity="warning"))
    message = WRITER.message([*[light] * 30, grave], LINK, is_short=False)
    assert message.title == "【31 条告警汇总】"
    assert message.body.splitlines()[0] == "【严重】甲"
    assert "另有 11 条" in message.body


@pytest.mark.parametrize("person", ["chen", "somebody who left"])
def test_who_has_left_the_roster_is_still_written_to(person: str) -> None:
    """A notice that was made before the roster changed goes out."""
    assert isinstance(WRITER.message([item(outage(), LIVE, person)], LINK, is_short=False), Message)


def test_pages_survive_being_kept() -> None:
    """A page reads back as it was written."""
    from streams.alerting.pager.pages import read, write

    page: Page = item(outage(), LIVE).page
    assert read(write(page)) == page
    assert roster() == KNOWN
