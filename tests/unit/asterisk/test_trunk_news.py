"""What Asterisk tells of trunks, by OPTIONS and by registrations."""

from __future__ import annotations

from dialer.asterisk.messages import Message
from dialer.asterisk.node_settings import Trunk, client_uri
from dialer.asterisk.trunk_news import TrunkNews
from dialer.floor.events import TrunkSeen

ASKED = Trunk("asked", "192.0.2.1")
QUIET = Trunk("quiet", "192.0.2.2", qualify_s=0)
MEMBER = Trunk(
    "member", "sip.example.com", kind="registration", username="joe", password="x" * 12, qualify_s=0
)
ALL = (ASKED, QUIET, MEMBER)


def contact(aor: str, status: str) -> Message:
    return Message.of([("Event", "ContactStatus"), ("ContactStatus", status), ("AOR", aor)])


def registry(user: str, status: str) -> Message:
    return Message.of(
        [("Event", "Registry"), ("ChannelType", "PJSIP"), ("Username", user), ("Status", status)]
    )


def test_an_answer_to_options_that_stays_away_is_told_once_and_its_return_once() -> None:
    news = TrunkNews(ALL)
    assert news.message(contact("asked", "Unreachable")) == [TrunkSeen("asked", is_up=False)]
    assert news.message(contact("asked", "Unreachable")) == []
    assert news.message(contact("asked", "Reachable")) == [TrunkSeen("asked", is_up=True)]


def test_phones_and_trunks_that_are_not_asked_are_no_news() -> None:
    news = TrunkNews(ALL)
    for aor in ("rep01", "quiet"):
        assert news.message(contact(aor, "Unreachable")) == []
    assert news.message(contact("asked", "NonQualified")) == []


def test_a_registration_that_is_rejected_or_lost_is_a_trunk_that_is_down() -> None:
    news = TrunkNews(ALL)
    user = client_uri(MEMBER)
    assert user == "sip:joe@sip.example.com:5060"
    assert news.message(registry(user, "Rejected")) == [TrunkSeen("member", is_up=False)]
    assert news.message(registry(user, "Registered")) == [TrunkSeen("member", is_up=True)]
    assert news.message(registry(user, "Unregistered")) == [TrunkSeen("member", is_up=False)]
    assert news.message(registry("sip:somebody@else", "Rejected")) == []


def test_a_trunk_is_up_only_when_both_say_so() -> None:
    both = Trunk("both", "192.0.2.3", kind="registration", username="amy", password="x" * 12)
    news = TrunkNews([both])
    news.message(registry(client_uri(both), "Registered"))
    assert news.message(contact("both", "Unreachable")) == [TrunkSeen("both", is_up=False)]
    assert news.message(registry(client_uri(both), "Rejected")) == []
    assert news.message(contact("both", "Reachable")) == []
    assert news.message(registry(client_uri(both), "Registered")) == [TrunkSeen("both", is_up=True)]


def test_a_new_connection_asks_how_things_stand_and_only_what_it_needs() -> None:
    news = TrunkNews(ALL)
    assert list(news.variables()) == ["asked"]
    assert news.variables()["asked"].startswith("PJSIP_CONTACT(asked@@")
    assert news.variables()["asked"].endswith(",status)")
    assert news.has_registrations()
    assert not TrunkNews([QUIET]).has_registrations()
    assert news.contact("asked", "Unreachable") == [TrunkSeen("asked", is_up=False)]
    registrations = [
        Message.of([("Event", "AuthDetail"), ("ObjectName", "member-auth")]),
        Message.of(
            [
                ("Event", "OutboundRegistrationDetail"),
                ("ObjectName", "member-registration"),
                ("Status", "Unregistered"),
            ]
        ),
    ]
    assert news.listed(registrations) == [TrunkSeen("member", is_up=False)]


def test_a_contact_that_has_not_been_asked_yet_is_not_taken_for_dead() -> None:
    news = TrunkNews(ALL)
    for status in ("Unknown", "Created", ""):
        assert news.contact("asked", status) == []
