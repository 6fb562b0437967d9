"""What a simulation takes over of the present floor."""

from __future__ import annotations

import pytest

from dialer.features.simulations.floor_now import may_be_dialed


@pytest.mark.parametrize(
    ("states", "count"),
    [
        ({"new": 5, "retry": 2, "done": 90}, 7),
        ({"queued": 4, "calling": 1}, 4),  # a short list may be in the hopper as a whole
        ({"done": 3, "dead": 1, "dnc": 2}, 0),
        ({}, 0),
    ],
)
def test_leads_that_may_be_dialed_are_those_new_due_and_in_the_hopper(states, count) -> None:
    assert may_be_dialed(states) == count
