"""Listen, whisper, join and take over on the real Asterisk: who hears whom, by their tones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from dialer.asterisk.demo_network import area_codes, number_for
from dialer.asterisk.tree import AsteriskInstall
from dialer.engine.listening import Listening, Session, Wish
from dialer.engine.listening_floors import EngineFloors, ListeningObserver
from dialer.floor import CampaignRules
from dialer.floor.events import HoldAsked, ResumeAsked
from dialer.floor.state import Attempt
from dialer.ports.control import Refusal
from dialer.words import WatchMode
from tests.kit import asterisk as pairs
from tests.kit.asterisk import AsteriskPair
from tests.kit.hearing import channels
from tests.kit.overhear import RATE_HZ, Overhear, Samples
from tests.kit.rig import Rig, RigOptions, engine_rig

pytestmark = pytest.mark.acceptance

REP, BOSS, CALLEE = "rep01", "rep04", "callee"
NOBODY: set[str] = set()


@pytest.fixture(scope="module")
def pair(asterisk_tree: AsteriskInstall) -> Iterator[AsteriskPair]:
    with pairs.asterisk_pair(asterisk_tree, reps=4) as made:
        yield made


@dataclass
class Scene:
    """One rep at work, and a supervisor whose phone is rep04's."""

    rig: Rig
    listening: Listening
    ears: Overhear
    calls: int = 0

    async def call(self) -> Attempt:
        """The rep and a callee who stays hear each other."""
        number = number_for("stays", area_codes()[self.calls])
        self.calls += 1
        await self.rig.add_leads([number])
        await self.rig.dial()
        await self.rig.until(lambda: self.rig.phases()["talking"], 10, "they talk")
        return next(iter(self.rig.engine.runners["main"].floor.attempts.values()))

    async def begin(self, mode: WatchMode) -> Session:
        wish = Wish(
            who="boss", account="id-boss", session="s", agent=REP, mode=mode, why="coaching",
            endpoint=BOSS, may=_may,
        )  # fmt: skip
        begun = await self.listening.begin(wish)
        assert not isinstance(begun, Refusal), begun
        return begun

    async def become(self, session: Session, mode: WatchMode) -> None:
        """In the present call."""
        assert self.listening.change(session, mode) is None
        kind = {"listen": "hear", "barge": "join"}.get(mode, mode)
        await self.rig.until(
            lambda: session.ordered.kind == kind and session.is_there, 5, f"{mode}"
        )

    async def take_over(self, session: Session) -> None:
        assert self.listening.change(session, "take-over") is None
        await self.until_state(session, "taken")

    async def until_state(self, session: Session, state: str) -> None:
        await self.rig.until(lambda: session.state == state, 5, f"{state}, not {session.state}")

    async def noted(self) -> list[tuple[str, str]]:
        rows = await self.rig.store.audit.list()
        return [(it.what, it.subject) for it in rows if it.who == "boss"]


async def _may() -> bool:
    return True


@asynccontextmanager
async def scene(pair: AsteriskPair, rules: CampaignRules | None = None) -> AsyncIterator[Scene]:
    options = RigOptions(campaign=rules or CampaignRules(wrapup_limit=0.0, record=True))
    async with engine_rig(pair, options) as rig:
        turns = ListeningObserver()
        rig.observer.commands = turns.commands  # type: ignore[method-assign]
        turns.listening = Listening(
            rig.switch.spying, EngineFloors(rig.engine), rig.store.audit, rig.engine.clock
        )
        await rig.log_in(1)
        try:
            yield Scene(rig, turns.listening, Overhear(pair, (REP, BOSS)))
        finally:
            await turns.listening.close()
            await pair_is_quiet(rig)


async def pair_is_quiet(rig: Rig) -> None:
    async with asyncio.timeout(5):
        while live := await rig.switch.spying.live():
            for channel in live:
                rig.switch.spying.hang_up(channel)
            await asyncio.sleep(0.02)


async def test_who_listens_hears_both_and_is_heard_as_the_mode_says(pair: AsteriskPair) -> None:
    async with scene(pair) as at:
        attempt = await at.call()
        session = await at.begin("listen")
        await at.until_state(session, "hearing")
        everybody = (CALLEE, REP, BOSS)
        assert await at.ears.now(*everybody) == {
            CALLEE: {REP}, REP: {CALLEE}, BOSS: {CALLEE, REP},
        }  # fmt: skip
        await at.become(session, "whisper")
        whispered = time.time()
        assert await at.ears.now(*everybody) == {
            CALLEE: {REP}, REP: {CALLEE, BOSS}, BOSS: {CALLEE, REP},
        }  # fmt: skip
        await at.become(session, "barge")
        barged = time.time()
        assert await at.ears.now(*everybody) == {
            CALLEE: {REP, BOSS}, REP: {CALLEE, BOSS}, BOSS: {CALLEE, REP},
        }  # fmt: skip
        await at.become(session, "listen")
        listened = time.time()
        assert await at.ears.now(*everybody) == {
            CALLEE: {REP}, REP: {CALLEE}, BOSS: {CALLEE, REP},
        }  # fmt: skip
        ended_at = time.time()
        assert await at.noted() == [
            *(
                (f"call.{mode}", attempt.attempt)
                for mode in ("listen", "barge", "whisper", "listen")
            ),
            ("supervision.begin", REP),
        ]
        sides = recorded(pair, attempt)
        assert await at.rig.control.agent_hangup(REP) is None
        await at.rig.until_ended(1)

        begun = attempt.answered_at or 0.0
        for since, until, rights in (
            (whispered, barged, {REP}), (barged, listened, {REP, BOSS}),
            (listened, ended_at, {REP}),
        ):  # fmt: skip
            left, right = window(sides(), since - begun + 0.2, until - begun - 0.1)
            assert (at.ears.who(left), at.ears.who(right)) == ({CALLEE}, rights)


async def test_the_reps_next_call_is_heard_without_doing_anything(pair: AsteriskPair) -> None:
    async with scene(pair) as at:
        session = await at.begin("listen")
        assert session.state == "waiting"
        heard = []
        for number in range(2):
            attempt = await at.call()
            await at.until_state(session, "hearing")
            assert await at.ears.now(CALLEE, REP, BOSS) == {
                CALLEE: {REP}, REP: {CALLEE}, BOSS: {CALLEE, REP},
            }  # fmt: skip
            heard.append(("call.listen", attempt.attempt))
            assert await at.rig.control.agent_hangup(REP) is None
            await at.rig.until_ended(number + 1)
            await at.until_state(session, "waiting")
        assert await at.noted() == [*heard[::-1], ("supervision.begin", REP)]


async def test_who_takes_over_talks_to_the_callee_alone_and_is_recorded(pair: AsteriskPair) -> None:
    rules = CampaignRules(wrapup_limit=60.0, record=True)
    async with scene(pair, rules) as at:
        attempt = await at.call()
        session = await at.begin("listen")
        await at.until_state(session, "hearing")
        await at.take_over(session)
        taken = time.time()
        await at.rig.until(lambda: at.rig.parked() == 1, 2, "the rep's phone is parked")
        assert await at.ears.now(CALLEE, REP, BOSS) == {CALLEE: {BOSS}, REP: NOBODY, BOSS: {CALLEE}}
        assert at.rig.states()[REP] == "wrapup"
        ended_at = time.time()
        sides = recorded(pair, attempt)
        at.rig.switch.hang_up(attempt.attempt)
        (cdr,) = await at.rig.until_ended(1)
        await at.rig.until(lambda: session.is_over, 5, "the listening phone is free")

        begun = attempt.answered_at or 0.0
        left, right = window(sides(), taken - begun + 0.4, ended_at - begun - 0.1)
        assert (at.ears.who(left), at.ears.who(right)) == ({CALLEE}, {BOSS})
        assert (cdr.outcome, cdr.agent) == ("connected", REP)
        assert cdr.talk_seconds is not None
        assert cdr.talk_seconds > ended_at - taken


async def test_a_taken_call_ends_when_the_supervisor_hangs_up(pair: AsteriskPair) -> None:
    async with scene(pair) as at:
        await at.call()
        session = await at.begin("barge")
        await at.until_state(session, "talking")
        await at.take_over(session)
        at.listening.end(session)
        (cdr,) = await at.rig.until_ended(1)

    assert (cdr.outcome, cdr.agent, cdr.hangup_by) == ("connected", REP, "agent")


async def test_rep_and_supervisor_are_broken_up_when_the_callee_leaves(pair: AsteriskPair) -> None:
    async with scene(pair) as at:
        attempt = await at.call()
        session = await at.begin("barge")
        await at.until_state(session, "talking")
        at.rig.switch.hang_up(attempt.attempt)
        await at.rig.until_ended(1)
        await at.until_state(session, "waiting")
        await at.rig.until(lambda: at.rig.states()[REP] == "ready", 2, "the rep is ready")
        assert await at.ears.now(REP, BOSS) == {REP: NOBODY, BOSS: NOBODY}

        await at.call()
        await at.until_state(session, "talking")
        assert (await at.ears.now(CALLEE))[CALLEE] == {REP, BOSS}


async def test_a_callee_on_hold_hears_neither_and_all_three_are_together_again_after(
    pair: AsteriskPair,
) -> None:
    async with scene(pair) as at:
        await at.call()
        session = await at.begin("barge")
        await at.until_state(session, "talking")
        assert at.rig.engine.runners["main"].ask(HoldAsked(REP)) is None
        await at.until_state(session, "waiting")
        heard = await at.ears.now(CALLEE, REP, BOSS)
        assert heard == {CALLEE: NOBODY, REP: NOBODY, BOSS: NOBODY}
        assert at.rig.engine.runners["main"].ask(ResumeAsked(REP)) is None
        await at.until_state(session, "talking")
        assert (await at.ears.now(CALLEE))[CALLEE] == {REP, BOSS}


async def test_keys_on_the_supervisors_phone_do_not_change_who_hears_whom(
    pair: AsteriskPair,
) -> None:
    async with scene(pair) as at:
        await at.call()
        session = await at.begin("listen")
        await at.until_state(session, "hearing")
        for digit in "5612#9":
            await at.rig.switch.ami.action(
                "PlayDTMF", Channel=session.channel, Digit=digit, Receive="true"
            )
        assert await at.ears.now(CALLEE, REP) == {CALLEE: {REP}, REP: {CALLEE}}


async def test_a_page_that_vanishes_ends_its_listening(pair: AsteriskPair) -> None:
    """As when a browser is killed: no BYE, and no sound any more."""
    async with scene(pair) as at:
        await at.call()
        session = await at.begin("listen")
        await at.until_state(session, "hearing")
        pair.public.silence_rep(BOSS)
        await at.rig.until(lambda: session.is_over, 6, "noticed")
        assert at.rig.phases()["talking"] == 1
        pair.public.unsilence_rep(BOSS)


async def test_a_phone_that_is_not_there_listens_to_nobody(pair: AsteriskPair) -> None:
    async with scene(pair) as at:
        wish = Wish(
            who="boss", account="id-boss", session="s", agent=REP, mode="listen", why="",
            endpoint="_listen.nobody", may=_may,
        )  # fmt: skip
        refusal = await at.listening.begin(wish)
        assert isinstance(refusal, Refusal)
        assert refusal.slug == "phone-not-there"


def recorded(pair: AsteriskPair, attempt: Attempt) -> Callable[[], tuple[Samples, Samples]]:
    """The recording's two sides, to be read when the call is over."""
    (path,) = pair.recordings.rglob(f"*{attempt.attempt}*.raw")
    kept = path.with_suffix(".kept.raw")
    kept.hardlink_to(path)
    return lambda: channels(kept)


def window(
    sides: tuple[Samples, Samples], since_s: float, until_s: float
) -> tuple[Samples, Samples]:
    part = slice(int(since_s * RATE_HZ), int(until_s * RATE_HZ))
    return sides[0][part], sides[1][part]
