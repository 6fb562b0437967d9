"""The settings a floor works by: plain frozen data, validated before it gets here."""

from __future__ import annotations

import msgspec

from dialer.words import CampaignMode, Method, PreviewEnd, Routing


class CampaignRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the floor must know of one campaign. Times are seconds."""

    running: bool = False
    #: Share of the pool's dialing relative to the other campaigns; only the ratio counts.
    weight: float = 1.0
    routing: Routing = "longest_idle"
    #: Skills a rep must have for this campaign's calls, and the least level of each.
    needs: dict[str, int] = {}
    #: A lead is kept by the rep it talked to, who is asked first from then on.
    sticky: bool = False
    #: A person who answered must have a rep within this time; the law's number is 2.
    connect_within: float = 2.0
    ring_timeout: float = 25.0
    #: 0: the rep is free at once.
    wrapup_limit: float = 60.0
    #: A callee whose rep's phone was lost is held this long for it to come back.
    hold_limit: float = 20.0
    #: A rep may keep a callee on hold this long; then they talk again.
    rep_hold_limit: float = 300.0
    #: A parked callee goes back to the rep who parked them after this time, and then to anybody.
    park_limit: float = 120.0
    #: Whoever a callee is transferred to has this long; then the rep who did it, then anybody.
    transfer_limit: float = 30.0
    #: The calls are recorded: there is something to pause.
    record: bool = False
    max_abandon_rate: float = 0.03
    #: auto: the pacer places its calls; preview: a free rep is shown a lead first; manual: nothing
    #: is placed but what reps dial, and callbacks.
    mode: CampaignMode = "auto"
    preview_limit: float = 30.0
    preview_at_end: PreviewEnd = "dial"


class PoolRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a pool paces. `method` and its numbers are pacing.PacingSettings' own."""

    method: Method = "predictive"
    ratio: float = 1.5
    max_abandon_rate: float = 0.03
    connect_within: float = 2.0
    ring_timeout: float = 25.0
    max_lines: int | None = None
    seed: int = 0
    #: The longest time between two looks at the pacing when nothing happens and the pacer does not
    #: want to be asked before.
    ask_every: float = 1.0
    #: A rep's phone that cannot be reached is called again after these times, then at the last one.
    phone_retry: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0)
    #: A pause or logout asked while calls ring takes effect when those are settled.
    leave_when_settled: bool = True
