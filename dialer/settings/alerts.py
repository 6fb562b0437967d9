"""[alert.NAME] and [webhook.NAME]: what is worth a word, and whom to tell."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dialer.settings.kinds import Secret, Section
from dialer.words import Severity

Metric = Literal[
    "abandon_share", "answer_to_agent_p95", "ami_down", "not_dialing", "paused", "ready",
    "recording_failures", "trunk_use", "no_leads", "no_dialable_leads", "trunk_down",
    "trunk_failing", "switch_failing", "clock_off", "differences",
]  # fmt: skip
EVENTS: Final = (
    "alert.began", "alert.ended", "alert.acknowledged", "call.opened", "call.withdrawn",
    "call.closed", "call.pardoned", "call.wrapped", "result.given", "result.changed",
    "callback.planned", "callback.moved", "callback.settled", "lead.added", "lead.edited",
    "dnc.changed", "recording.kept", "recording.deleted", "campaign.start", "campaign.pause",
    "campaign.stop", "settings.change", "person.erased",
)  # fmt: skip


class AlertSettings(Section):
    """One alert, as [alert.NAME]. Those that come with the program can be changed by their names:
    abandon, answer_to_agent, ami, not_dialing, paused, ready, recordings, trunk_use, no_leads,
    no_dialable_leads, trunk_down, trunk_failing, switch_failing, clock, differences.
    """

    on: bool = Field(default=True, description="false: never.")
    metric: Metric | None = Field(
        default=None,
        description="abandon_share: abandoned calls of a legal window over its limit, 1 is the "
        "limit; answer_to_agent_p95: seconds from the answer to the rep, 95 of 100 calls of 15 "
        "minutes; ami_down: seconds without the Asterisk; not_dialing: seconds in which reps were "
        "ready, leads dialable and no call was placed; paused, ready: the longest of a pool's "
        "reps, seconds; recording_failures: in the last 5 minutes; trunk_use: lines in use over "
        "max_lines; no_leads: 1 while no lead of a running campaign has a call left; "
        "no_dialable_leads: 1 while reps are ready and all leads of a running campaign wait, for "
        "calling hours, for their turn or for a time agreed on; trunk_down: seconds in which a "
        "trunk takes no calls; trunk_failing: share of a trunk's calls of the last "
        "minute that it refused, of 10 or more; switch_failing: seconds in which Asterisk itself "
        "cannot make calls; clock_off: seconds by which Asterisk's clock is from ours, or by which "
        "in the last 10 minutes the clock was set, the machine slept or the service stood still; "
        "differences: open ones between records, the switch's ledger and recordings on disk. "
        "Not set: as the alert of this name that comes with the program.",
    )
    above: float | None = Field(default=None, ge=0, description="It begins above this.")
    clear: float | None = Field(
        default=None, ge=0, description="It ends at or below this. Not set: nine tenths of above."
    )
    for_s: float | None = Field(
        default=None, ge=0, le=86_400, description="Only when it lasts so many seconds."
    )
    severity: Severity | None = Field(default=None, description="How loud.")

    @property
    def clears_at(self) -> float:
        above = self.above or 0.0
        return 0.9 * above if self.clear is None else min(self.clear, above)


def _alert(metric: Metric, above: float, for_s: float, severity: Severity) -> AlertSettings:
    return AlertSettings(metric=metric, above=above, for_s=for_s, severity=severity)


DEFAULT_ALERTS: Final[dict[str, AlertSettings]] = {
    "abandon": _alert("abandon_share", 0.8, 0.0, "warning"),
    "answer_to_agent": _alert("answer_to_agent_p95", 2.0, 30.0, "warning"),
    "ami": _alert("ami_down", 10.0, 0.0, "critical"),
    "not_dialing": _alert("not_dialing", 60.0, 0.0, "critical"),
    "clock": _alert("clock_off", 0.5, 0.0, "critical"),
    "paused": _alert("paused", 900.0, 0.0, "info"),
    "ready": _alert("ready", 300.0, 0.0, "info"),
    "recordings": _alert("recording_failures", 0.0, 0.0, "critical"),
    "trunk_use": _alert("trunk_use", 0.9, 10.0, "warning"),
    "no_leads": _alert("no_leads", 0.0, 30.0, "warning"),
    "no_dialable_leads": _alert("no_dialable_leads", 0.0, 60.0, "warning"),
    "trunk_down": _alert("trunk_down", 5.0, 0.0, "critical"),
    "trunk_failing": _alert("trunk_failing", 0.2, 10.0, "warning"),
    "switch_failing": _alert("switch_failing", 5.0, 0.0, "critical"),
    "differences": _alert("differences", 0.0, 0.0, "warning"),
}


def alerts_of(said: dict[str, AlertSettings]) -> dict[str, AlertSettings]:
    """Those that are on: the program's own as they were changed, and further ones."""
    found = {}
    for name in [*DEFAULT_ALERTS, *(it for it in said if it not in DEFAULT_ALERTS)]:
        usual, given = DEFAULT_ALERTS.get(name, AlertSettings()), said.get(name, AlertSettings())
        changed = {key: getattr(given, key) for key in given.model_fields_set}
        whole = usual.model_copy(update={k: v for k, v in changed.items() if v is not None})
        if whole.on and whole.metric is not None:
            found[name] = whole
    return found


def _url(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if scheme not in {"http", "https"} or not rest.split("/")[0] or any(c.isspace() for c in value):
        raise ValueError('must be like "https://crm.example.com/dialer"')
    if "@" in rest.split("/")[0]:
        raise ValueError("must have no user and password: the signature proves who sends it")
    return value


class WebhookSettings(Section):
    """Whom to tell over HTTP, as [webhook.NAME]. Each message is signed with the secret."""

    url: Annotated[str, AfterValidator(_url)] = Field(description="Where to: an https:// address.")
    secret: Secret = Field(description="16 signs or more: env:NAME, file:PATH or itself.")
    events: tuple[str, ...] = Field(
        default=("alert.began", "alert.ended"),
        description="What to tell: " + ", ".join(EVENTS) + '; "alert" stands for all that begin '
        "so.",
    )
    numbers: bool = Field(
        default=False, description="true: messages about calls hold the numbers of both sides."
    )
    on: bool = Field(default=True, description="false: nothing is sent.")
    timeout_s: float = Field(
        default=5.0, gt=0, le=30, description="An answer must come within so many seconds."
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        kinds = {event.partition(".")[0] for event in EVENTS}
        for event in self.events:
            if event not in EVENTS and event not in kinds:
                raise ValueError(f"there is no event {event!r}; there are: {', '.join(EVENTS)}")
        if len(self.secret.get_secret_value()) < 16:
            raise ValueError("secret: must have 16 signs or more")
        return self

    def wants(self, event: str) -> bool:
        return self.on and any(event == it or event.startswith(f"{it}.") for it in self.events)
