"""What may reach an Asterisk file, and what is refused with one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk.node_settings import (
    AsteriskSettings,
    Phone,
    Ports,
    Secrets,
    SettingsError,
    Tls,
    Trunk,
    check_settings,
    escaped,
    plain,
)
from dialer.asterisk.render import all_modules, render, templates_dir

SECRETS = Secrets("secret-of-the-engine", "secret-of-the-doctor")
GOOD = AsteriskSettings("node1", Path("/run/dialer"), SECRETS)
TRUNK = Trunk("carrier", "sip.example", username="u", password="p")
PHONE = Phone("rep01", password="12345678")


def read_value(line: str) -> str:
    """`name = value` as Asterisk's own reader understands it."""
    text, at = line, 0
    while (at := text.find(";", at)) >= 0:
        if at > 0 and text[at - 1] == "\\":
            text = text[: at - 1] + text[at:]
            continue
        text = text[:at]
        break
    value = text.partition("=")[2]
    return value.removeprefix(">").strip()


@given(st.text())
def test_a_password_is_refused_or_read_back_as_it_was(password: str) -> None:
    try:
        plain(password, "password", shown=False)
    except SettingsError:
        return
    assert "\n" not in escaped(password)
    assert read_value(f"password = {escaped(password)}") == password


@pytest.mark.parametrize(
    "bad", ["a\nb", "a\rb", "a\x00b", " a", "a ", "a\u2028b", "a\\", ">a", "\x1b"]
)
def test_a_value_that_would_become_another_setting_is_refused(bad: str) -> None:
    with pytest.raises(SettingsError):
        plain(bad, "password")


def test_a_secret_is_not_repeated_in_the_complaint() -> None:
    with pytest.raises(SettingsError) as error:
        check_settings(replace(GOOD, trunks=(replace(TRUNK, password="hunter2\nx"),)))
    assert "hunter2" not in str(error.value)
    assert "hunter2" not in repr(replace(SECRETS, ami_dialer="hunter2"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"node": "a b"}, "node name"),
        ({"node": "x]\n[general]"}, "node name"),
        ({"run_dir": Path("/run/a\nb")}, "run_dir"),
        ({"sip_bind": "localhost"}, "sip_bind 'localhost' is no IP address"),
        ({"ami_bind": ""}, "ami_bind"),
        ({"ami_permit": ("10.1.2.0/33",)}, "no network like"),
        ({"local_networks": ("x",)}, "no network like"),
        ({"external_address": "a b"}, "external_address"),
        ({"languages": ("e n",)}, "language"),
        ({"secrets": Secrets("short", "secret-of-the-doctor")}, "at least 12"),
        ({"ports": Ports(sip=0)}, "port 0"),
        ({"ports": Ports(ami=5060)}, "different ports"),
        ({"ports": Ports(rtp_first=20000, rtp_last=20001)}, "RTP range"),
        ({"messages": (("en", Path("a\nb")),)}, "message file for en"),
    ],
)
def test_each_bad_setting_of_a_node_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as error:
        check_settings(replace(GOOD, **change))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "a;b"}, "trunk name"),
        ({"name": "general"}, "taken"),
        ({"name": "x-auth"}, "taken"),
        ({"host": "a b"}, "host"),
        ({"host": "x;y"}, "host"),
        ({"port": 70000}, "port 70000"),
        ({"username": "a b"}, "username"),
        ({"from_user": "x\ny"}, "from_user"),
        ({"caller_ids": ("+1 555",)}, "caller id"),
        ({"inbound_hosts": ("!",)}, "inbound_hosts"),
        ({"kind": "registration", "password": ""}, "needs username and password"),
        ({"transport": "tls"}, "needs a certificate"),
        ({"codecs": ("mp3",)}, "codec 'mp3'"),
    ],
)
def test_each_bad_setting_of_a_trunk_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        check_settings(replace(GOOD, trunks=(replace(TRUNK, **change),)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "a/b"}, "phone name"),
        ({"password": "short"}, "8 or more"),
        ({"password": "12345678\n"}, "line break"),
        ({"kind": "static", "contact": "nonsense"}, "contact must be like"),
        ({"kind": "static", "contact": "sip:a@b\nx"}, "contact must be like"),
        ({"rtp_timeout_s": -1}, "rtp_timeout_s"),
        ({"caller_id": "a\nb"}, "caller_id"),
        ({"codecs": ("opuss",)}, "codec"),
    ],
)
def test_each_bad_setting_of_a_phone_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        check_settings(replace(GOOD, phones=(replace(PHONE, **change),)))


def test_a_trunk_and_a_phone_cannot_have_the_same_name() -> None:
    with pytest.raises(SettingsError, match="taken"):
        check_settings(replace(GOOD, trunks=(TRUNK,), phones=(replace(PHONE, name="Carrier"),)))


@pytest.mark.parametrize(
    ("trunk", "dialed"),
    [
        (TRUNK, "PJSIP/+4930123456@carrier"),
        (replace(TRUNK, number_format="digits"), "PJSIP/4930123456@carrier"),
        (
            replace(TRUNK, number_format="national", country_code="49", national_prefix="0"),
            "PJSIP/030123456@carrier",
        ),
        (replace(TRUNK, number_format="national", country_code="1"), "PJSIP/004930123456@carrier"),
    ],
)
def test_a_number_is_written_as_its_trunk_wants_it(trunk: Trunk, dialed: str) -> None:
    assert trunk.dial_string("+4930123456") == dialed


@pytest.mark.parametrize("number", ["", "+", "12", "+49 30", "1234,x", "123@other", "rep01"])
def test_what_is_no_number_is_never_dialed(number: str) -> None:
    with pytest.raises(SettingsError):
        TRUNK.dial_string(number)


def test_every_place_in_every_file_is_filled_in() -> None:
    full = replace(
        GOOD,
        trunks=(TRUNK, replace(TRUNK, name="line", kind="registration", transport="tls")),
        phones=(PHONE, replace(PHONE, name="web", kind="webrtc"),
                Phone("desk", "static", contact="sip:desk@10.0.0.5:5060")),
        messages=(("en", Path("/sounds/sorry")),),
        tls=Tls(Path("/c.pem"), Path("/k.pem")),
        external_address="203.0.113.5",
        local_networks=("10.0.0.0/8",),
    )  # fmt: skip
    files = render(full)

    assert not [name for name, text in files.items() if "@@" in text]
    assert "password = p\n" in files["pjsip.conf"]
    assert "contact = sip:desk@10.0.0.5:5060" in files["pjsip.conf"]
    assert "external_media_address = 203.0.113.5" in files["pjsip.conf"]
    assert "MESSAGE = /sounds/sorry" in files["extensions.conf"]


def test_a_node_binds_loopback_unless_configured() -> None:
    files = render(replace(GOOD, trunks=(TRUNK,), phones=(PHONE,)))
    text = "\n".join(files.values())

    assert "0.0.0.0:" not in text
    assert "bindaddr = 127.0.0.1" in files["manager.conf"]
    assert "bindaddr = 127.0.0.1" in files["http.conf"]
    assert files["pjsip.conf"].count("bind_rtp_to_media_address = yes") == 2
    assert "bind = 127.0.0.1:5060" in files["pjsip.conf"]


def test_bound_to_every_address_rtp_is_not_tied_to_one() -> None:
    files = render(replace(GOOD, sip_bind="0.0.0.0", phones=(PHONE,)))
    assert "media_address" not in files["pjsip.conf"]


def test_the_rtp_timeout_follows_the_kind_of_phone() -> None:
    assert Phone("a", "webrtc").timeout_s == 3
    assert Phone("a", "sip").timeout_s == 0
    assert Phone("a", "sip", rtp_timeout_s=5).timeout_s == 5


def test_nothing_is_written_for_a_bad_setting() -> None:
    with pytest.raises(SettingsError):
        render(replace(GOOD, node="a b"))


def test_a_run_dir_that_is_too_long_for_a_socket_is_refused() -> None:
    from dialer.asterisk.render import socket_dir

    with pytest.raises(SettingsError, match="too long"):
        socket_dir(replace(GOOD, run_dir=Path("/" + "x" * 100)))


def test_each_module_is_named_once_and_each_template_has_its_comment() -> None:
    modules = list(all_modules())
    assert len(modules) == len(set(modules))
    for path in templates_dir().glob("*.conf"):
        assert path.read_text().strip()
