"""What serve knows of an outage as a message is written: users out, place, expected end, owner, symptoms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import structlog

from streams.core.months import instant_of

log = structlog.get_logger("streams.pager")

TIMEOUT_SECONDS = 2.0


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """An outage, or a suspected one, as it stands, once it is over as it was; None and empty where
    nobody knows. `expected_at` is an instant."""

    place: str = ""
    users: int | None = None
    reports: int | None = None
    expected_at: int | None = None
    owner: str = ""
    symptoms: tuple[str, ...] = ()


class ServeClient:
    """Asks serve's API; where it does not answer, messages do without."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self._session, self._base_url = session, base_url

    async def live(self, labels: Mapping[str, str]) -> Live | None:
        """Return what is known of the outage that an alert's labels name, None if that is nothing."""
        if outage := labels.get("outage"):
            answer = await self._get(f"/api/outages/{quote(outage, safe='')}")
            return None if answer is None else _read(answer.get("outage"))
        if suspicion := labels.get("suspicion"):
            answer = await self._get("/api/outages")
            suspected = (answer or {}).get("suspected") or []
            found = next((one for one in suspected if one.get("id") == suspicion), None)
            return None if found is None else _read(found)
        return None

    async def _get(self, path: str) -> dict[str, Any] | None:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with self._session.get(f"{self._base_url}{path}", timeout=timeout) as response:
                answer = await response.json() if response.status == 200 else None
                return answer if isinstance(answer, dict) else None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("serve does not say how an outage stands", error=type(error).__name__)
            return None


class _Listed(msgspec.Struct):
    value: str


class _Outage(msgspec.Struct):
    """What the API's outages and suspected outages have of it; a symptom is an object there, a pair here."""

    place: str = ""
    users: int | None = None
    users_out: int | None = None
    reports: int | None = None
    expected_at: datetime | None = None
    owner: str | None = None
    symptoms: list[_Listed | tuple[str, int]] = []


def _read(content: Any) -> Live | None:
    try:
        outage = msgspec.convert(content, _Outage)
    except msgspec.ValidationError:
        return None
    return Live(
        place=outage.place,
        users=outage.users_out or outage.users,
        reports=outage.reports,
        expected_at=None if outage.expected_at is None else instant_of(outage.expected_at),
        owner=outage.owner or "",
        symptoms=tuple(one.value if isinstance(one, _Listed) else one[0] for one in outage.symptoms),
    )
