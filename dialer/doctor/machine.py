"""This machine: Python, folders, disk, clock, limits."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import struct
import sys
from datetime import datetime
from pathlib import Path

from dialer.doctor.check import Check, fail, ok, warn
from dialer.realtime import may_go_first
from dialer.settings import Settings
from dialer.settings.clock_notes import in_words, noted

OLDEST_PYTHON = (3, 11)
#: A reading engine with 1,000 reps keeps some hundred files and sockets open; Asterisk ten a call.
FEW_FILES, ENOUGH_FILES = 1024, 4096
#: An hour of 50 conversations, recorded raw at 16 bit stereo, is 5.8 GB.
FULL_BYTES, LOW_BYTES = 500_000_000, 6_000_000_000
_TIME_ERROR = 5
RECENT_S = 86_400.0


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Check:
    said = ".".join(str(part) for part in version)
    if version[:2] < OLDEST_PYTHON:
        return fail("python", f"Python {said}", "install Python 3.11 or newer")
    return ok("python", f"Python {said}")


def settings_file(settings: Settings) -> Check:
    if settings.source is None:
        return ok("settings", "no file: defaults")
    what = f"{settings.source}: {len(settings.campaign)} campaigns, {len(settings.trunk)} trunks"
    has_secret = any(trunk.secret for trunk in settings.trunk) or settings.asterisk.ami_secret
    try:
        is_open = bool(settings.source.stat().st_mode & 0o004)
    except OSError:
        is_open = False
    if has_secret and is_open:
        return warn(
            "settings",
            f"{settings.source} may hold secrets, and everybody can read it",
            f"chmod o-r {settings.source}, or keep secrets as env:NAME or file:PATH",
        )
    return ok("settings", what)


def state_folder(settings: Settings) -> Check:
    folder = settings.state_dir
    existing = _existing(folder)
    if not os.access(existing, os.W_OK | os.X_OK):
        remedy = f"let this user write {existing}, or set service.state_dir"
        return fail("state folder", f"{existing} cannot be written", remedy)
    return ok("state folder", str(folder))


def disk(settings: Settings) -> list[Check]:
    """Room for the state and for recordings, where these are on different disks."""
    found = [_room("disk", settings.state_dir)]
    if _device(settings.recording_dir) != _device(settings.state_dir):
        found.append(_room("disk for recordings", settings.recording_dir))
    return found


def _room(name: str, folder: Path) -> Check:
    free = shutil.disk_usage(_existing(folder)).free
    what = f"{free / 1e9:.1f} GB free for {folder}"
    remedy = "make room, set recording.keep_days, or put recording.dir on another disk"
    if free < FULL_BYTES:
        return fail(name, what, remedy)
    return warn(name, what, remedy) if free < LOW_BYTES else ok(name, what)


def open_files() -> Check:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = sys.maxsize if soft == resource.RLIM_INFINITY else soft
    what = f"limit {soft}" if limit != sys.maxsize else "no limit"
    remedy = "ulimit -n 65536, or LimitNOFILE=65536 in the unit"
    if limit < FEW_FILES:
        return fail("open files", what, remedy)
    if limit < ENOUGH_FILES and 0 <= hard < ENOUGH_FILES:
        return warn("open files", what, remedy)
    return ok("open files", what)


def precedence(settings: Settings) -> Check:
    """Whether callees who answer are served before other programs of this machine."""
    if not settings.service.realtime:
        return ok("precedence", "service.realtime is off: time is shared with other programs")
    if may_go_first():
        return ok("precedence", "the dialer goes before other programs")
    remedy = "LimitRTPRIO=10 in the unit, or service.realtime = false"
    return warn("precedence", "not allowed: other programs can delay answered callees", remedy)


def clock() -> Check:
    """Whether something keeps this machine's clock right."""
    synchronised = clock_synchronised()
    if synchronised is None:
        return ok("clock", "cannot be told here")
    if not synchronised:
        return warn(
            "clock",
            "not synchronised: calling hours and records go by it",
            "start chrony, ntpd or systemd-timesyncd",
        )
    return ok("clock", "synchronised")


def clock_jumps(settings: Settings, now: float) -> Check:
    """What the service saw of this machine's clock in the last day."""
    last = [it for it in noted(settings.state_dir) if now - it.at < RECENT_S]
    if not last:
        return ok("clock jumps", "none in 24 hours")
    at = datetime.fromtimestamp(last[-1].at).astimezone().strftime("%Y-%m-%d %H:%M")
    what = f"{len(last)} in 24 hours; at {at} {in_words(last[-1].kind, last[-1].seconds)}"
    remedy = "keep the clock by chrony or ntpd, and do not let the machine sleep"
    return warn("clock jumps", what, remedy)


def clock_synchronised() -> bool | None:
    """What the kernel says (adjtimex, asked without changing anything); None: it does not."""
    try:
        buffer = ctypes.create_string_buffer(512)
        struct.pack_into("I", buffer, 0, 0)
        state = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    except (OSError, AttributeError):
        return None
    return None if state < 0 else bool(state != _TIME_ERROR)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _device(folder: Path) -> int:
    return _existing(folder).stat().st_dev
