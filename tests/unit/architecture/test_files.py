"""What holds for every file: its size, its first import, and that it names no machine."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LINE_LIMIT = 500
# Longer files, each with its reason.
LONGER: dict[str, str] = {}
ROOT = Path(__file__).resolve().parents[3]
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def test_no_python_file_is_longer_than_500_lines(sources: list[Any]) -> None:
    long = {
        str(source.path.relative_to(ROOT)): lines
        for source in sources
        if (lines := source.text.count("\n")) > LINE_LIMIT
    }
    assert {name: lines for name, lines in long.items() if name not in LONGER} == {}
    assert LONGER.keys() <= long.keys(), "an exception is no longer needed"


def test_annotations_are_never_evaluated_at_import(sources: list[Any]) -> None:
    needed = "from __future__ import annotations"
    # Files of docstrings and re-exports have no annotations.
    annotated = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign)
    code = [s for s in sources if any(isinstance(node, annotated) for node in ast.walk(s.tree))]
    without = [str(s.path.relative_to(ROOT)) for s in code if needed not in s.text]
    assert without == []


def test_no_file_names_a_package_source_of_this_machine(tracked: list[Path]) -> None:
    """A registry's or mirror's host in a file would break every other site's set-up."""
    hosts = package_hosts()
    assert hosts, "not even pip's own default was found"
    found = mentions(tracked, re.compile("|".join(re.escape(host) for host in sorted(hosts))))
    assert found == []


def test_no_file_names_a_path_of_this_machine(tracked: list[Path]) -> None:
    places = {path for path in (str(ROOT), str(Path.home())) if path.count("/") > 1}
    if Path.home() == Path("/root"):
        places.add("/root")
    pattern = "|".join(re.escape(place) for place in places) or r"(?!)"
    assert mentions(tracked, re.compile(rf"(?<![\w./-])(?:{pattern})/")) == []


def mentions(files: list[Path], pattern: re.Pattern[str]) -> list[str]:
    """file:line of every match in a text file."""
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return found


def package_hosts() -> set[str]:
    """The hosts from which this machine gets packages, as its own tools are set up."""
    urls = [*_pip_urls(), *_apt_urls(), *_npm_urls()]
    return {host for url in urls if (host := urlsplit(url).hostname)} - _LOOPBACK


def _pip_urls() -> list[str]:
    command = [sys.executable, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    ask = "from pip._internal.models.index import PyPI as p; print(p.url, p.file_storage_domain)"
    default = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=False
    ).stdout.split()
    listed = re.findall(r"https?://[^\s'\"]+", listing)
    return listed + default[:1] + [f"https://{files}" for files in default[1:]]


def _apt_urls() -> list[str]:
    folder = Path("/etc/apt")
    files = [*folder.glob("sources.list"), *folder.glob("sources.list.d/*")]
    texts = [path.read_text(errors="replace") for path in files if os.access(path, os.R_OK)]
    # Comments too: a host is no less a host for being switched off.
    return [url for text in texts for url in re.findall(r"https?://[^\s\]]+", text)]


def _npm_urls() -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        return []
    command = [npm, "config", "list", "--json"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/").stdout
    try:
        return [str(json.loads(listing).get("registry", ""))]
    except ValueError:
        return []
