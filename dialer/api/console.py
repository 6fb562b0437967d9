"""The console's built files, at every address that is not the API's.

Files under `/assets/` have a hash of what is in them in their names and are kept by browsers for a
year; everything else is asked for again each time. An address without a file is a screen of the
console, and gets its page.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.datastructures import Headers, URLPath
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from dialer.features.phones.service import ws_url

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
#: Suffix of a compressed file beside the plain one, by its name in Accept-Encoding; best first.
_PACKED: Final = {"br": ".br", "gzip": ".gz"}
_PAGE: Final = "/index.html"
_HASHED: Final = "/assets/"
_A_YEAR: Final = "public, max-age=31536000, immutable"
_FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "microphone=(self), speaker-selection=(self), autoplay=(self), camera=(), geolocation=(), "
        "display-capture=(), usb=(), serial=(), bluetooth=(), payment=()"
    ),
}
#: What may stand in a policy; an address comes from the request's own Host.
_ADDRESS: Final = re.compile(r"wss?://[A-Za-z0-9.:\[\]_-]+(?:/[A-Za-z0-9./_-]*)?")

_UNBUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Dialer</title></head>
<body>
<h1>The console is not built</h1>
<p>Run <code>make console</code> in the project's folder, then load this page again. The service
itself works; its API is at <a href="/api/v1/openapi.json">/api/v1</a>.</p>
<h1 lang="zh-CN">控制台尚未构建</h1>
<p lang="zh-CN">请在项目目录中运行 <code>make console</code>，然后重新加载本页。
服务本身运行正常。</p>
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Built:
    """One file of the console. `packed` holds the same, compressed, by the encoding's name."""

    media_type: str
    plain: bytes
    packed: Mapping[str, bytes]
    etag: str

    def best(self, accepted: str) -> tuple[bytes, str]:
        """The smallest form that a browser with this Accept-Encoding takes, and its encoding."""
        taken = {
            name.strip()
            for name, _, quality in (part.partition(";") for part in accepted.split(","))
            if quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        }
        for name, body in self.packed.items():
            if name in taken:
                return body, name
        return self.plain, ""


class Console:
    """The files under `folder`, read once and again after a new build. None: there are none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._files: dict[str, Built] = {}
        self._built_at = 0

    def files(self) -> Mapping[str, Built]:
        """By address, as `/index.html`. Reads files: not for an event loop's own thread."""
        built_at = self.built_at()
        if self._folder is None or not built_at:
            return {}
        if built_at != self._built_at:
            self._files, self._built_at = _read(self._folder), built_at
        return self._files

    def known(self) -> Mapping[str, Built] | None:
        """As `files`, without reading any; None where they have to be read first."""
        return self._files if self.built_at() == self._built_at else None

    def built_at(self) -> int:
        """When the page was written, ns; 0: there is none."""
        try:
            return (self._folder / "index.html").stat().st_mtime_ns if self._folder else 0
        except OSError:
            return 0


def _read(folder: Path) -> dict[str, Built]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TYPES and path.is_file():
            found[f"/{path.relative_to(folder).as_posix()}"] = _built(path)
    return found


def _built(path: Path) -> Built:
    plain = path.read_bytes()
    packed = {
        name: beside.read_bytes()
        for name, suffix in _PACKED.items()
        if (beside := path.with_name(path.name + suffix)).is_file()
    }
    etag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    return Built(_TYPES[path.suffix], plain, packed, etag)


def console_folder() -> Path | None:
    """Where the built console lies: in a checkout, or in an installed package."""
    package = Path(__file__).parent.parent
    checkout = package.parent / "console"
    places = [checkout / "dist"] if (checkout / "package.json").is_file() else []
    places.append(package / "_data/console")
    return next((place for place in places if place.is_dir()), places[0])


class ConsoleRoute(BaseRoute):
    """Every GET outside the API that no route before it took. Not in the API's document."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        is_ours = (
            scope["type"] == "http"
            and scope["method"] in {"GET", "HEAD"}
            and not f"{scope['path']}/".startswith("/api/")
        )
        return (Match.FULL if is_ours else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        files = self._console.known()
        if files is None:
            files = await asyncio.to_thread(self._console.files)
        await answer(files, request)(scope, receive, send)


def answer(files: Mapping[str, Built], request: Request) -> Response:
    """The file, the page, or why there is none. Raises HTTPException with 404."""
    path = request.url.path
    wants_page = "text/html" in request.headers.get("accept", "")
    if path == "/" or (path not in files and wants_page and "." not in path.rpartition("/")[2]):
        path = _PAGE
    file = files.get(path)
    if file is None:
        if path == _PAGE and not files:
            headers = {**_FIXED, "Cache-Control": "no-store", "Retry-After": "30"}
            return HTMLResponse(_UNBUILT, 503, headers=headers)
        raise HTTPException(404)
    headers = {**_FIXED, "ETag": file.etag, "Vary": "Accept-Encoding"}
    headers["Cache-Control"] = _A_YEAR if path.startswith(_HASHED) else "no-cache"
    if file.media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = policy(request)
        headers["X-Frame-Options"] = "DENY"
    if _has_it(request.headers, file.etag):
        return Response(status_code=304, headers=headers)
    body, encoding = file.best(request.headers.get("accept-encoding", ""))
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(body, media_type=file.media_type, headers=headers)


def _has_it(headers: Headers, etag: str) -> bool:
    return any(
        each.strip().removeprefix("W/") == etag
        for each in headers.get("if-none-match", "").split(",")
    )


def policy(request: Request) -> str:
    """What the page may load, and where it may connect: to us, and to the phone's WebSocket."""
    connect = ["'self'"]
    phone = ws_url(request.app.state.context.settings(), request)
    if _ADDRESS.fullmatch(phone):
        connect.append(phone)
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        # Charts write their tips' styles into the element; a style cannot run anything.
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "media-src": "'self' blob:",
        "connect-src": " ".join(connect),
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def install(app: FastAPI, folder: Path | None) -> None:
    """Serve the console after every other route of `app`."""
    app.router.routes.append(ConsoleRoute(Console(folder)))
