"""Writes what a page says: at most 70 characters for a short message, everything that helps for others; zh and en.

No subscriber's number is in it: free texts are masked, and places name no more than a prefix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streams.alerting.pager.live import Live
from streams.alerting.pager.pages import Notice, Page, Subject
from streams.alerting.roster import CITY, Language, Roster
from streams.core.definitions import Definitions
from streams.logs import masked_text

SHORT_LENGTH = 70
"""What a short message in Chinese holds, in UTF-16 units."""
MOST_IN_DIGEST = 20

WORDS: dict[str, dict[Language, str]] = {
    "critical": {"zh": "严重", "en": "critical"},
    "warning": {"zh": "警告", "en": "warning"},
    "update": {"zh": "更新", "en": "update"},
    "resolve": {"zh": "恢复", "en": "over"},
    "came_and_went": {"zh": "已恢复", "en": "already over"},
    CITY: {"zh": "全市", "en": "city"},
    "suspected": {"zh": "疑似", "en": "suspected"},
    "users": {"zh": "{}户", "en": "{} out"},
    "users_long": {"zh": "影响用户：{}", "en": "Users out: {}"},
    "reports": {"zh": "申告：{} 件", "en": "Reports: {}"},
    "place": {"zh": "地点：{}", "en": "Place: {}"},
    "symptoms": {"zh": "主要现象：{}", "en": "Top symptoms: {}"},
    "expected": {"zh": "预计{}", "en": "ETA {}"},
    "expected_long": {"zh": "预计恢复：{}", "en": "Expected back: {}"},
    "owner": {"zh": "负责：{}", "en": "Owner: {}"},
    "alerts": {"zh": "告警：{} 条", "en": "Alerts: {}"},
    "details": {"zh": "详情：{}", "en": "Details: {}"},
    "runbook": {"zh": "处置手册：{}", "en": "Runbook: {}"},
    "acknowledge": {"zh": "确认：{}", "en": "Acknowledge: {}"},
    "taken": {"zh": "已由{}确认", "en": "taken by {}"},
    "id": {"zh": "编号：{}", "en": "Id: {}"},
    "digest": {"zh": "{} 条告警汇总", "en": "{} alerts gathered"},
    "cannot_page": {
        "zh": "[严重]寻呼中断：Kafka 不可用，告警送达不了。请立即检查 Kafka，然后重启 streams pager",
        "en": "[critical] No pages: Kafka is away. Look at it, then restart the pager",
    },
    "more": {"zh": "另有 {} 条", "en": "and {} more"},
    "and": {"zh": "、", "en": ", "},
}


class Message(NamedTuple):
    """What goes to a channel: a title, which a short message does not have, and a body."""

    title: str
    body: str


class Item(NamedTuple):
    """A page that a message tells of, with the notice that asks for it and what is known of it now."""

    page: Page
    notice: Notice
    live: Live | None


class Writer:
    """Writes messages under given definitions and roster; `public_url` leads to serve."""

    def __init__(self, definitions: Definitions, roster: Roster, public_url: str) -> None:
        self._definitions, self._roster, self._public_url = definitions, roster, public_url
        self._classes = {severity.id: severity.names for severity in definitions.outages.severities}

    def message(self, items: Sequence[Item], link: str, *, is_short: bool) -> Message:
        """Return the message for one item, or the digest of several; `link` acknowledges, empty if nobody has to.

        All items are for one person.
        """
        words = _Words(self.language(items[0].notice.person))
        if len(items) > 1:
            return self._digest(items, link, words, is_short=is_short)
        item = items[0]
        if is_short:
            return Message("", self._short(item, link, words))
        return Message(
            f"【{self._head(item, words)}】{self._summary(item.page.subject, words)}", self._long(item, link, words)
        )

    def cannot_page(self, person: str) -> Message:
        """Return what a person is told when the pager has to end because Kafka does not keep its pages."""
        return Message("", WORDS["cannot_page"][self.language(person)])

    def overview(self, page: Page, language: Language) -> list[str]:
        """Return the lines that describe a page, the summary first."""
        words = _Words(language)
        return [self._summary(page.subject, words), *self._facts(page, None, words)]

    def _long(self, item: Item, link: str, words: _Words) -> str:
        page, live = item.page, item.live
        subject = page.subject
        lines = self._facts(page, live, words)
        if description := words.of(subject.description):
            lines.append(masked_text(description))
        if outage := subject.labels.get("outage"):
            lines.append(words("details", f"{self._public_url}/api/outages/{outage}"))
        if subject.runbook_url:
            lines.append(words("runbook", subject.runbook_url))
        if page.state == "acknowledged":
            lines.append(words("taken", self.name(page.taken_by(), words.language)))
        if link:
            lines.append(words("acknowledge", link))
        return "\n".join([*lines, words("id", item.notice.message_id)])

    def _facts(self, page: Page, live: Live | None, words: _Words) -> list[str]:
        live, labels = live or Live(), page.subject.labels
        facts = {
            "place": masked_text(live.place or labels.get("place", "")),
            "users_long": "" if live.users is None else f"{live.users:,}",
            "reports": "" if live.reports is None else f"{live.reports:,}",
            "symptoms": masked_text(words("and").join(live.symptoms)),
            "expected_long": "" if live.expected_at is None else self._time(live.expected_at, page.opened_at),
            "owner": masked_text(live.owner),
            "alerts": f"{page.subject.alerts:,}" if page.subject.alerts > 1 else "",
        }
        return [words(name, fact) for name, fact in facts.items() if fact]

    def _short(self, item: Item, link: str, words: _Words) -> str:
        """Return the most important that fits: parts are left out from the least important on, the summary is cut."""
        end, subject = link or item.notice.message_id, item.page.subject
        head, summary = f"[{self._head(item, words)}]", self._summary(subject, words)
        parts: list[str] = []
        if item.live is not None and item.live.place:
            summary = words.joined(self._branch(subject.branch, words), masked_text(item.live.place))
            parts = self._short_facts(item, item.live, words)
        # The class goes first, then the owner, the expected end, the users.
        for kept in (parts, *(parts[1:last] for last in range(len(parts), 0, -1))):
            text = " ".join(filter(None, [head + summary, *kept, end]))
            if length(text) <= SHORT_LENGTH:
                return text
        return _fitted(head + summary, end)

    def _short_facts(self, item: Item, live: Live, words: _Words) -> list[str]:
        """Return class, users, expected end and owner, empty where nobody knows."""
        return [
            self._class(item, words),
            "" if live.users is None else words("users", str(live.users)),
            "" if live.expected_at is None else words("expected", self._time(live.expected_at, item.page.opened_at)),
            masked_text(live.owner),
        ]

    def _digest(self, items: Sequence[Item], link: str, words: _Words, *, is_short: bool) -> Message:
        items = sorted(items, key=lambda item: item.page.subject.rank())
        title = words("digest", str(len(items)))
        identity = items[0].notice.message_id
        if is_short:
            summary = self._summary(items[0].page.subject, words)
            return Message("", _fitted(f"[{title}]{summary}", link or identity))
        lines = [
            f"【{self._head(item, words)}】{self._summary(item.page.subject, words)}" for item in items[:MOST_IN_DIGEST]
        ]
        if len(items) > MOST_IN_DIGEST:
            lines.append(words("more", str(len(items) - MOST_IN_DIGEST)))
        if link:
            lines.append(words("acknowledge", link))
        return Message(f"【{title}】", "\n".join([*lines, words("id", identity)]))

    def _head(self, item: Item, words: _Words) -> str:
        kind = item.notice.kind
        if kind == "page" and item.page.state == "resolved":
            return words("came_and_went")
        return words(kind if kind != "page" else item.page.subject.severity)

    def _class(self, item: Item, words: _Words) -> str:
        name = item.page.subject.labels.get("class", "")
        return words.of(self._classes.get(name, {})) or (words(name) if name in WORDS else "")

    def _summary(self, subject: Subject, words: _Words) -> str:
        return masked_text(words.of(subject.summary) or f"{subject.name} {self._branch(subject.branch, words)}")

    def _branch(self, branch: str, words: _Words) -> str:
        if branch == CITY or words.language == "zh":
            return words(branch)
        return self._definitions.names.get(branch, {}).get(words.language, branch)

    def _time(self, at: int, since: int) -> str:
        """Return a local time, with its day if that is another one."""
        local, first = self._roster.local(at), self._roster.local(since)
        return f"{local:%H:%M}" if local.date() == first.date() else f"{local:%m-%d %H:%M}"

    def name(self, person: str, language: Language) -> str:
        """Return a person's name; the roster may no longer know who it was."""
        known = self._roster.people.get(person)
        return person if known is None else known.names.get(language, person)

    def language(self, person: str) -> Language:
        """Return the language that a person is written to in."""
        known = self._roster.people.get(person)
        return "zh" if known is None else known.language


class _Words:
    """The catalogue in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, name: str, content: str = "") -> str:
        return WORDS[name][self.language].format(content) if name in WORDS else name

    def joined(self, branch: str, place: str) -> str:
        """Return a branch and a place in it as the language writes them."""
        return f"{branch}{place}" if self.language == "zh" else f"{branch} {place}"

    def of(self, texts: Mapping[str, str]) -> str:
        """Return a text in the language, in any other where it is not there in this one."""
        return texts.get(self.language) or next(iter(texts.values()), "")


def length(text: str) -> int:
    """Return how long a text is as a short message counts it."""
    return len(text.encode("utf-16-le")) // 2


def _fitted(text: str, end: str) -> str:
    """Return a short message with as much of its text as its end leaves room for."""
    room = SHORT_LENGTH - length(end) - 1
    return f"{_cut(text, room)} {end}" if room > 0 else _cut(text, SHORT_LENGTH)


def _cut(text: str, room: int) -> str:
    if length(text) <= room:
        return text
    while length(text) > room - 1:
        text = text[:-1]
    return f"{text}…"
