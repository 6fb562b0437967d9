"""What CoreShowChannels says, as channels the engine understands. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from dialer.asterisk.messages import Message
from dialer.asterisk.translate import is_leg, is_ours, is_outside
from dialer.ports.switch import LiveChannel

_STATES = {"5": "ringing", "6": "up"}


def live_channels(items: Sequence[Message]) -> list[LiveChannel]:
    """Our channels; a peer is another channel of ours in the same bridge."""
    inside: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.get("BridgeId"):
            inside[item["BridgeId"]].append(item.get("Uniqueid", ""))
    return [_channel(item, inside) for item in items if is_ours(item.get("Uniqueid", ""))]


def _channel(item: Message, inside: Mapping[str, Sequence[str]]) -> LiveChannel:
    channel, bridge = item["Uniqueid"], item.get("BridgeId", "")
    others = [other for other in inside.get(bridge, ()) if other != channel]
    ours = [other for other in others if is_ours(other)]
    facing = [other for other in ours if is_leg(other) != is_leg(channel)]
    # Of three who talk, the rep is the callee's; who was asked in is told by the leg beside.
    peer = next((o for o in facing if not is_outside(o)), facing[0] if facing else None)
    beside = next(iter(ours), None) if is_leg(channel) and not facing else None
    return LiveChannel(
        channel=channel,
        state=_STATES.get(item.get("ChannelState", ""), "down"),  # type: ignore[arg-type]
        peer=peer,
        beside=beside,
        parked=is_leg(channel) and bool(bridge) and not others,
        doing=item.variables().get("DIALER_DOING", ""),
    )


def wants_times(channels: Sequence[LiveChannel], unknown: Collection[str]) -> list[str]:
    """Answered calls whose times the engine does not know."""
    return [c.channel for c in channels if c.state == "up" and c.channel in unknown]


def with_times(
    channels: Sequence[LiveChannel], times: Mapping[str, tuple[str, str]]
) -> list[LiveChannel]:
    """`times`: (answered, bridged) of a channel as Asterisk writes them, in unix seconds."""
    return [
        msgspec.structs.replace(
            channel,
            answered_at=_seconds(times[channel.channel][0]),
            bridged_at=_seconds(times[channel.channel][1]),
        )
        if channel.channel in times
        else channel
        for channel in channels
    ]


def _seconds(text: str) -> float | None:
    """None for what never happened (empty, or 0.000000) and for what is no time."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None
