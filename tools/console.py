"""Build the console, and run its tools: python tools/console.py build | modules | types | run | dev

`build` costs nothing when `console/dist` was built from what lies there now. What was built once is
kept in the cache by a hash of its sources and shared by every clone of this user, so that another
clone needs neither Node nor the network. Two runs at once wait for each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bootstrap import cache_dir
from console_node import Node, NodeError, find_node

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "console"
DIST, MODULES = CONSOLE / "dist", CONSOLE / "node_modules"
#: What the built files are made of, besides `src` and `public`.
BUILT_FROM = ("index.html", "vite.config.ts", "tsconfig.json", "package.json", "package-lock.json")
TOOLS = (Path(__file__).with_name("console_pack.mjs"),)
#: Types made from the API's document: no line of them is in what is built.
SCHEMA = CONSOLE / "src/api/schema.d.ts"
#: So many builds are kept in the cache.
KEPT = 8


def say(text: str) -> None:
    print(f"console: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """One run at a time in this folder; the kernel frees the lock if a run dies."""
    with (CONSOLE / "package.json").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run works on the console; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# ------------------------------------------------------------------------------------ building


def build() -> None:
    """Bring `console/dist` to what the sources say. Raises NodeError."""
    if is_built(key := source_key()):
        return
    with only_one():
        key = source_key()
        if is_built(key):
            return
        kept = cache_dir() / "console" / key
        if not (kept / "index.html").is_file():
            make(kept)
        put_in_place(kept, key)


def is_built(key: str) -> bool:
    try:
        return (DIST / ".built-from").read_text().strip() == key
    except OSError:
        return False


def source_key() -> str:
    """A hash of the names and contents of everything that shapes the built files."""
    files = [CONSOLE / name for name in BUILT_FROM]
    for folder in ("src", "public"):
        files += [path for path in (CONSOLE / folder).rglob("*") if path.is_file()]
    shaping = [path for path in files if not path.name.endswith(".test.ts") and path != SCHEMA]
    digest = hashlib.sha256()
    for path in [*sorted(shaping), *TOOLS]:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:24]


def make(kept: Path) -> None:
    """Build into the cache, where it appears as a whole or not at all."""
    node = find_node()
    modules(node)
    say("building")
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=kept.parent))
    try:
        vite = str(MODULES / "vite/bin/vite.js")
        options = ["--outDir", str(part), "--emptyOutDir", "--logLevel", "warn"]
        run(node, [vite, "build", *options], "build the console")
        run(node, [str(TOOLS[0]), str(part)], "compress the console")
        part.chmod(0o755)
        with contextlib.suppress(OSError):  # another clone was faster, with the same files
            part.rename(kept)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    prune(kept)


def prune(kept: Path) -> None:
    builds = [path for path in kept.parent.iterdir() if not path.name.startswith(".")]
    for old in sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        if old != kept:
            shutil.rmtree(old, ignore_errors=True)


def put_in_place(kept: Path, key: str) -> None:
    """A running service sees the old files or the new ones; for an instant perhaps none."""
    new, old = (DIST.with_name(f"dist.{word}.{os.getpid()}") for word in ("new", "old"))
    shutil.copytree(kept, new)
    (new / ".built-from").write_text(f"{key}\n")
    # The service tells a new build by the page's time.
    os.utime(new / "index.html")
    if DIST.exists():
        DIST.rename(old)
    new.rename(DIST)
    shutil.rmtree(old, ignore_errors=True)
    for left in CONSOLE.glob("dist.*.*"):  # of runs that were ended; we hold the lock
        shutil.rmtree(left, ignore_errors=True)


# ----------------------------------------------------------------------------- packages and tools


def modules(node: Node) -> None:
    """Install what the lock file names, if it is not there. Raises NodeError."""
    mark, key = MODULES / ".dialer-ready", modules_key(node)
    with contextlib.suppress(OSError):
        if mark.read_text().strip() == key:
            return
    say("installing its packages")
    mark.unlink(missing_ok=True)
    command = [str(node.npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    run(node, [*command, "--loglevel=error"], "install the console's packages")
    part = mark.with_name(f"{mark.name}.{os.getpid()}")
    part.write_text(f"{key}\n")
    part.replace(mark)


def modules_key(node: Node) -> str:
    files = [CONSOLE / name for name in ("package.json", "package-lock.json", ".npmrc")]
    text = b"".join(path.read_bytes() for path in files if path.exists())
    major = node.version.split(".", maxsplit=1)[0]
    return hashlib.sha256(text + major.encode()).hexdigest()[:24]


def run(node: Node, arguments: list[str], aim: str) -> None:
    """Run a script with Node. Raises NodeError with what its output says."""
    done = subprocess.run(
        [node.node, *arguments], cwd=CONSOLE, env={**node.env(), "NO_COLOR": "1"}, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    if done.returncode != 0:
        raise NodeError(f"could not {aim}: {reason(done.stdout)}")


NO_NETWORK = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH")


def reason(output: str) -> str:
    """One line out of npm's or Vite's output, and what to do."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any(word in output for word in NO_NETWORK):
        code = next(word for word in NO_NETWORK if word in output)
        return f"the packages cannot be reached ({code}): check the network and npm's own settings"
    if "EINTEGRITY" in output:
        return "a package is not what package-lock.json says (EINTEGRITY): do not use it"
    telling = re.compile(r"^(?!at |build failed).*(error|could not|cannot)(?!.*:$)", re.IGNORECASE)
    errors = [line for line in lines if telling.search(line)]
    errors = errors or lines or ["it said nothing"]
    return f"{errors[0]}; run the same command again, or look at console/"


def use(arguments: list[str]) -> int:
    """Run a program of node_modules, with its output as it comes."""
    node = find_node()
    with only_one():
        modules(node)
    return call(node, str(MODULES / ".bin" / arguments[0]), *arguments[1:])


def types(arguments: list[str]) -> int:
    """Make the types of the API's client anew, then check every type."""
    node = find_node()
    with only_one():
        modules(node)
        script = Path(__file__).with_name("console_types.py")
        made = subprocess.run([sys.executable, script], env=node.env(), check=False)
    return made.returncode or call(node, str(MODULES / ".bin/vue-tsc"), "--noEmit", *arguments)


def dev(arguments: list[str]) -> int:
    """Vite's own server, with the API of a running service behind it."""
    say(f"the service is taken from {os.environ.get('DIALER_URL') or 'http://127.0.0.1:8080'}")
    return use(["vite", *arguments])


def call(node: Node, *command: str) -> int:
    return subprocess.run(
        [node.node, *command], cwd=CONSOLE, env=node.env(), check=False
    ).returncode


def main(arguments: list[str]) -> int:
    known = {"types": types, "run": use, "dev": dev}
    try:
        if arguments == ["build"]:
            build()
        elif arguments == ["modules"]:
            node = find_node()
            with only_one():
                modules(node)
        elif arguments[:1] and arguments[0] in known and (arguments[0] != "run" or arguments[1:]):
            return known[arguments[0]](arguments[1:])
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except NodeError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
