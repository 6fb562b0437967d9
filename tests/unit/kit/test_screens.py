"""Every page of the console is among those that pictures are taken of."""

from __future__ import annotations

import re
from pathlib import Path

from tests.kit.screenshots import SCREENS, UNSEEN

FEATURES = Path(__file__).parents[3] / "console/src/features"
PAGE = re.compile(r"name: '([\w-]+)',\s*path: '/?([\w/-]+)")


def test_every_page_has_a_picture() -> None:
    pages = {
        name: path.rstrip("/")
        for index in FEATURES.glob("*/index.ts")
        for name, path in PAGE.findall(index.read_text("utf-8"))
    }
    shown = {screen.path.partition("?")[0].lstrip("/") for screen in SCREENS}

    def is_shown(path: str) -> bool:
        return path in shown or any(it.startswith(f"{path}/") for it in shown)

    assert len(pages) > 20
    assert [name for name, path in pages.items() if not is_shown(path)] == [*UNSEEN]
