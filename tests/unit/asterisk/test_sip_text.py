"""What the browser phone without a browser says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit import sip_text

INVITE = (
    "INVITE sip:rep01@x.invalid;transport=ws SIP/2.0\r\n"
    "Via: SIP/2.0/WS 127.0.0.1:8088;branch=z9hG4bK1\r\n"
    "Via: SIP/2.0/WS 127.0.0.2;branch=z9hG4bK2\r\n"
    "From: <sip:100@127.0.0.1>;tag=a\r\nTo: <sip:rep01@x.invalid>\r\n"
    "Call-ID: c1\r\nCSeq: 7 INVITE\r\nUser-Agent: dialer\r\n\r\nv=0\r\n"
)
OFFER = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=fingerprint:sha-256 AA\r\na=mid:audio-0\r\n"


def test_an_answer_carries_what_belongs_to_its_request_and_a_tag() -> None:
    invite = sip_text.parse(INVITE)
    reply = sip_text.parse(sip_text.answer(invite, 200, tag="b", contact="<sip:me>", sdp="v=0\r\n"))

    assert (invite.method, invite.status, invite.body) == ("INVITE", 0, "v=0\r\n")
    assert (reply.method, reply.status, reply.body) == ("INVITE", 200, "v=0\r\n")
    assert [value for name, value in reply.headers if name == "Via"] == [
        "SIP/2.0/WS 127.0.0.1:8088;branch=z9hG4bK1",
        "SIP/2.0/WS 127.0.0.2;branch=z9hG4bK2",
    ]
    assert reply.get("To") == "<sip:rep01@x.invalid>;tag=b"
    assert (reply.get("Contact"), reply.get("User-Agent")) == ("<sip:me>", "")
    assert reply.get("Content-Length") == "5"


def test_a_tag_that_is_there_stays() -> None:
    bye = sip_text.parse("BYE sip:x SIP/2.0\r\nTo: <sip:x>;tag=mine\r\nCSeq: 8 BYE\r\n\r\n")

    assert "To: <sip:x>;tag=mine\r\n" in sip_text.answer(bye, 200, tag="other")


@pytest.mark.parametrize(
    "text", ["", "hello", "SIP/2.0 2000 OK\r\n\r\n", "SIP/2.0 999\r\n\r\n", INVITE[:60] + "\r\nbad"]
)
def test_what_is_no_sip_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no SIP"):
        sip_text.parse(text)


@given(st.text())
def test_any_text_is_a_message_or_refused(text: str) -> None:
    try:
        message = sip_text.parse(text)
    except ValueError as error:
        assert "no SIP" in str(error)  # noqa: PT017  # either end is right
    else:
        assert message.start


def test_the_proof_of_a_password_is_the_one_of_rfc_2617() -> None:
    """Its example, section 3.5."""
    asked = sip_text.challenge(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    proof = sip_text.authorization(
        asked,
        username="Mufasa",
        password="Circle Of Life",  # the example's
        method="GET",
        uri="/dir/index.html",
        cnonce="0a4f113b",
    )

    assert 'response="6629fae49393a05397450978507c4ef1"' in proof
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in proof


def test_a_webrtc_offer_is_answered_in_its_own_section() -> None:
    sdp = sip_text.webrtc_answer(OFFER, fingerprint="BB", ufrag="u", pwd="p", port=9)

    assert "a=group:BUNDLE audio-0\r\n" in sdp
    assert "a=mid:audio-0\r\n" in sdp
    assert "a=fingerprint:sha-256 BB\r\na=setup:active\r\n" in sdp


def test_an_offer_without_dtls_is_refused() -> None:
    with pytest.raises(ValueError, match="DTLS"):
        sip_text.webrtc_answer(
            "m=audio 4000 RTP/AVP 0\r\n", fingerprint="BB", ufrag="u", pwd="p", port=9
        )
