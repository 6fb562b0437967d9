"""A client of live push as a screen has it: applies what the server says, and notices gaps."""

from __future__ import annotations

from typing import Any

import msgspec

State = dict[str, dict[str, Any]]


class GapError(Exception):
    """A message is missing: subscribe again."""


class Mirror:
    """One topic as the client knows it. `run` and `seq` are what to come back with."""

    def __init__(self) -> None:
        self.run = ""
        self.seq: int | None = None
        self.state: State = {}
        self.snapshots = 0

    def apply(self, text: str | bytes) -> dict[str, Any]:
        """Take a message of this topic; raises GapError, and then nothing was changed."""
        message: dict[str, Any] = msgspec.json.decode(text)
        if message["op"] == "snapshot":
            self.run, self.seq, self.state = message["run"], message["seq"], message["state"]
            self.snapshots += 1
        elif message["op"] == "delta":
            self._delta(message)
        return message

    def _delta(self, message: dict[str, Any]) -> None:
        if self.seq is None or message["seq"] != self.seq + 1:
            raise GapError(f"have {self.seq}, got {message['seq']}")
        for section, rows in message["set"].items():
            self.state.setdefault(section, {}).update(rows)
        for section, keys in message["gone"].items():
            for key in keys:
                del self.state[section][key]
        self.seq = message["seq"]

    def rows(self) -> dict[tuple[str, str], Any]:
        """Every row by section and key; empty sections say nothing."""
        return {(s, key): row for s, rows in self.state.items() for key, row in rows.items()}
