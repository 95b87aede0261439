"""The page behind a link: what the matter is and a button to take it; a mail scanner that opens it takes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from aiohttp import web

from streams.alerting.roster import Language

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}

TEXTS: dict[str, dict[Language, str]] = {
    "title": {"zh": "告警确认", "en": "Acknowledge"},
    "button": {"zh": "我来处理", "en": "I take it"},
    "open": {"zh": "尚无人确认", "en": "Nobody has taken it yet"},
    "acknowledged": {"zh": "已由 {} 确认", "en": "Taken by {}"},
    "resolved": {"zh": "已恢复", "en": "It is over"},
}

_PAGE = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 18px/1.5 sans-serif; max-width: 36em; margin: 2em auto; padding: 0 1em }}
button {{ font-size: 1.2em; padding: .6em 1.6em }}
</style></head><body><h1>{heading}</h1>{lines}<p><strong>{state}</strong></p>{form}</body></html>
"""
_FORM = '<form method="post"><button type="submit">{button}</button></form>'


def page_answer(lines: Sequence[str], state: str, language: Language, *, has_button: bool) -> web.Response:
    """Return the HTML page of something to take; the first of `lines` is its heading, `state` says how it stands."""
    heading, *others = lines
    return _html(
        language,
        heading=escape(heading),
        lines="".join(f"<p>{escape(line)}</p>" for line in others),
        state=escape(state),
        form=_FORM.format(button=TEXTS["button"][language]) if has_button else "",
    )


def refusal_answer(reason: str, status: int) -> web.Response:
    """Return the HTML page that says why a link does nothing."""
    return _html("zh", heading=escape(reason), lines="", state="", form="", status=status)


def _html(language: Language, *, status: int = 200, **parts: str) -> web.Response:
    body = _PAGE.format(language=language, title=TEXTS["title"][language], **parts)
    return web.Response(text=body, status=status, content_type="text/html", headers=HEADERS)
