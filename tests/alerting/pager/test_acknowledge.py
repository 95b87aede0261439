"""Links and commands acknowledge only if we signed them, and not for ever."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerting.pager.acknowledge import COMMAND_LIFE, LINK_LIFE, AcknowledgeError, Expired, Signer, read_token
from streams.alerting.pager.pages import Page
from streams.credentials import Secret
from tests.alerting.pager.kit import SECRET
from tests.alerting.pager.test_escalation import AT, opened

SIGNER = Signer(Secret(SECRET))
PAGE = opened()
LINK = str(SIGNER.token(PAGE, PAGE.notices[0]))


def check(text: str, page: Page | None = PAGE, at: int = AT) -> str:
    """The person who acknowledges by a link's end."""
    _, notice = SIGNER.check(read_token(text), page, at)
    return notice.person


def test_a_link_acknowledges_for_its_person_for_a_day() -> None:
    """Until the last microsecond."""
    assert check(LINK) == "chen"
    assert check(LINK, at=AT + LINK_LIFE - 1) == "chen"
    with pytest.raises(Expired):
        check(LINK, at=AT + LINK_LIFE)


@given(st.integers(0, len(LINK) - 1), st.characters(codec="utf-8"))
def test_a_changed_link_is_refused(place: int, character: str) -> None:
    """Whichever character is another."""
    changed = LINK[:place] + character + LINK[place + 1 :]
    if changed != LINK:
        with pytest.raises(AcknowledgeError):
            check(changed)


@given(st.text(max_size=40))
def test_whatever_is_no_link_is_refused(text: str) -> None:
    """Empty, cut short, too long: nothing but a refusal comes of it."""
    with pytest.raises(AcknowledgeError):
        check(text)


def test_a_link_is_for_its_own_page_person_and_time() -> None:
    """Nothing of what was signed can be another: the matter, the person, when it expires, the secret."""
    [notice] = PAGE.notices
    for page in (
        None,
        msgspec.structs.replace(PAGE, group="another"),
        msgspec.structs.replace(PAGE, notices=(msgspec.structs.replace(notice, person="li"),)),
        msgspec.structs.replace(PAGE, notices=(msgspec.structs.replace(notice, made_at=AT + 1),)),
    ):
        with pytest.raises(AcknowledgeError):
            check(LINK, page)
    with pytest.raises(AcknowledgeError):
        Signer(Secret("another secret than ours")).check(read_token(LINK), PAGE, AT)


def test_a_command_is_signed_for_a_minute() -> None:
    """For its page, person and time, by whoever has the pager's secret."""
    signature = SIGNER.command("k3f9a2b", "li", AT + COMMAND_LIFE)
    SIGNER.check_command("k3f9a2b", "li", AT + COMMAND_LIFE, signature, AT)
    with pytest.raises(Expired):
        SIGNER.check_command("k3f9a2b", "li", AT + COMMAND_LIFE, signature, AT + COMMAND_LIFE)
    for page, person, expires_at in (
        ("another", "li", AT + COMMAND_LIFE),
        ("k3f9a2b", "chen", AT + COMMAND_LIFE),
        ("k3f9a2b", "li", AT + 2 * COMMAND_LIFE),
    ):
        with pytest.raises(AcknowledgeError, match="STREAMS_PAGER_SECRET"):
            SIGNER.check_command(page, person, expires_at, signature, AT)


def test_a_short_secret_is_refused() -> None:
    """It could be guessed; the message does not show it."""
    with pytest.raises(AcknowledgeError, match="too short") as refused:
        Signer(Secret("password"))
    assert "password" not in str(refused.value)
