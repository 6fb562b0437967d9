from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dialer.ports.new_leads import NewLeads
from dialer.ports.store import LeadNumber, NewLead

TEXT = st.text(max_size=5)
NUMBERS = st.lists(
    st.builds(LeadNumber, TEXT, TEXT, st.integers(0, 9), st.booleans(), extension=TEXT),
    min_size=1,
    max_size=3,
)
LEADS = st.lists(
    st.builds(
        NewLead,
        numbers=NUMBERS,
        name=TEXT,
        timezone=st.none() | TEXT,
        priority=st.integers(0, 99),
        next_call_at=st.floats(0, 1e9),
        custom=st.dictionaries(TEXT, TEXT, max_size=3),
        import_row=st.none() | st.integers(0, 9),
    ),
    max_size=4,
)


@given(LEADS)
def test_leads_come_back_from_columns_as_they_were(leads: list[NewLead]) -> None:
    columns = NewLeads.of(leads)
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(columns), type=NewLeads)

    assert len(sent) == len(leads)
    assert list(sent) == leads
