"""The interface: every method takes every report, says the same twice, and survives bad calls."""

from __future__ import annotations

import json
import math

import pytest

from pacing import AdaptiveSettings, Pacer, PacingSettings, Window, open_pacer

METHODS = ("predictive", "progressive", "ratio", "adaptive")
each_method = pytest.mark.parametrize("method", METHODS)


def opened(method: str, **more: object) -> Pacer:
    return open_pacer(PacingSettings(method=method, **more))


def with_a_call(method: str = "predictive") -> Pacer:
    """At 10 s: r0 ready, r1 talking, c0 ringing, c1 answered and waiting."""
    pacer = opened(method)
    pacer.agent(0.0, "r0", "ready")
    pacer.agent(0.0, "r1", "talking")
    pacer.placed(1.0, "c0")
    pacer.placed(1.0, "c1")
    pacer.answered(10.0, "c1", "human")
    return pacer


@pytest.mark.parametrize("method", ["predictive", "progressive", "ratio"])
def test_one_to_one_at_the_start(method):
    pacer = opened(method, ratio=1.0)
    assert pacer.calls_to_place(0.0) == 0
    for i in range(3):
        pacer.agent(0.0, f"r{i}", "ready")
    assert pacer.calls_to_place(0.0) == 3


@each_method
def test_asking_again_changes_nothing_and_placing_counts(method):
    pacer = opened(method, adaptive=AdaptiveSettings(calls_per_second=1000))
    for i in range(5):
        pacer.agent(0.0, f"r{i}", "ready")
    wish = pacer.calls_to_place(1.0)
    assert [pacer.calls_to_place(1.0) for _ in range(3)] == [wish] * 3
    for i in range(wish):
        pacer.placed(1.0, f"c{i}")
    assert pacer.calls_to_place(1.0) == 0


@each_method
@pytest.mark.parametrize("left", ["paused", "out", "leaving"])
def test_no_call_is_placed_that_nobody_will_be_there_for(method, left):
    pacer = opened(method)
    for i in range(4):
        pacer.agent(0.0, f"r{i}", "ready")
    for i in range(4):
        if left == "leaving":
            pacer.leaving(1.0, f"r{i}")
        else:
            pacer.agent(1.0, f"r{i}", left)
    assert pacer.calls_to_place(5.0) == 0


@each_method
def test_lines_in_use_are_ringing_waiting_and_talking(method):
    pacer = opened(method, max_lines=6, ratio=5.0)
    for i in range(8):
        pacer.agent(0.0, f"r{i}", "talking" if i < 2 else "ready")
    pacer.placed(0.0, "c0")
    assert pacer.calls_to_place(3.0) <= 3
    pacer.limits(3.0, lines=4)
    assert pacer.calls_to_place(6.0) <= 1
    pacer.limits(6.0, calls_per_second=0.0)
    assert pacer.calls_to_place(9.0) == 0
    pacer.limits(9.0, lines=None, calls_per_second=None)
    assert pacer.calls_to_place(12.0) >= 0


BAD_CALLS = {
    "a call nobody placed": lambda p: p.answered(11.0, "c9", "human"),
    "a call placed twice": lambda p: p.placed(11.0, "c0"),
    "a waiting call placed again": lambda p: p.placed(11.0, "c1"),
    "an end after an answer": lambda p: p.ended(11.0, "c1", "no_answer"),
    "a second answer": lambda p: p.answered(11.0, "c1", "human"),
    "a connection before an answer": lambda p: p.connected(11.0, "c0", "r0"),
    "an abandon before an answer": lambda p: p.abandoned(11.0, "c0"),
    "an abandon of nothing": lambda p: p.abandoned(11.0, "c9"),
    "a connection to nobody": lambda p: p.connected(11.0, "c1", "r9"),
    "a ring of a waiting call": lambda p: p.ringing(11.0, "c1"),
    "an unknown state": lambda p: p.agent(11.0, "r0", "lunch"),
    "a state that is no text": lambda p: p.agent(11.0, "r0", ["ready"]),
    "an unknown outcome": lambda p: p.ended(11.0, "c0", "vanished"),
    "an unknown answerer": lambda p: p.answered(11.0, "c0", "dog"),
    "time going back": lambda p: p.agent(9.0, "r0", "paused"),
    "a question in the past": lambda p: p.calls_to_place(9.0),
    "a cancel question in the past": lambda p: p.calls_to_cancel(9.0),
    "no time": lambda p: p.agent(math.nan, "r0", "paused"),
    "an endless time": lambda p: p.calls_to_place(math.inf),
    "a time that is text": lambda p: p.placed("11", "c5"),
    "a time that is a truth value": lambda p: p.placed(True, "c5"),
    "an agent that is no text": lambda p: p.agent(11.0, 5, "ready"),
    "a call that is no text": lambda p: p.placed(11.0, None),
    "a call that cannot be looked up": lambda p: p.ended(11.0, ["c0"], "busy"),
    "a group that is no text": lambda p: p.placed(11.0, "c5", 7),
    "an unknown rep leaving": lambda p: p.leaving(11.0, "r9"),
    "an unknown rep finishing": lambda p: p.finishing(11.0, "r9"),
    "windows that are none": lambda p: p.windows(11.0, "all"),
    "windows of something else": lambda p: p.windows(11.0, [("", 0.03)]),
    "lines below nothing": lambda p: p.limits(11.0, lines=-1),
    "half a line": lambda p: p.limits(11.0, lines=1.5),
    "a rate below nothing": lambda p: p.limits(11.0, calls_per_second=-0.1),
    "a rate that is no number": lambda p: p.limits(11.0, calls_per_second=math.nan),
    "a share of no group": lambda p: p.share(11.0, None),
}


@each_method
@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_call_is_refused_in_one_line_and_harms_nothing(method, name):
    harmed, spared = with_a_call(method), with_a_call(method)
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z"):
        BAD_CALLS[name](harmed)
    for pacer in (harmed, spared):
        pacer.connected(12.0, "c1", "r0")
        pacer.ended(13.0, "c0", "no_answer")
        pacer.agent(20.0, "r1", "ready")
    assert harmed.calls_to_place(21.0) == spared.calls_to_place(21.0)
    assert harmed.explain() == spared.explain()
    assert harmed.save() == spared.save()


@pytest.mark.parametrize(
    "bad",
    [
        {"method": "magic"},
        {"max_abandon_rate": -0.1},
        {"max_abandon_rate": 3},
        {"max_abandon_rate": math.nan},
        {"connect_within": -1.0},
        {"ring_timeout": 0.0},
        {"max_lines": -1},
        {"max_lines": 2.5},
        {"ratio": math.inf},
        {"seed": "x"},
        {"strict": 1},
        {"adaptive": None},
    ],
)
def test_bad_settings_are_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        PacingSettings(**bad)


@pytest.mark.parametrize(
    "bad", [{"limit": 2.0}, {"answered": -1}, {"abandoned": math.nan}, {"closes_at": math.nan}]
)
def test_bad_windows_are_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        Window(**{"group": "", "limit": 0.03, **bad})


@pytest.mark.parametrize(
    "saved",
    [
        b"",
        b"\x80\x04N.",
        b"[]",
        b"{}",
        b'{"format":"pacing","version":99}',
        b'{"format":"pacing","version":1,"ring":{"width":0.5},"service":3}',
    ],
)
def test_saved_data_that_is_not_ours_is_refused(saved):
    with pytest.raises(ValueError, match="saved"):
        open_pacer(PacingSettings(), saved)


def test_states_told_again_change_nothing():
    pacer = with_a_call()
    before = pacer.explain()
    pacer.agent(10.0, "r1", "talking")
    pacer.agent(10.0, "r0", "ready")
    after = pacer.explain()
    assert {k: before[k] for k in ("ready", "talking", "ringing")} == {
        k: after[k] for k in ("ready", "talking", "ringing")
    }


def test_the_rep_counts_as_talking_from_the_connection_on():
    pacer = with_a_call()
    pacer.connected(10.5, "c1", "r0")
    assert pacer.explain()["ready"] == 0
    pacer.agent(10.5, "r0", "talking")
    assert pacer.explain()["talking"] == 2


def test_a_rep_said_to_be_talking_just_before_the_connection_talks_once():
    pacer = with_a_call()
    pacer.agent(10.4, "r0", "talking")
    pacer.connected(10.5, "c1", "r0")
    pacer.agent(90.0, "r0", "wrapup")
    assert sum(json.loads(pacer.save())["service"]["stages"]["1"]["exits"]) == pytest.approx(
        1.0, abs=0.01
    )


def test_a_second_connection_without_a_pause_ends_the_first_talk():
    pacer = with_a_call()
    pacer.connected(10.5, "c1", "r0")
    pacer.answered(11.0, "c0", "human")
    pacer.connected(40.0, "c0", "r0")
    assert sum(json.loads(pacer.save())["service"]["stages"]["1"]["exits"]) == pytest.approx(
        1.0, abs=0.01
    )


def test_a_call_no_one_told_the_ring_of_is_never_offered_for_cancelling(floor_of):
    pacer = opened("predictive")
    floor = floor_of(pacer, 4, answer_rate=0.9)
    for _ in range(1200):
        floor.step()
        assert pacer.calls_to_cancel(floor.now) == []


def test_only_calls_that_rang_the_legal_minimum_are_offered_for_cancelling():
    pacer = opened("predictive")
    pacer.agent(0.0, "r0", "talking")
    for i in range(6):
        pacer.placed(0.0, f"c{i}")
    for i in range(6):
        pacer.ringing(2.0 + i, f"c{i}")
    assert pacer.calls_to_cancel(16.9) == []
    assert pacer.calls_to_cancel(17.0) == ["c0"]
    assert pacer.calls_to_cancel(19.5) == ["c0", "c1", "c2"]


def test_a_call_for_which_a_rep_is_ready_is_not_given_up():
    pacer = open_pacer(PacingSettings(ring_timeout=40.0))
    for rep in ("a", "b"):
        pacer.agent(0.0, rep, "ready")
        pacer.placed(0.0, f"c{rep}")
    for rep in ("a", "b"):
        pacer.ringing(0.5, f"c{rep}")
    for second in range(16, 35):
        assert pacer.calls_to_cancel(float(second)) == []


def test_a_pool_that_knows_nothing_lets_no_more_calls_ring_than_it_has_seen_end(floor_of):
    floor = floor_of(
        open_pacer(PacingSettings(ring_timeout=60.0)), 25, answer_rate=0.02, ring_s=(25.0, 40.0)
    )
    ended = 0
    for _ in range(400):
        before, over = len(floor.calls), floor.placed
        floor.step()
        ended += before + floor.placed - over - len(floor.calls)
        assert len(floor.calls) + len(floor.waiting) <= len(floor.ready) + ended
    assert floor.placed > 250


def test_what_is_given_up_is_explained_with_its_chance():
    pacer = opened("predictive")
    pacer.agent(0.0, "r0", "talking")
    for i in range(6):
        pacer.placed(0.0, f"c{i}")
    for i in range(6):
        pacer.ringing(2.0, f"c{i}")
    pacer.calls_to_place(17.0)
    assert pacer.explain()["given_up"] == 0
    assert len(pacer.calls_to_cancel(17.0)) == 6
    told = pacer.explain()
    assert (told["given_up"], round(told["given_up_chance"], 1)) == (6, 1.0)
    assert "6 that rang long enough given up" in told["why"]["en"]
    assert "6 通" in told["why"]["zh"]


def test_with_much_of_the_budget_left_nothing_is_given_up():
    pacer = opened("predictive")
    pacer.windows(0.0, [Window("", 0.03, answered=20_000.0, abandoned=0.0)])
    pacer.agent(0.0, "r0", "talking")
    for i in range(6):
        pacer.placed(0.0, f"c{i}")
    for i in range(6):
        pacer.ringing(2.0, f"c{i}")
    assert pacer.calls_to_cancel(17.0) == []


def test_what_is_placed_leaves_the_rest_of_the_decision():
    pacer = opened("predictive")
    for i in range(5):
        pacer.agent(0.0, f"r{i}", "ready")
    wish = pacer.calls_to_place(1.0)
    assert wish >= 5
    pacer.placed(1.0, "c0")
    pacer.placed(1.0, "c1")
    assert pacer.calls_to_place(1.0) == wish - 2
    assert pacer.explain()["place"] == wish


@each_method
def test_explanations_are_plain_data_with_a_sentence_in_two_languages(method, floor_of):
    pacer = opened(method)
    floor = floor_of(pacer, 5)
    floor.run(300.0)
    found = pacer.explain()
    assert set(found["why"]) == {"en", "zh"}
    for text in found["why"].values():
        assert str(found["place"]) in text
        assert "\n" not in text
    json.dumps(found, allow_nan=False)


@each_method
def test_the_same_calls_give_the_same_answers(method, floor_of):
    def history() -> tuple[list[int], bytes, str]:
        pacer = opened(method)
        floor = floor_of(pacer, 6, seed=3)
        return [floor.step() for _ in range(1500)], pacer.save(), json.dumps(pacer.explain())

    assert history() == history()


@each_method
def test_what_was_saved_is_known_after_opening(method, floor_of):
    pacer = opened(method)
    floor_of(pacer, 8).run(1200.0)
    saved = pacer.save()
    again = open_pacer(PacingSettings(method=method), saved)
    assert json.loads(saved)["format"] == "pacing"
    if method == "predictive":
        again.agent(0.0, "r", "ready")
        again.calls_to_place(0.0)
        assert again.explain()["answer_rate"] == pytest.approx(
            pacer.explain()["answer_rate"], rel=0.25
        )
    floor_of(again, 8).run(60.0)


def test_a_pacer_that_knows_the_floor_is_quicker_than_one_that_does_not(floor_of):
    def answered(saved: bytes | None) -> int:
        total = 0
        for seed in range(4):
            floor = floor_of(open_pacer(PacingSettings(), saved), 20, seed=seed)
            floor.run(900.0)
            total += floor.answered
        return total

    teacher = opened("predictive")
    floor_of(teacher, 20, seed=99).run(3600.0)
    assert answered(teacher.save()) >= 0.97 * answered(None)


@each_method
def test_memory_does_not_grow_with_calls_reps_and_groups_gone(method):
    pacer = opened(method)
    pacer.agent(0.0, "r", "ready")
    for i in range(3000):
        at = float(i)
        pacer.agent(at, f"guest{i}", "ready")
        pacer.placed(at, f"c{i}", f"g{i}")
        pacer.ended(at, f"c{i}", "busy")
        pacer.agent(at, f"guest{i}", "out")
        if i % 100 == 0:
            pacer.calls_to_place(at)
    assert len(pacer.save()) < 2_000_000


def test_it_says_until_when_an_answer_stands_and_a_report_ends_that():
    pacer = opened("predictive")
    pacer.agent(0.0, "r0", "talking")
    assert pacer.calls_to_place(5.0) == 0
    assert pacer.ask_again_at() > 5.0
    pacer.agent(5.5, "r0", "ready")
    assert pacer.ask_again_at() <= 5.5
    assert pacer.calls_to_place(5.5) == 1


def test_a_rate_that_binds_is_asked_about_when_it_allows_the_next_call():
    pacer = opened("predictive")
    pacer.limits(0.0, calls_per_second=10.0)
    for i in range(5):
        pacer.agent(0.0, f"r{i}", "ready")
    for i in range(pacer.calls_to_place(1.0)):
        pacer.placed(1.0, f"c{i}")
    assert pacer.calls_to_place(1.0) == 0
    assert 1.0 < pacer.ask_again_at() <= 1.1
    assert pacer.calls_to_place(1.1) == 1


def test_a_rep_who_asked_to_leave_may_be_ready_for_calls_already_ringing():
    pacer = opened("predictive")
    pacer.agent(0.0, "r0", "talking")
    pacer.leaving(10.0, "r0")
    pacer.agent(20.0, "r0", "ready")
    assert pacer.calls_to_place(20.0) == 0
    pacer.agent(60.0, "r0", "ready")  # long after everything settled: he has changed his mind
    assert pacer.calls_to_place(60.0) == 1


@pytest.mark.parametrize(
    ("bind", "bound", "zh"),
    [
        (lambda p: p.limits(1.0, lines=1), "lines", "线路"),
        (lambda p: p.limits(1.0, calls_per_second=0.0), "calls_per_second", "每秒"),
    ],
)
def test_the_explanation_names_the_limit_that_bound(bind, bound, zh):
    pacer = opened("predictive")
    for i in range(5):
        pacer.agent(0.0, f"r{i}", "ready")
    bind(pacer)
    pacer.calls_to_place(1.0)
    found = pacer.explain()
    assert found["bound_by"] == bound
    assert zh in found["why"]["zh"]


def test_the_explanation_says_when_nobody_will_stay():
    pacer = opened("predictive")
    pacer.agent(0.0, "r0", "talking")
    pacer.leaving(1.0, "r0")
    pacer.calls_to_place(1.0)
    assert "no rep" in pacer.explain()["why"]["en"]
