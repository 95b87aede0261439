"""What the pager answers over HTTP: Alertmanager's webhook, links, commands, health and metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import structlog
from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from streams.alerting.pager import answers, webhook
from streams.alerting.pager.acknowledge import AcknowledgeError, Expired, Signer, read_token
from streams.alerting.pager.courier import LINK_PATH, Courier
from streams.alerting.pager.desk import Desk, Full, wall_clock
from streams.alerting.pager.messages import Writer
from streams.alerting.pager.metrics import exposition
from streams.alerting.pager.pages import Notice, Page
from streams.alerting.pager.store import StoreError
from streams.alerting.rules.routes import WEBHOOK_PATH

log = structlog.get_logger("streams.pager")

LARGEST_MESSAGE = 16 * 1024 * 1024


class Command(msgspec.Struct):
    """What `streams pager ack` sends: in whose name, until when it is valid (an instant), and the proof."""

    person: str
    expires_at: int
    signature: str


class Web:
    """The handlers."""

    def __init__(
        self,
        desk: Desk,
        courier: Courier,
        writer: Writer,
        signer: Signer,
        branch_of: Callable[[Mapping[str, str]], str],
    ) -> None:
        self._desk, self._courier, self._writer, self._signer = desk, courier, writer, signer
        self._branch_of = branch_of

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(client_max_size=LARGEST_MESSAGE)
        app.add_routes(
            [
                web.post(WEBHOOK_PATH, self._webhook),
                web.get(f"{LINK_PATH}{{token}}", self._show),
                web.post(f"{LINK_PATH}{{token}}", self._take),
                web.post("/api/pages/{id}/acknowledge", self._command),
                web.get("/health", self._health),
                web.get("/metrics", self._metrics),
            ]
        )
        return app

    async def _webhook(self, request: web.Request) -> web.Response:
        """Take in a group; 200 is answered once its page is kept, anything else makes Alertmanager come again."""
        try:
            update = webhook.group_update(await request.read(), self._branch_of)
        except webhook.WebhookError as error:
            log.warning("a message is not Alertmanager's", error=str(error))
            return web.json_response({"error": str(error)}, status=400)
        try:
            await self._desk.group(update)
        except (Full, StoreError) as error:
            return web.json_response({"error": str(error)}, status=503)
        return web.json_response({"status": "kept"})

    async def _show(self, request: web.Request) -> web.Response:
        try:
            page, notice = self._checked(request)
        except AcknowledgeError as error:
            return _refused(error)
        return self._page_answer(page, notice)

    async def _take(self, request: web.Request) -> web.Response:
        try:
            page, notice = self._checked(request)
        except AcknowledgeError as error:
            return _refused(error)
        await self._desk.acknowledge(page.id, notice, notice.person)
        return self._page_answer(self._desk.pages[page.id], notice)

    async def _command(self, request: web.Request) -> web.Response:
        page_id = request.match_info["id"]
        try:
            command = msgspec.json.decode(await request.read(), type=Command)
            self._signer.check_command(page_id, command.person, command.expires_at, command.signature, wall_clock())
        except (msgspec.DecodeError, AcknowledgeError) as error:
            return web.json_response({"error": str(error)}, status=403)
        if page_id not in self._desk.pages:
            error_text = f"there is no page {page_id}: `streams pager list` shows those that are open"
            return web.json_response({"error": error_text}, status=404)
        await self._desk.acknowledge(page_id, None, command.person)
        page = self._desk.pages[page_id]
        return web.json_response({"state": page.state, "acknowledged_by": page.taken_by()})

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _metrics(self, _: web.Request) -> web.Response:
        body = exposition(self._desk.pages.values(), self._courier.outcomes, wall_clock())
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _checked(self, request: web.Request) -> tuple[Page, Notice]:
        token = read_token(request.match_info["token"])
        return self._signer.check(token, self._desk.pages.get(token.page), wall_clock())

    def _page_answer(self, page: Page, notice: Notice) -> web.Response:
        language = self._writer.language(notice.person)
        name = self._writer.name(page.taken_by(), language)
        together = [other for other in self._desk.pages.values() if _has_digest(other, notice.digest)] or [page]
        lines = [line for one in together for line in self._writer.overview(one, language)]
        state = answers.TEXTS[page.state][language].format(name)
        return answers.page_answer(lines, state, language, has_button=any(one.state == "open" for one in together))


def _has_digest(page: Page, digest: str) -> bool:
    return bool(digest) and any(notice.digest == digest for notice in page.notices)


def _refused(error: AcknowledgeError) -> web.Response:
    # Nobody learns from the answer whether a page of that id exists.
    if isinstance(error, Expired):
        return answers.refusal_answer("链接已过期 · This link has expired", 410)
    return answers.refusal_answer("链接无效 · This link is not valid", 403)
