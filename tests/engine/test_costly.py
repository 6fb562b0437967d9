"""Numbers whose owners are paid for being called."""

from __future__ import annotations

import pytest

from dialer.engine.costly import is_costly


@pytest.mark.parametrize(
    ("number", "costs"),
    [
        ("+19005550123", True),
        ("+448712345678", True),
        ("+979123456789", True),
        ("+882131234567", True),
        ("+881612345678", True),
        ("+80012345678", False),
        ("+12125550177", False),
        ("+8613800138000", False),
        ("none", True),
    ],
)
def test_numbers_that_cost_more_than_a_call_are_told(number: str, costs: bool) -> None:
    assert is_costly(number) is costs
