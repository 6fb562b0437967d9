"""What the topics of live push hold, section by section: rows by their key."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from dialer.features.messages.records import ReceivedMessage
from dialer.ports.control import AgentView, CallView, CampaignView, DayFigures, EndedView
from dialer.ports.outlook import DialingRow
from dialer.ports.pacing import PacingView
from dialer.ports.steering import AlertRow


class AbandonCount(Struct, frozen=True):
    """People in one legal window, and the figure that they make."""

    abandoned: int
    answered: int
    rate: Annotated[float | None, Meta(description="0 to 1; null while nobody answered.")]


class CampaignRow(CampaignView, frozen=True):
    """A campaign with its legal windows by their kind."""

    windows: dict[str, AbandonCount] = field(default_factory=dict)


class SwitchRow(Struct, frozen=True):
    up: Annotated[bool, Meta(description="An Asterisk can be reached.")]


class FloorFacts(Struct, frozen=True):
    switch: SwitchRow
    pacing: PacingView
    day: DayFigures


class FloorTopic(Struct, frozen=True):
    """`floor/POOL`"""

    agents: dict[str, AgentView]
    calls: dict[str, CallView]
    ended: dict[str, EndedView]
    campaigns: dict[str, CampaignView]
    floor: FloorFacts


class AgentTopic(Struct, frozen=True):
    """`agent/CODE`"""

    agents: dict[str, AgentView]
    calls: dict[str, CallView]
    messages: dict[str, ReceivedMessage]
    dialing: dict[str, DialingRow]


class CampaignsTopic(Struct, frozen=True):
    """`campaigns`"""

    campaigns: dict[str, CampaignRow]


class AlertsTopic(Struct, frozen=True):
    """`alerts`"""

    firing: dict[str, AlertRow]
    recent: dict[str, AlertRow]


class Topics(Struct, frozen=True):
    """All topics by the word their names begin with."""

    floor: FloorTopic
    agent: AgentTopic
    campaigns: CampaignsTopic
    alerts: AlertsTopic
