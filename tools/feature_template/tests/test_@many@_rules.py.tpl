from __future__ import annotations

from dialer.features.@many@.records import @One@
from dialer.features.@many@.rules import faults

AT = {"created_at": 1.0, "created_by": "anna", "changed_at": 1.0, "changed_by": "anna"}
RECORD = @One@(id="r1", version=1, name="first", pool="north", **AT)  # type: ignore[arg-type]


def test_a_pool_that_there_is_is_none_of_its_faults() -> None:
    assert list(faults(RECORD, {"north"})) == []


def test_a_pool_that_there_is_not_is_a_fault_of_the_pool() -> None:
    assert [(it.field, it.slug) for it in faults(RECORD, {"south"})] == [("pool", "no-such-pool")]
