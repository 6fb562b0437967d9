"""What proves an earlier login, and what does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialer.features.sessions.proofs import LASTS_S, MOST, proof_of, with_proof

KEY, NOW = b"a key of thirty-two bytes for tests", 1_800_000_000.0


def test_a_browser_keeps_a_proof_for_each_who_logs_in_there() -> None:
    cookie = with_proof(with_proof("", "anna", KEY, NOW), "bo", KEY, NOW)

    proofs = [proof_of(cookie, name, KEY, NOW) for name in ("anna", "bo", "cem")]

    assert proofs[0] != proofs[1] != ""
    assert proofs[2] == ""


def test_a_proof_ends_and_a_new_login_renews_it() -> None:
    cookie = with_proof("", "anna", KEY, NOW)
    later = NOW + LASTS_S

    assert proof_of(cookie, "anna", KEY, later - 1) != ""
    assert proof_of(cookie, "anna", KEY, later) == ""
    renewed = with_proof(cookie, "anna", KEY, later)
    assert proof_of(renewed, "anna", KEY, later) != ""
    assert "~" not in renewed


def test_the_oldest_gives_way_to_the_newest() -> None:
    cookie = ""
    for index in range(MOST + 1):
        cookie = with_proof(cookie, f"rep{index}", KEY, NOW)

    assert proof_of(cookie, "rep0", KEY, NOW) == ""
    assert proof_of(cookie, "rep1", KEY, NOW) != ""
    assert len(cookie) < 700


@given(st.text(max_size=200))
def test_what_somebody_makes_up_proves_nothing(cookie: str) -> None:
    assert proof_of(cookie, "anna", KEY, NOW) == ""


def test_without_a_key_nothing_is_proven() -> None:
    assert proof_of(with_proof("", "anna", b"", NOW), "anna", b"", NOW) == ""
