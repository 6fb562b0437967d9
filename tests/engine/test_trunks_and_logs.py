"""Lines and rates of trunks; and a floor's log on a disk that may fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.engine import floorlog
from dialer.engine.breaker import DARK_CALLS
from dialer.engine.plans import CampaignPlan, TrunkPlan
from dialer.engine.trunks import TrunkBook
from dialer.floor import PoolRules, open_floor, step
from dialer.floor import commands as cmd
from dialer.floor import events as ev
from dialer.floor.events import CampaignSet, LoggedIn, Ticked
from dialer.floor.rules import CampaignRules
from dialer.sim.floor_replay import replay

ANY = CampaignPlan("gold", "main")
RED = CampaignPlan("red", "main", trunks=("red",))


EVEN = CampaignPlan("gold", "main", trunk_order="least_used")


def taken(book: TrunkBook, campaign: CampaignPlan, count: int) -> list[str | None]:
    calls = (book.take(f"a{i}", campaign, 0.0) for i in range(count))
    return [trunk.name if trunk is not None else None for trunk in calls]


def test_the_first_trunk_with_room_is_taken_and_the_next_when_it_is_full() -> None:
    book = TrunkBook([TrunkPlan("red", max_lines=1), TrunkPlan("blue", max_lines=2)])
    assert taken(book, ANY, 4) == ["red", "blue", "blue", None]


def test_a_campaigns_own_order_is_what_best_means() -> None:
    book = TrunkBook([TrunkPlan("red"), TrunkPlan("blue")])
    blue_first = CampaignPlan("gold", "main", trunks=("blue", "red"))
    assert taken(book, blue_first, 3) == ["blue"] * 3


def test_the_least_used_trunk_is_taken_where_the_campaign_asks_for_it() -> None:
    book = TrunkBook([TrunkPlan("red"), TrunkPlan("blue")])
    assert taken(book, EVEN, 4) == ["red", "blue", "red", "blue"]


def out(book: TrunkBook, trunk: str, now: float) -> None:
    """Shut this trunk's breaker, as refusals do."""
    book.told(trunk, reachable=False, now=now)
    assert not book.is_well(trunk)


def test_a_call_that_a_rep_waits_for_is_no_probe_where_another_trunk_works() -> None:
    book = TrunkBook([TrunkPlan("red"), TrunkPlan("blue")])
    out(book, "red", 0.0)
    waited = book.take("a", ANY, 60.0, waited_for=True)
    assert waited is not None
    assert waited.name == "blue"
    probe = book.take("b", ANY, 60.0)
    assert probe is not None
    assert probe.name == "red"
    out(book, "blue", 61.0)
    last = book.take("c", ANY, 120.0, waited_for=True)
    assert last is not None


@given(
    st.lists(st.sampled_from(["refused", "silent", "sign", "over"]), min_size=1, max_size=12),
    st.floats(0.05, 3.0),
)
def test_while_one_trunk_is_well_no_call_waits_and_few_take_another(
    fates: list[str], every: float
) -> None:
    """`red` and `blue` do what they like; `green` takes every call."""
    book = TrunkBook([TrunkPlan("red"), TrunkPlan("blue"), TrunkPlan("green")])
    turn, now, lost = iter(range(10**9)), 0.0, 0
    for i in range(300):
        now += every
        trunk = book.take(f"c{i}", ANY, now)
        assert trunk is not None, "green has a line"
        fate = "sign" if trunk.name == "green" else fates[next(turn) % len(fates)]
        getattr(book, fate)(f"c{i}", now)
        book.give_back(f"c{i}")
        lost += fate != "sign" and now > 10.0
    if "sign" not in fates and "over" not in fates and "silent" not in fates:
        assert lost <= max(0.05 * 300, 2 * (300 * every) / 30), "probes only"


def test_no_line_is_given_twice() -> None:
    book = TrunkBook([TrunkPlan("red", max_lines=1), TrunkPlan("blue", max_lines=2)])
    names = taken(book, ANY, 4)
    assert names[3] is None
    assert book.opens_at(ANY, 0.0) is None
    book.give_back("a0")
    book.give_back("a0")
    assert book.take("a4", ANY, 0.0) is not None
    assert book.take("a5", ANY, 0.0) is None


def test_a_rate_opens_again_when_its_second_is_over() -> None:
    book = TrunkBook([TrunkPlan("red", calls_per_second=2.0)])
    assert [book.take(f"a{i}", RED, 10.0 + i / 10) is not None for i in range(3)] == [
        True,
        True,
        False,
    ]
    assert book.opens_at(RED, 10.2) == pytest.approx(11.0)
    assert book.take("a3", RED, 11.0) is not None
    assert book.take("a4", RED, 11.05) is None


def test_half_a_call_a_second_is_one_in_two_seconds() -> None:
    book = TrunkBook([TrunkPlan("red", calls_per_second=0.5)])
    assert book.take("a", RED, 0.0) is not None
    assert book.take("b", RED, 1.9) is None
    assert book.take("b", RED, 2.0) is not None


def test_what_a_pool_may_use_is_what_is_free_and_what_it_has() -> None:
    book = TrunkBook([TrunkPlan("red", max_lines=3), TrunkPlan("blue", max_lines=5)])
    for attempt in ("mine", "also mine", "theirs"):
        book.hold(attempt, "red")
    assert book.usable([RED]) == ["red"]
    assert book.usable([RED, ANY]) == ["red", "blue"]
    assert book.lines(["red"], mine=2, now=0.0) == 2
    assert book.lines(["red", "blue"], mine=2, now=0.0) == 7


def test_there_is_no_limit_of_lines_where_neither_settings_nor_doubts_set_one() -> None:
    book = TrunkBook([TrunkPlan("red")])
    assert book.lines(["red"], 0, now=0.0) == DARK_CALLS, "nothing has been heard of it yet"
    book.take("a", RED, 0.0)
    book.sign("a", 1.0)
    assert book.lines(["red"], 1, now=1.0) is None


def test_new_limits_leave_calls_where_they_are() -> None:
    book = TrunkBook([TrunkPlan("red", max_lines=2)])
    book.take("a", RED, 0.0)
    book.replace([TrunkPlan("red", max_lines=1)])
    assert book.take("b", RED, 0.0) is None
    book.replace([])
    book.give_back("a")
    assert book.take("b", RED, 0.0) is None


# --- the log --------------------------------------------------------------------------------------


def a_log(path: Path) -> floorlog.FloorLog:
    rules = PoolRules(method="progressive")
    floor = open_floor("main", "run", rules, 10.0)
    log = floorlog.FloorLog(path, floorlog.start_of("main", "run", 10.0, rules, None))
    events: list[ev.Event] = [CampaignSet("gold", CampaignRules(running=True)), LoggedIn("ann")]
    for i, event in enumerate([*events, Ticked()]):
        log.append(11.0 + i, event, step(floor, event, 11.0 + i))
    return log


def test_a_log_cut_short_by_a_crash_replays_to_where_it_was_cut(tmp_path: Path) -> None:
    log = a_log(tmp_path / "floor.jsonl")
    log.close()
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[:-5])
    replayed = replay(log.path)
    assert (replayed.events, replayed.orders, replayed.unread) == (2, 3, 1)
    assert replayed.is_identical


def test_a_log_that_was_changed_says_where_it_differs(tmp_path: Path) -> None:
    log = a_log(tmp_path / "floor.jsonl")
    log.close()
    log.path.write_bytes(log.path.read_bytes().replace(b'"ann"', b'"eve"'))
    divergence = replay(log.path).divergence
    assert divergence is not None
    assert divergence.at == 12.0


def test_a_file_that_is_no_log_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear floor,\n")
    with pytest.raises(ValueError, match=r"letter\.txt: not a floor log"):
        replay(path)


def test_a_full_disk_ends_the_log_and_not_the_floor(tmp_path: Path) -> None:
    log = a_log(tmp_path / "floor.jsonl")

    class Full:
        def write(self, data: bytes) -> int:
            raise OSError(28, "No space left on device")

        def flush(self) -> None: ...

        def close(self) -> None: ...

    log._file = Full()  # type: ignore[assignment]
    log.flush()
    log.append(20.0, Ticked(), [])
    log.close()


def test_keypad_tones_are_written_down_nowhere(tmp_path: Path) -> None:
    log = a_log(tmp_path / "floor.jsonl")
    log.append(11.0, ev.KeysPressed("ann", "4929"), [cmd.PressKeys("leg-1", "4929")])
    log.close()
    other = a_log(tmp_path / "other.jsonl")
    other.append(11.0, ev.KeysPressed("ann", "0000"), [cmd.PressKeys("leg-1", "0000")])
    other.close()
    assert "4929" not in log.path.read_text()
    assert log.path.read_text() == other.path.read_text(), "a replay of it is identical"
