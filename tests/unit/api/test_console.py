"""The console's files: who gets what, how long it is kept, and what its page may do."""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dialer.api.app import create_app

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = b"console.log('the console');" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Console</title>")
    script = folder / "assets/index-BrE6FqNA.js"
    script.write_bytes(SCRIPT)
    script.with_name(script.name + ".gz").write_bytes(gzip.compress(SCRIPT))
    script.with_name(script.name + ".br").write_bytes(b"as brotli has it")
    (folder / "icon-idle.svg").write_text("<svg/>")
    (folder / "notes.exe").write_text("no file of a console")
    return folder


@pytest.fixture
async def browser(world: Any, built: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(world.context(), built)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/desk", "/floor/default", "/index.html"])
async def test_every_screen_is_the_one_page(browser: httpx.AsyncClient, path: str) -> None:
    reply = await browser.get(path, headers=PAGE)

    assert (reply.status_code, reply.text) == (200, "<!doctype html><title>Console</title>")
    assert reply.headers["cache-control"] == "no-cache"


async def test_a_page_that_did_not_change_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    etag = (await browser.get("/", headers=PAGE)).headers["etag"]

    again = await browser.get("/", headers={**PAGE, "If-None-Match": f'"other", W/{etag}'})

    assert (again.status_code, again.content) == (304, b"")


async def test_hashed_files_are_kept_for_a_year_and_others_are_not(
    browser: httpx.AsyncClient,
) -> None:
    script = await browser.get("/assets/index-BrE6FqNA.js")
    icon = await browser.get("/icon-idle.svg")

    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert icon.headers["cache-control"] == "no-cache"
    assert icon.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("accepted", "encoding", "size"),
    [
        ("gzip, deflate, br, zstd", "br", 16),
        ("gzip", "gzip", len(gzip.compress(SCRIPT))),
        ("br;q=0, gzip", "gzip", len(gzip.compress(SCRIPT))),
        ("identity", None, len(SCRIPT)),
    ],
)
async def test_a_browser_gets_the_smallest_form_that_it_reads(
    world: Any, built: Path, accepted: str, encoding: str | None, size: int
) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/assets/index-BrE6FqNA.js", "query_string": b"",
        "headers": [(b"accept-encoding", accepted.encode()), (b"host", b"127.0.0.1")],
        "scheme": "http", "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await create_app(world.context(), built)(scope, _nothing, send)

    headers = dict(sent[0]["headers"])
    assert headers.get(b"content-encoding", b"").decode() == (encoding or "")
    assert headers[b"vary"] == b"Accept-Encoding"
    assert len(sent[1]["body"]) == size


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b""}


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone-00000000.js", "/notes.exe", "/../dialer.toml", "/%2e%2e/dialer.toml",
        "/assets/index-BrE6FqNA.js.br", "/favicon.ico",
    ],
)  # fmt: skip
async def test_what_is_no_file_of_the_console_is_not_found(
    browser: httpx.AsyncClient, path: str
) -> None:
    reply = await browser.get(path, headers=PAGE)

    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/floors"])
async def test_addresses_of_the_api_never_get_the_page(
    browser: httpx.AsyncClient, path: str
) -> None:
    reply = await browser.get(path, headers=PAGE)

    assert (reply.status_code, reply.json()["type"]) == (404, "urn:dialer:problem:not-found")


async def test_a_wrong_method_on_an_api_address_is_still_told(browser: httpx.AsyncClient) -> None:
    assert (await browser.delete("/healthz")).status_code == 405
    assert (await browser.post("/desk")).status_code == 404


async def test_the_page_may_load_and_reach_only_what_is_its_own(
    browser: httpx.AsyncClient,
) -> None:
    headers = (await browser.get("/", headers=PAGE)).headers
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["connect-src"] == "'self' ws://127.0.0.1:8088/ws"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "microphone=(self)" in headers["permissions-policy"]
    assert "camera=()" in headers["permissions-policy"]


async def test_a_strange_host_gets_nothing_into_the_policy(browser: httpx.AsyncClient) -> None:
    reply = await browser.get("/", headers={**PAGE, "Host": "a;script-src *"})

    assert "script-src *" not in reply.headers.get("content-security-policy", "")


async def test_a_new_build_is_served_without_a_restart(
    browser: httpx.AsyncClient, built: Path
) -> None:
    await browser.get("/", headers=PAGE)
    page = built / "index.html"
    page.write_text("a newer one")
    os.utime(page, ns=(1, page.stat().st_mtime_ns + 1))

    assert (await browser.get("/", headers=PAGE)).text == "a newer one"


async def test_a_service_without_a_console_says_so_and_its_api_works(
    world: Any, tmp_path: Path
) -> None:
    app = create_app(world.context(), tmp_path / "nothing")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        page = await client.get("/desk", headers=PAGE)
        script = await client.get("/assets/index.js")
        health = await client.get("/healthz")

    assert page.status_code == 503
    assert "make console" in page.text
    assert script.status_code == 404
    assert health.status_code == 200


async def test_the_console_is_not_in_the_api_s_document(browser: httpx.AsyncClient) -> None:
    paths = (await browser.get("/api/v1/openapi.json")).json()["paths"]

    assert not any(path in paths for path in ("/", "/{path}", "/{path:path}"))
