"""What the demo did, in figures and in places to look."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from dialer.demo.screen import clock, share
from dialer.demo.stage import CAMPAIGN, Stage


def summary(stage: Stage, floor: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The figures as data, for --json and for the table."""
    found = [c for c in floor["campaigns"] if c["campaign"] == CAMPAIGN]
    campaign: dict[str, Any] = found[0] if found else {}
    talk = campaign.get("talk_seconds", 0.0)
    in_talk = sum(floor["at"] - a["since"] for a in floor["agents"] if a["state"] == "talking")
    recordings = stage.state_dir / "recordings"
    return {
        "seconds": round(seconds, 1),
        "reps": len(floor["agents"]),
        "placed": campaign.get("placed", 0),
        "answered": campaign.get("answered", 0),
        "connected": campaign.get("connected", 0),
        "abandoned": campaign.get("abandoned", 0),
        "machines": campaign.get("machines", 0),
        "connect_rate": campaign.get("connect_rate"),
        "abandon_rate": campaign.get("abandon_rate"),
        "talk_seconds": round(talk, 1),
        "talk_share": round((talk + in_talk) / max(1.0, seconds * len(floor["agents"])), 3),
        "mean_wait_seconds": campaign.get("mean_wait_seconds"),
        "why": floor["pacing"].get("why"),
        "records": str(stage.state_dir / "cdr.csv"),
        "recordings": str(recordings),
        "recordings_kept": _count(recordings),
        "database": str(stage.state_dir / "dialer.db"),
        "log": str(stage.state_dir / "service.log"),
        "config": str(stage.config),
    }


def _count(folder: Path) -> int:
    kinds = {".wav", ".flac", ".opus", ".ogg"}
    return sum(1 for path in folder.rglob("*") if path.suffix in kinds) if folder.exists() else 0


def show(console: Console, figures: Mapping[str, Any]) -> None:
    table = Table(title="the demo in figures", title_justify="left", show_header=False)
    rows = {
        "time": clock(figures["seconds"]),
        "calls placed": figures["placed"],
        "answered by people": figures["answered"],
        "connected to a rep": figures["connected"],
        "abandoned": f"{figures['abandoned']} ({share(figures['abandon_rate'])})",
        "connect rate": share(figures["connect_rate"]),
        "talk time": clock(figures["talk_seconds"]),
        "reps talked": f"{share(figures['talk_share'])} of their time",
        "wait between calls": "–"
        if figures["mean_wait_seconds"] is None
        else f"{figures['mean_wait_seconds']:.1f} s",
        "records": figures["records"],
        "recordings": f"{figures['recordings']} ({figures['recordings_kept']} kept)",
        "database": figures["database"],
        "service log": figures["log"],
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    console.print(table)
