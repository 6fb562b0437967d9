"""One-time codes: the vectors of the RFCs, the drift of clocks, no code twice."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from dialer.features.sessions import totp

# RFC 4226, appendix D.
KEY = b"12345678901234567890"
HOTP = (
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
    "520489",
)  # fmt: skip
SECRET = base64.b32encode(KEY).decode()


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP)))
def test_codes_by_counter_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert totp.hotp(KEY, counter) == code


# RFC 6238, appendix B: eight digits; each hash has a key of its own length.
@pytest.mark.parametrize(
    ("at", "sha1", "sha256", "sha512"),
    [
        (59, "94287082", "46119246", "90693936"),
        (1111111109, "07081804", "68084774", "25091201"),
        (1111111111, "14050471", "67062674", "99943326"),
        (1234567890, "89005924", "91819424", "93441116"),
        (2000000000, "69279037", "90698825", "38618901"),
        (20000000000, "65353130", "77737706", "47863826"),
    ],
)
def test_codes_by_time_are_those_of_rfc_6238(at: int, sha1: str, sha256: str, sha512: str) -> None:
    for name, length, code in (("sha1", 20, sha1), ("sha256", 32, sha256), ("sha512", 64, sha512)):
        key = (KEY * 4)[:length]
        assert totp.hotp(key, at // totp.STEP_S, 8, name) == code


@pytest.mark.parametrize(("drift", "step"), [(-2, None), (-1, 99), (0, 100), (1, 101), (2, None)])
def test_a_clock_may_be_a_step_off_and_no_more(drift: int, step: int | None) -> None:
    code = totp.hotp(KEY, 100 + drift)

    assert totp.matching_step(SECRET, code, 100 * 30 + 15.0, after=0) == step


def test_a_code_that_was_taken_is_not_taken_again() -> None:
    code = totp.hotp(KEY, 100)

    assert totp.matching_step(SECRET, code, 3000.0, after=99) == 100
    assert totp.matching_step(SECRET, code, 3000.0, after=100) is None


def test_a_code_taken_while_the_clock_was_ahead_shuts_nobody_out() -> None:
    taken = totp.matching_step(SECRET, totp.hotp(KEY, 460), 460 * 30.0, after=0)

    assert taken == 460
    assert totp.matching_step(SECRET, totp.hotp(KEY, 100), 3000.0, after=taken) == 100
    assert totp.latest_step(3000.0) == 101


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "７５５２２４", "\x00" * 6])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert totp.matching_step(SECRET, code, 15.0, after=-9) is None


def test_the_address_for_authenticators_names_issuer_account_and_secret() -> None:
    found = urlsplit(totp.uri(SECRET, "anna b"))

    assert (found.scheme, found.netloc, found.path) == ("otpauth", "totp", "/Dialer%3Aanna%20b")
    assert parse_qs(found.query)["secret"] == [SECRET]


def test_recovery_codes_differ_and_are_kept_by_account_whatever_their_spelling() -> None:
    codes = totp.new_recovery_codes()

    assert len(set(codes)) == totp.RECOVERY_CODES
    kept = totp.recovery_digest("a", codes[0])
    assert totp.recovery_digest("a", f" {codes[0].upper().replace('-', ' ')} ") == kept
    assert totp.recovery_digest("b", codes[0]) != kept
    assert codes[0] not in kept
