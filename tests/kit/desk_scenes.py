"""A rep's desk in every state, over a server that is only told: for pictures and for axe.

The page is the built one. What the API, the live socket and the phone's registrar would say is
answered here, so that a state that takes a real floor minutes to reach is there at once.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page, Route, WebSocketRoute

from tests.kit.desk_texts import Language, Texts, texts

#: Nobody listens there: every request is answered before it leaves the browser.
URL = "http://127.0.0.1:9"
REP = "anna"
_TYPES = {
    ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
}  # fmt: skip
DIST = Path(__file__).parents[2] / "console" / "dist"

Json = dict[str, Any]


@dataclass
class Stage:
    """One page and what it is told. `show` changes the scene while the page is open."""

    page: Page
    words: Texts
    language: Language
    row: Json = field(default_factory=dict)
    call: Json | None = None
    messages: list[Json] = field(default_factory=list)
    dialing: list[Json] = field(default_factory=list)
    #: Files of the console that the page has asked for.
    files: set[Path] = field(default_factory=set)
    answers: dict[str, Json] = field(default_factory=dict)
    #: Requests of the page that change something, in order.
    asked: list[tuple[str, str, Json | None]] = field(default_factory=list)
    phone: str = "browser"
    _live: WebSocketRoute | None = None

    async def show(self, scene: str) -> None:
        """Change to this scene, one of SCENES."""
        now = time.time()
        self.row, self.call, self.messages = _row(now, self.words), None, []
        self.dialing = []
        self.answers = _answers(now, self.words)
        SCENES[scene](self, now)
        await self.push()

    async def push(self) -> None:
        """Tell the page the rows as they are now."""
        if self._live is not None:
            _snapshot(self, self._live)

    async def reach(self, state: str) -> None:
        await self.page.locator(f'[data-testid="status"][data-state="{state}"]').wait_for()

    async def drop_link(self) -> None:
        """The live connection is lost, and stays so."""
        self.answers["offline"] = {}
        if self._live is not None:
            await self._live.close(code=1012)


async def open_stage(context: BrowserContext, language: Language, phone: str = "browser") -> Stage:
    """The desk with nothing shown yet; `phone`: browser, desk or none-allowed."""
    page = await context.new_page()
    stage = Stage(page, texts(language), language, phone=phone)
    await page.route(f"{URL}/**", _answerer(stage))
    await page.route_web_socket(re.compile(r"/api/v1/live$"), _live(stage))
    await page.route_web_socket(re.compile(r"/ws$"), _registrar)
    await context.add_init_script(f"localStorage.setItem('dialer.language', '{language}')")
    await stage.show("out")
    return stage


# ------------------------------------------------------------------------------------- the server


def _answerer(stage: Stage) -> Callable[[Route], Awaitable[None]]:
    async def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if not path.startswith("/api/"):
            stage.files.add(await _file(route, path))
            return
        method, tail = route.request.method, path.removeprefix("/api/v1/")
        if method != "GET":
            stage.asked.append((method, tail, route.request.post_data_json))
        if tail == f"agents/{REP}/phone" and stage.phone == "desk":
            await _problem(route, 409, "no-browser-phone")
            return
        found = stage.answers.get(tail)
        if found is None and method == "GET":
            await _problem(route, 404, "no-such-call")
            return
        await route.fulfill(json=found or {})

    return answer


async def _file(route: Route, path: str) -> Path:
    file = DIST / path.lstrip("/")
    if not file.is_file():
        file = DIST / "index.html"
    kind = _TYPES.get(file.suffix, "application/octet-stream")
    await route.fulfill(body=file.read_bytes(), content_type=f"{kind}; charset=utf-8")
    return file


async def _problem(route: Route, status: int, slug: str) -> None:
    body = {"type": f"urn:dialer:problem:{slug}", "status": status, "detail": slug}
    await route.fulfill(status=status, json=body)


def _live(stage: Stage) -> Callable[[WebSocketRoute], Awaitable[None]]:
    async def begin(socket: WebSocketRoute) -> None:
        if "offline" in stage.answers:
            await socket.close(code=1012)
            return
        stage._live = socket

        def heard(text: str | bytes) -> None:
            if json.loads(text).get("op") == "subscribe":
                _snapshot(stage, socket)

        socket.on_message(heard)
        welcome = {"op": "welcome", "at": time.time(), "heartbeat_s": 15, "visitor": REP}
        socket.send(json.dumps(welcome))

    return begin


def _snapshot(stage: Stage, socket: WebSocketRoute) -> None:
    state = {
        "agents": {REP: stage.row} if stage.row else {},
        "calls": {stage.call["attempt"]: stage.call} if stage.call else {},
        "messages": {it["id"]: it for it in stage.messages},
        "dialing": {it["campaign"]: it for it in stage.dialing},
    }
    message = {"op": "snapshot", "topic": f"agent/{REP}", "run": "r", "seq": 1, "state": state}
    socket.send(json.dumps({**message, "at": time.time()}))


async def _registrar(socket: WebSocketRoute) -> None:
    """Says yes to every REGISTER and OPTIONS."""

    def heard(text: str | bytes) -> None:
        said = text if isinstance(text, str) else text.decode()
        lines = said.split("\r\n")
        if lines[0].split(" ")[0] not in {"REGISTER", "OPTIONS"}:
            return
        kept = [
            line
            for line in lines
            if re.match(r"(Via|From|To|Call-ID|CSeq|Contact):", line, re.IGNORECASE)
        ]
        kept = [f"{line};tag=x" if line.lower().startswith("to:") else line for line in kept]
        socket.send("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]))

    socket.on_message(heard)


# --------------------------------------------------------------------------------------- the rows


def _row(now: float, words: Texts) -> Json:
    return {
        "agent": REP, "name": words["rep"], "pool": "default", "state": "paused",
        "reason": "login", "since": now - 47, "phone": "parked", "attempt": None,
        "campaign": None, "calls": 23, "talk_seconds": 4100.0, "leaving": "",
        "leaving_reason": "", "wrapup_ends": None, "wrapup_of": None, "preview_ends": None,
        "last_attempt": None, "last_outcome": None, "activity": "",
    }  # fmt: skip


def _call(now: float, **more: Any) -> Json:
    return {
        "attempt": "a1", "campaign": "spring", "lead": "l1", "number": "+49…4412",
        "phase": "talking", "since": now - 83, "placed_at": now - 99, "agent": REP,
        "mode": "auto", "held_by": "", "held_until": None, "recording": "on", "parties": [],
        **more,
    }  # fmt: skip


def _answers(now: float, words: Texts) -> dict[str, Json]:
    return {
        "session": {
            "name": REP, "full_name": words["rep"], "role": "rep", "agent": REP,
            "permissions": ["agents.steer", "agents.read", "leads.read", "calls.transfer"],
            "scope": "own", "must_change": False, "second_factor": False, "csrf": "x",
            "expires_at": now + 3600,
        },
        f"agents/{REP}/phone": {
            "endpoint": REP, "uri": f"sip:{REP}@127.0.0.1", "ws_url": "ws://127.0.0.1:9/ws",
            "username": REP, "password": "x", "expires_at": now + 3600, "ice_servers": [],
            "short_lived": True, "note": None,
        },
        f"agents/{REP}/call": words["card"](now),
        f"agents/{REP}/today": words["today"](now),
        f"agents/{REP}/desk": words["desk"],
        f"agents/{REP}/callbacks": {"now": now, "callbacks": words["callbacks"](now)},
        f"agents/{REP}/calls": {"calls": words["calls"](now)},
        "callbacks": {
            "now": now, "whole": True, "callbacks": words["calendar"](now),
            "hours": [
                {
                    "campaign": "spring", "zones": ["Asia/Shanghai"],
                    "open": [
                        {"since": day + 9 * 3600, "until": day + 19 * 3600}
                        for day in (now - now % 86_400 + n * 86_400 for n in range(-7, 8))
                    ],
                }
            ],
        },
        f"agents/{REP}/unsaid": {"calls": []},
        f"agents/{REP}/transfer-targets": words["targets"],
        "messages": {"received": [], "sent": []},
        "floors/default/parked": {"parked": []},
    }  # fmt: skip


# -------------------------------------------------------------------------------------- the scenes


def _out(stage: Stage, now: float) -> None:
    stage.row = {}


def _paused(stage: Stage, now: float) -> None:
    stage.row |= {"reason": "lunch", "since": now - 754}


def _ready(stage: Stage, now: float) -> None:
    stage.row |= {"state": "ready", "reason": "", "since": now - 12}


def _asleep(stage: Stage, now: float) -> None:
    _ready(stage, now)
    stage.dialing = [
        {
            "campaign": stage.words["desk"]["campaigns"][0]["name"], "state": "running",
            "can_call": False, "next_at": now + 2_000, "reasons": ["calling_window", "recycle"],
            "waits": [{"reason": "asleep", "at": now + 2_000, "count": None}],
        }
    ]  # fmt: skip


def _preview(stage: Stage, now: float) -> None:
    stage.row |= {"state": "preview", "reason": "", "since": now - 8, "preview_ends": now + 22}
    stage.row |= {"attempt": "a2"}
    card = {"attempt": "a2", "stage": "preview", "mode": "preview"}
    stage.answers[f"agents/{REP}/call"] |= card


def _dialing(stage: Stage, now: float) -> None:
    _preview(stage, now)
    stage.row |= {"state": "dialing", "since": now - 4, "preview_ends": None}
    stage.call = _call(now, attempt="a2", phase="ringing", mode="preview", recording="off")


def _talking(stage: Stage, now: float) -> None:
    stage.row |= {"state": "talking", "reason": "", "since": now - 83, "attempt": "a1"}
    stage.row |= {"phone": "bridged", "campaign": "spring"}
    stage.call = _call(now)


def _reserved(stage: Stage, now: float) -> None:
    _talking(stage, now)
    stage.row |= {"leaving": "pause", "leaving_reason": "lunch"}
    stage.row |= {"watchers": [{"who": stage.words["boss"], "mode": "listen"}]}
    stage.call = _call(now, recording="paused")


def _hold(stage: Stage, now: float) -> None:
    _talking(stage, now)
    stage.row |= {"activity": "hold"}
    stage.call = _call(now, held_by="agent")


def _consult(stage: Stage, now: float) -> None:
    _talking(stage, now)
    stage.row |= {"activity": "consult"}
    party = {"id": "p1", "kind": "rep", "label": stage.words["colleague"], "state": "talking"}
    stage.call = _call(now, parties=[party])


def _phone_lost(stage: Stage, now: float) -> None:
    _talking(stage, now)
    stage.row |= {"phone": "none"}
    stage.call = _call(now, held_by="phone", held_until=now + 42)


def _wrapup(stage: Stage, now: float) -> None:
    stage.row |= {"state": "wrapup", "reason": "", "since": now - 6, "wrapup_of": "a1"}
    stage.row |= {"wrapup_ends": now + 54, "last_attempt": "a1", "last_outcome": "connected"}
    stage.answers[f"agents/{REP}/call"] |= {"stage": "wrapup"}


def _owed(stage: Stage, now: float) -> None:
    _paused(stage, now)
    stage.answers[f"agents/{REP}/unsaid"] = {"calls": stage.words["unsaid"](now)}


def _message(stage: Stage, now: float) -> None:
    _ready(stage, now)
    said = {"id": "m1", "who": stage.words["boss"], "text": stage.words["message"]}
    stage.messages = [{**said, "at": now - 30, "read_at": None}]


SCENES: dict[str, Callable[[Stage, float], None]] = {
    "out": _out, "paused": _paused, "ready": _ready, "preview": _preview, "dialing": _dialing,
    "talking": _talking, "reserved": _reserved, "hold": _hold, "consult": _consult,
    "phone-lost": _phone_lost, "wrapup": _wrapup, "message": _message, "owed": _owed,
    "asleep": _asleep,
}  # fmt: skip
