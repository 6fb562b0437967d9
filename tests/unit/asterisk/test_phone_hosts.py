"""Where a phone with a fixed contact may be: in the house, and never a way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk.phone_hosts import PhoneHosts

NAMES = {"sip.carrier.example": ["203.0.113.9", "10.0.0.9"], "desk7.house.example": ["10.3.0.7"]}
NAMES |= {"sly.house.example": ["203.0.113.9"], "localhost": ["127.0.0.1", "::1"]}


def hosts(*allowed: str, barred: tuple[str, ...] = ()) -> PhoneHosts:
    return PhoneHosts(allowed, barred, resolve=lambda name: NAMES.get(name, []))


@pytest.mark.parametrize(
    "contact",
    ["sip:anna@10.0.0.7", "sip:anna@192.168.3.4:5062;transport=tcp", "sips:2001@127.0.0.2:5060",
     "sip:anna@[fd00::7]:5060", "sip:anna@100.64.3.2", "sip:anna@[::ffff:10.0.0.7]"],
)  # fmt: skip
def test_phones_are_in_the_house_by_default(contact: str) -> None:
    assert hosts().problem(contact) == ""


@pytest.mark.parametrize(
    "contact",
    ["sip:anna@203.0.113.7", "sip:anna@sip.carrier.example", "sip:anna@localhost:5080",
     "sip:anna@2130706433", "sip:anna@0.0.0.0", "sip:anna@127.1", "sip:anna@0x7f000001",
     "sip:anna@[2001:db8::1]", "sip:anna@[::ffff:203.0.113.7]", "sip:anna@desk7.house.example"],
)  # fmt: skip
def test_outside_is_no_place_for_a_phone(contact: str) -> None:
    assert "no place for a phone" in hosts().problem(contact)


@pytest.mark.parametrize("user", ["+19005550192", "0049301234567", "12125550192"])
def test_a_telephone_number_in_a_contact_needs_a_host_that_an_administrator_has_listed(
    user: str,
) -> None:
    assert "telephone number" in hosts().problem(f"sip:{user}@10.0.0.7")
    assert hosts("10.0.0.7").problem(f"sip:{user}@10.0.0.7") == ""


def test_only_what_is_listed_counts_once_there_is_a_list() -> None:
    listed = hosts("10.3.0.0/24", ".house.example", "lobby")
    assert listed.problem("sip:anna@10.3.0.7") == ""
    assert listed.problem("sip:anna@desk7.house.example") == ""
    assert listed.problem("sip:anna@Lobby") == ""
    for other in ("10.4.0.7", "127.0.0.1", "house.example", "evilhouse.example", "lobby.example"):
        assert "no place for a phone" in listed.problem(f"sip:anna@{other}")


@pytest.mark.parametrize(
    ("barred", "contact"),
    [
        (("10.0.0.9",), "sip:anna@10.0.0.9:5999"),
        (("10.0.0.9",), "sip:anna@[::ffff:10.0.0.9]"),
        (("sip.carrier.example",), "sip:anna@10.0.0.9"),
        (("sip.carrier.example",), "sip:anna@SIP.carrier.example"),
        (("10.0.0.0/28",), "sip:anna@10.0.0.9"),
        (("203.0.113.9",), "sip:anna@sly.house.example"),
        (("sip.carrier.example",), "sip:anna@sly.house.example"),
        (("127.0.0.1",), "sip:anna@localhost"),
    ],
)
def test_a_trunks_host_is_never_a_phone_whatever_is_allowed(
    barred: tuple[str, ...], contact: str
) -> None:
    everything = ("0.0.0.0/0", "::/0", ".example", "localhost")
    assert "trunk's host" in hosts(*everything, barred=barred).problem(contact)


@pytest.mark.parametrize(
    "contact",
    ["", "anna", "sip:10.0.0.7", "sip:a@10.0.0.7\r\nx", "sip:a@b@10.0.0.7", "sip:a@10.0.0.7;lr",
     "sip:a@10.0.0.7;transport=ws", "sip:a@10.0.0.7?x", "sip:a@ 10.0.0.7", "sip:a:b@10.0.0.7"],
)  # fmt: skip
def test_what_is_no_contact_is_refused(contact: str) -> None:
    assert "like sip:" in hosts("0.0.0.0/0").problem(contact)


@given(st.text(alphabet="sip:@.[]0123456789abcdef+;=-%/", max_size=40))
def test_no_text_leads_to_a_trunk(text: str) -> None:
    problem = hosts(barred=("10.0.0.9",)).problem(f"sip:x@{text}")
    assert problem or "10.0.0.9" not in text
