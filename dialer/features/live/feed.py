"""From what floors order to rows of topics: notes what changed, reads it once per tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from dialer.features.live.hub import Face, Hub, TopicName
from dialer.features.live.messages import row
from dialer.features.live.topic import LiveTopic
from dialer.floor import commands as cmd
from dialer.floor.commands import Command
from dialer.kit.answers import announced_only, masked
from dialer.kit.scope import OfAgent, OfCall, OfPool, OfSystem, is_seen, seen
from dialer.ports.control import AgentView, CallView, CampaignView
from dialer.ports.observer import NoObserver
from dialer.ports.outlook import DialingRow, HoldBack
from dialer.ports.sight import Figures, Sight
from figures.windows import ABANDON_RATE

Faces = Sequence[tuple[Face, LiveTopic]]
CAMPAIGNS = TopicName("campaigns")
#: What comes and goes with every call: 500 desks need not hear of it each second.
_PASSING = {"pacing", "nobody_ready", "nobody_in", "lines", "calls_per_second", "held"}
#: What changes without an order (a name, a number that came late) is found within so many rounds
#: of figures: each looks at one rep and one call in so many.
SWEEPS = 5


class Posted(Struct, frozen=True):
    """A row that no floor tells. `pool`: whose it is; "": everybody's who may watch the topic."""

    row: bytes
    pool: str = ""


@dataclass
class _News:
    """Of one pool, since the last tick."""

    agents: dict[str, None] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)
    ended: bool = False

    def note(self, command: Command) -> None:
        if isinstance(command, cmd.AgentMoved):
            self.agents[command.agent] = None
            if command.attempt is not None:
                # Held, recorded, shared with somebody: their call shows it, too.
                self.calls[command.attempt] = None
        elif isinstance(command, cmd.AttemptMoved | cmd.CloseAttempt):
            self.calls[command.attempt] = None
            self.ended |= isinstance(command, cmd.CloseAttempt)
            if command.agent is not None:
                self.agents[command.agent] = None
        elif isinstance(command, cmd.Place | cmd.ForgetAttempt):
            self.calls[command.attempt] = None

    def __bool__(self) -> bool:
        return bool(self.agents or self.calls or self.ended)


class Feed(NoObserver):
    """An `Observer`. `due` is called when there is news: `gather` should follow soon."""

    def __init__(self, hub: Hub, due: Callable[[], None]) -> None:
        self.sight: Sight | None = None
        self._hub, self._due = hub, due
        self._news: dict[str, _News] = {}
        self._posted: dict[TopicName, dict[str, Mapping[str, Posted]]] = {}
        self._round = 0

    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        """Runs inside a floor's turn: notes keys, reads nothing."""
        if not self._hub:
            return
        news = self._news.get(pool)
        if news is None:
            news = self._news[pool] = _News()
        for command in commands:
            news.note(command)
        if news:
            self._due()

    def touch(self, agent: str) -> None:
        """Something about a rep has changed that no floor ordered."""
        pool = self.sight.pool_of(agent) if self._hub and self.sight is not None else None
        if pool is None or self.sight is None:
            return
        news = self._news.setdefault(pool, _News())
        news.agents[agent] = None
        view = self.sight.agent(pool, agent)
        if view is not None and view.attempt is not None:
            news.calls[view.attempt] = None
        self._due()

    def post(self, name: TopicName, section: str, rows: Mapping[str, Posted]) -> None:
        """A section of a topic is exactly this from now on, whether anybody watches or not."""
        self._posted.setdefault(name, {})[section] = rows
        for face, topic in self._hub.faces(name):
            topic.replace(section, _seen(face, rows))
        if self._hub:
            self._due()

    # --- into topics ------------------------------------------------------------------------------

    def gather(self) -> None:
        """Read all that is noted."""
        news_by_pool, self._news = self._news, {}
        if self.sight is None:
            return
        for pool, news in news_by_pool.items():
            faces = list(self._hub.faces(TopicName("floor", pool)))
            for agent in news.agents:
                self._read_agent(self.sight, pool, agent, faces)
            if faces:
                for attempt in news.calls:
                    _put_call(pool, self.sight.call(pool, attempt), attempt, faces)
                if news.ended:
                    _put_ended(self.sight, pool, faces)

    def fill(self, name: TopicName, topic: LiveTopic, face: Face) -> None:
        """Everything a new topic shows."""
        for section, rows in self._posted.get(name, {}).items():
            topic.replace(section, _seen(face, rows))
        sight = self.sight
        if sight is None or name.kind == "alerts":
            return
        if name.kind == "campaigns":
            self._campaigns(sight)
        elif name.kind == "agent":
            pool = sight.pool_of(name.of)
            if pool is not None:
                _put_own(sight, pool, sight.agent(pool, name.of), [(face, topic)])
                topic.replace("dialing", _dialing(sight.figures(pool)))
        else:
            faces: Faces = [(face, topic)]
            for agent in sight.agents(name.of):
                self._read_agent(sight, name.of, agent, faces)
            for attempt in sight.calls(name.of):
                _put_call(name.of, sight.call(name.of, attempt), attempt, faces)
            _put_ended(sight, name.of, faces)
            _put_figures(sight.figures(name.of), faces)

    def figures(self) -> None:
        """What no order tells: pacing, campaigns; and a part of the rest, to be sure of it."""
        if self.sight is None:
            return
        self._round += 1
        for pool in self._hub.names("floor"):
            faces = list(self._hub.faces(TopicName("floor", pool)))
            _put_figures(self.sight.figures(pool), faces)
            self._sweep(self.sight, pool, faces)
        self._put_dialing(self.sight)
        for agent in self._hub.names("agent")[self._round % SWEEPS :: SWEEPS]:
            pool_now = self.sight.pool_of(agent)
            if pool_now is not None:
                self._read_agent(self.sight, pool_now, agent, [])
        self._campaigns(self.sight)

    def _put_dialing(self, sight: Sight) -> None:
        """Each rep is told what is dialed for the pool; what has not changed costs a comparison."""
        by_pool: dict[str, dict[str, bytes]] = {}
        for agent in self._hub.names("agent"):
            pool = sight.pool_of(agent)
            if pool is None:
                continue
            if pool not in by_pool:
                by_pool[pool] = _dialing(sight.figures(pool))
            for _, topic in self._hub.faces(TopicName("agent", agent)):
                topic.replace("dialing", by_pool[pool])

    def _sweep(self, sight: Sight, pool: str, faces: Faces) -> None:
        part = slice(self._round % SWEEPS, None, SWEEPS)
        agents, calls = dict.fromkeys(sight.agents(pool)), dict.fromkeys(sight.calls(pool))
        for _, topic in faces:
            agents.update(dict.fromkeys(topic.keys("agents")))
            calls.update(dict.fromkeys(topic.keys("calls")))
        for agent in list(agents)[part]:
            self._read_agent(sight, pool, agent, faces)
        for attempt in list(calls)[part]:
            _put_call(pool, sight.call(pool, attempt), attempt, faces)

    def _read_agent(self, sight: Sight, pool: str, agent: str, faces: Faces) -> None:
        own = list(self._hub.faces(TopicName("agent", agent)))
        if not faces and not own:
            return
        view = sight.agent(pool, agent)
        if view is None:
            for _, topic in faces:
                topic.gone("agents", agent)
            return
        whole, told = row(view), row(announced_only(view))
        for face, topic in faces:
            if is_seen(OfAgent(agent), face.reach):
                topic.put("agents", agent, whole if face.watchers else told)
        if own:
            _put_own(sight, pool, view, own)

    def _campaigns(self, sight: Sight) -> None:
        faces = list(self._hub.faces(CAMPAIGNS))
        if not faces:
            return
        windows: dict[str, dict[str, dict[str, float | None]]] = {}
        for (name, kind), (abandoned, answered) in sight.windows().items():
            rate = ABANDON_RATE[kind].figure.value(abandoned, answered)
            counts = {"abandoned": abandoned, "answered": answered, "rate": rate}
            windows.setdefault(name, {})[kind] = counts
        rows: list[tuple[str, str, bytes]] = []
        for pool in sight.pools():
            figures = sight.figures(pool)
            for view in [] if figures is None else figures.campaigns:
                shown = {field: getattr(view, field) for field in view.__struct_fields__}
                shown["windows"] = windows.get(view.campaign, {})
                rows.append((pool, view.campaign, row(shown)))
        for face, topic in faces:
            its = seen(rows, face.reach, lambda it: OfPool(it[0]))
            topic.replace("campaigns", {name: encoded for _, name, encoded in its})


def _seen(face: Face, rows: Mapping[str, Posted]) -> dict[str, bytes]:
    its = seen(rows.items(), face.reach, lambda it: OfSystem(it[1].pool))
    return {key: posted.row for key, posted in its}


def _put_own(sight: Sight, pool: str, view: AgentView | None, faces: Faces) -> None:
    """A rep's own topic: the rep, and the call if there is one."""
    if view is None:
        return
    call = None if view.attempt is None else sight.call(pool, view.attempt)
    encoded = row(announced_only(view))
    for face, topic in faces:
        topic.put("agents", view.agent, encoded)
        calls = {} if call is None else {call.attempt: _call_row(call, face)}
        topic.replace("calls", calls)


def _put_call(pool: str, call: CallView | None, attempt: str, faces: Faces) -> None:
    for face, topic in faces:
        if call is None or not is_seen(OfCall(pool, call.agent), face.reach):
            topic.gone("calls", attempt)
        else:
            topic.put("calls", attempt, _call_row(call, face))


def _call_row(call: CallView, face: Face) -> bytes:
    return row(call if face.numbers else replace(call, number=masked(call.number)))


def _put_ended(sight: Sight, pool: str, faces: Faces) -> None:
    ended = sight.ended(pool)
    for face, topic in faces:
        views = seen(ended, face.reach, lambda it: OfCall(pool, it.agent))
        if not face.numbers:
            views = [replace(view, number=masked(view.number)) for view in views]
        topic.replace("ended", {view.attempt: row(view) for view in views})


def _dialing(figures: Figures | None) -> dict[str, bytes]:
    """Without counts: how long a list is, is none of a rep's business."""
    views = [] if figures is None else figures.campaigns
    return {view.campaign: row(_dialing_row(view)) for view in views}


def _dialing_row(view: CampaignView) -> DialingRow:
    seen = view.outlook
    can_call = seen is not None and seen.now > 0
    return DialingRow(
        campaign=view.campaign,
        state=view.state,
        can_call=can_call,
        next_at=None if seen is None or can_call else seen.next_at,
        waits=[HoldBack(it.reason, it.at) for it in view.waits if it.reason not in _PASSING],
        reasons=[] if seen is None else [it.reason for it in seen.asleep],
    )


def _put_figures(figures: Figures | None, faces: Faces) -> None:
    if figures is None:
        return
    switch = row({"up": figures.switch_up})
    pacing, day = row(figures.pacing), row(figures.day)
    campaigns = {view.campaign: row(view) for view in figures.campaigns}
    for _, topic in faces:
        topic.put("floor", "switch", switch)
        topic.put("floor", "pacing", pacing)
        topic.put("floor", "day", day)
        topic.replace("campaigns", campaigns)
