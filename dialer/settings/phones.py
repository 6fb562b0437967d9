"""The phones of reps, as `dialer rep add` describes them: kept beside the secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dialer.settings.secrets import SecretsFile, replace_file
from dialer.words import PhoneKind

FILE_NAME = "phones.json"
PHONE_KINDS: tuple[PhoneKind, ...] = ("webrtc", "sip", "static")


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    """webrtc: a browser; sip: a phone that registers; static: at a fixed `contact` (SIP URI)."""

    kind: PhoneKind = "webrtc"
    contact: str = ""
    #: Seconds without media after which the phone counts as lost; None: by kind.
    rtp_timeout_s: int | None = None
    #: How often it is asked whether it is there, in seconds (0: never); None: by kind.
    qualify_s: int | None = None


def phones(state_dir: Path) -> dict[str, PhoneEntry]:
    """Every phone by endpoint name. Raises OSError, ValueError."""
    try:
        data = json.loads((state_dir / FILE_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {name: PhoneEntry(**entry) for name, entry in data.items()}


def save_phones(state_dir: Path, entries: Mapping[str, PhoneEntry]) -> None:
    """Write all of them anew. Raises OSError."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    data = {name: asdict(entry) for name, entry in sorted(entries.items())}
    replace_file(state_dir / FILE_NAME, json.dumps(data, indent=1) + "\n", mode=0o600)


def put_phone(state_dir: Path, name: str, entry: PhoneEntry) -> None:
    """Describe a phone. Raises OSError, ValueError."""
    save_phones(state_dir, {**phones(state_dir), name: entry})


def phone_password(secrets: SecretsFile, name: str) -> str:
    """The password with which this phone registers, made at the first call."""
    return secrets.get_or_make(f"phone.{name}", size=18)
