"""Floors live on steady time; what leaves them is told in the wall's.

All times of one record move by one offset, so that its durations stay what they were.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from dialer.floor.commands import AgentMoved, CloseAttempt, Command, NoteMishap, NoteStep
from dialer.ports.control import AgentView, CallView


def commands_in_wall_time(commands: Sequence[Command], offset: float) -> Sequence[Command]:
    """What a floor ordered, with the times that go into books and on screens as the wall's."""
    if not offset:
        return commands
    return [_moved(command, offset) for command in commands]


def _moved(command: Command, by: float) -> Command:
    if isinstance(command, CloseAttempt):
        return replace(
            command,
            placed_at=command.placed_at + by,
            ended_at=command.ended_at + by,
            ringing_at=later(command.ringing_at, by),
            answered_at=later(command.answered_at, by),
            connected_at=later(command.connected_at, by),
        )
    if isinstance(command, NoteStep | NoteMishap):
        return replace(command, at=command.at + by)
    if isinstance(command, AgentMoved):
        return replace(command, since=command.since + by)
    return command


def later(at: float | None, by: float) -> float | None:
    return None if at is None else at + by


def agent_in_wall_time(view: AgentView, offset: float) -> AgentView:
    if not offset:
        return view
    return replace(
        view,
        since=view.since + offset,
        wrapup_ends=later(view.wrapup_ends, offset),
        preview_ends=later(view.preview_ends, offset),
    )


def call_in_wall_time(view: CallView, offset: float) -> CallView:
    if not offset:
        return view
    return replace(
        view,
        since=view.since + offset,
        placed_at=view.placed_at + offset,
        held_until=later(view.held_until, offset),
    )
