"""What an Asterisk node is told: typed, frozen, and checked before it reaches a file."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from dialer.asterisk import phone_hosts
from dialer.words import AudioCodec, NumberFormat, PhoneKind, SipTransport, TrunkKind

# Names become section headers, endpoint names and file names.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_CODECS = frozenset(get_args(AudioCodec))
#: With the 4 s in which an answer must come, a dead phone is noticed within 8 s.
QUALIFY_S = 4
# Sections of our own files, which a trunk or a phone must not take.
_TAKEN = {"global", "system", "general", "dialer", "doctor"}


class SettingsError(ValueError):
    """A value cannot go into an Asterisk file; the message names it and says what is allowed."""


@dataclass(frozen=True)
class Ports:
    """Ports of one node. The RTP range is inclusive; a call takes two ports on each of its legs."""

    sip: int = 5060
    sip_tls: int = 5061
    ami: int = 5038
    http: int = 8088
    rtp_first: int = 10000
    rtp_last: int = 19999


@dataclass(frozen=True)
class Trunk:
    """A way out. `kind` ip: the carrier knows us by address; registration: we register there."""

    name: str
    host: str
    port: int = 5060
    kind: TrunkKind = "ip"
    transport: SipTransport = "udp"
    username: str = ""
    password: str = ""
    from_user: str = ""
    from_domain: str = ""
    number_format: NumberFormat = "e164"
    national_prefix: str = ""
    country_code: str = ""
    max_lines: int | None = None
    caller_ids: tuple[str, ...] = ()
    codecs: tuple[str, ...] = ("ulaw", "alaw")
    inbound_hosts: tuple[str, ...] = ()
    qualify_s: int = 60

    @property
    def uri_parameters(self) -> str:
        """What follows host and port in its SIP URIs."""
        return f";transport={self.transport}" if self.transport != "udp" else ""

    def number(self, e164: str) -> str:
        """`e164` (+ and digits) as this trunk wants it dialed.

        `national` replaces `country_code` by `national_prefix`; other countries' numbers stay
        digits with the international prefix 00.
        """
        digits = e164.removeprefix("+")
        if self.number_format == "e164":
            return f"+{digits}"
        if self.number_format == "digits":
            return digits
        if self.country_code and digits.startswith(self.country_code):
            return self.national_prefix + digits[len(self.country_code) :]
        return f"00{digits}"

    def dial_string(self, e164: str) -> str:
        """The Channel of an Originate over this trunk. Raises SettingsError for a non-number."""
        if not re.fullmatch(r"\+?[0-9]{3,20}", e164):
            raise SettingsError("a number to dial must be + and 3 to 20 digits")
        return f"PJSIP/{self.number(e164)}@{self.name}"


def server_uri(trunk: Trunk) -> str:
    """Where a trunk's calls go: the contact as it stands in pjsip.conf."""
    return f"sip:{bracketed(trunk.host)}:{trunk.port}{trunk.uri_parameters}"


def client_uri(trunk: Trunk) -> str:
    """As whom we register at a trunk; Asterisk's events name the registration by it."""
    user, _, domain = trunk.username.partition("@")
    host = domain or bracketed(trunk.host)
    return f"sip:{user}@{host}:{trunk.port}{trunk.uri_parameters}"


def bracketed(host: str) -> str:
    """A host as it stands in a URI."""
    return f"[{host}]" if ":" in host else host


@dataclass(frozen=True)
class Phone:
    """A rep's phone. `static` has a fixed `contact` (a SIP URI) and does not register.

    `rtp_timeout_s` None chooses by kind: 3 s for webrtc (it always sends, so silence means that the
    network is gone), 0 (off) for the others, whose silence suppression would look the same.
    `qualify_s`: how often it is asked whether it is there (SIP OPTIONS), 0 never; None chooses by
    kind: 0 for webrtc, whose WebSocket tells, 4 s for the others.
    """

    name: str
    kind: PhoneKind = "sip"
    password: str = ""
    contact: str = ""
    rtp_timeout_s: int | None = None
    qualify_s: int | None = None
    caller_id: str = ""
    codecs: tuple[str, ...] = ()
    transport: SipTransport = "udp"

    @property
    def timeout_s(self) -> int:
        """The RTP time-out in force."""
        if self.rtp_timeout_s is not None:
            return self.rtp_timeout_s
        return 3 if self.kind == "webrtc" else 0

    @property
    def asked_every_s(self) -> int:
        """How often it is asked whether it is there; 0: never."""
        if self.qualify_s is not None:
            return self.qualify_s
        return 0 if self.kind == "webrtc" else QUALIFY_S


@dataclass(frozen=True)
class Secrets:
    """Passwords of the two AMI users."""

    ami_dialer: str = field(repr=False)
    ami_doctor: str = field(repr=False)


@dataclass(frozen=True)
class Tls:
    """A certificate and key (PEM files) for SIP over TLS and for wss."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class AsteriskSettings:
    """One node. Everything binds loopback unless configured otherwise."""

    node: str
    run_dir: Path
    secrets: Secrets
    ports: Ports = Ports()
    sip_bind: str = "127.0.0.1"
    ami_bind: str = "127.0.0.1"
    http_bind: str = "127.0.0.1"
    external_address: str = ""
    """What to write into SDP and contacts when behind NAT; empty: what the socket says."""
    local_networks: tuple[str, ...] = ()
    ami_permit: tuple[str, ...] = ()
    """Networks besides this machine that may open the manager, as 10.1.2.0/24."""
    trunks: tuple[Trunk, ...] = ()
    phones: tuple[Phone, ...] = ()
    languages: tuple[str, ...] = ("en", "zh")
    messages: tuple[tuple[str, Path], ...] = ()
    """(language, file without extension); the first is the dialplan's own last resort."""
    tls: Tls | None = None
    max_open_files: int | None = None
    realtime: bool = True
    """Its threads go before other programs' where the machine allows it."""

    @property
    def conf_dir(self) -> Path:
        """Where this node's rendered configuration lies."""
        return self.run_dir / "conf"

    @property
    def ledger(self) -> Path:
        """The node's own call records, one row for each attempt."""
        return self.run_dir / "log/cdr-custom/dialer.csv"


def check_settings(settings: AsteriskSettings) -> None:
    """Raise SettingsError for the first value that must not stand in a file."""
    _name(settings.node, "node name")
    for what, path in _paths(settings):
        plain(str(path), what)
    for what, host in (
        ("sip_bind", settings.sip_bind),
        ("ami_bind", settings.ami_bind),
        ("http_bind", settings.http_bind),
    ):
        _address(host, what)
    for network in (*settings.local_networks, *settings.ami_permit):
        _network(network)
    if settings.external_address:
        _host(settings.external_address, "external_address")
    for language in settings.languages:
        _name(language, "language")
    for secret in (settings.secrets.ami_dialer, settings.secrets.ami_doctor):
        if len(secret) < 12:
            raise SettingsError("an AMI secret has at least 12 characters")
        plain(secret, "AMI secret", shown=False)
    _check_ports(settings.ports)
    seen: set[str] = set(_TAKEN)
    for trunk in settings.trunks:
        _unique(trunk.name, seen, "trunk")
        _check_trunk(trunk, has_tls=settings.tls is not None)
    for phone in settings.phones:
        _unique(phone.name, seen, "phone")
        _check_phone(phone, has_tls=settings.tls is not None)


def _paths(settings: AsteriskSettings) -> Iterable[tuple[str, Path]]:
    yield "run_dir", settings.run_dir
    for language, path in settings.messages:
        yield f"message file for {language}", path
    if settings.tls:
        yield "certificate", settings.tls.certificate
        yield "key", settings.tls.key


def _check_ports(ports: Ports) -> None:
    single = (ports.sip, ports.sip_tls, ports.ami, ports.http)
    for port in (*single, ports.rtp_first, ports.rtp_last):
        if not 1 <= port <= 65535:
            raise SettingsError(f"port {port} is not in 1..65535")
    if len(set(single)) != len(single):
        raise SettingsError("sip, sip_tls, ami and http need different ports")
    if ports.rtp_last - ports.rtp_first < 3:
        raise SettingsError("the RTP range needs at least four ports")


def _check_trunk(trunk: Trunk, *, has_tls: bool) -> None:
    what = f"trunk {trunk.name}"
    _host(trunk.host, f"{what}: host")
    if not 1 <= trunk.port <= 65535:
        raise SettingsError(f"{what}: port {trunk.port} is not in 1..65535")
    for name in ("username", "from_user", "from_domain", "national_prefix", "country_code"):
        value = getattr(trunk, name)
        if value:
            _uri_part(value, f"{what}: {name}")
    plain(trunk.password, f"{what}: password", shown=False)
    for number in trunk.caller_ids:
        if not re.fullmatch(r"\+?[0-9]{2,20}", number):
            raise SettingsError(f"{what}: a caller id is + and digits")
    for host in trunk.inbound_hosts:
        _host_or_network(host, f"{what}: inbound_hosts")
    if trunk.kind == "registration" and not (trunk.username and trunk.password):
        raise SettingsError(f"{what}: a registration needs username and password")
    if trunk.transport == "tls" and not has_tls:
        raise SettingsError(f"{what}: transport tls needs a certificate and key ([asterisk.tls])")
    _check_codecs(trunk.codecs, what)


def _check_phone(phone: Phone, *, has_tls: bool) -> None:
    what = f"phone {phone.name}"
    plain(phone.password, f"{what}: password", shown=False)
    plain(phone.caller_id, f"{what}: caller_id")
    if phone.kind == "static":
        if phone_hosts.parse(phone.contact) is None:
            raise SettingsError(f"{what}: {phone_hosts.LIKE}")
    elif len(phone.password) < 8:
        raise SettingsError(
            f"{what}: a phone that registers needs a password of 8 or more characters"
        )
    if phone.transport == "tls" and not has_tls:
        raise SettingsError(f"{what}: transport tls needs a certificate and key ([asterisk.tls])")
    if not 0 <= phone.timeout_s <= 3600:
        raise SettingsError(f"{what}: rtp_timeout_s is 0 (off) to 3600")
    if not 0 <= phone.asked_every_s <= 3600:
        raise SettingsError(f"{what}: qualify_s is 0 (off) to 3600")
    _check_codecs(phone.codecs, what)


def _check_codecs(codecs: tuple[str, ...], what: str) -> None:
    for codec in codecs:
        if codec not in _CODECS:
            raise SettingsError(
                f"{what}: codec {codec!r} is not one of {', '.join(sorted(_CODECS))}"
            )


def plain(value: str, what: str, *, shown: bool = True) -> str:
    """`value`, if it can stand behind `name =` once `escaped`; else SettingsError.

    A line break would start a new setting, and outer spaces would be lost.
    """
    if any(ord(c) < 32 or ord(c) == 127 or c in "\u2028\u2029\u0085" for c in value):
        bad = f" {value!r}" if shown else ""
        raise SettingsError(f"{what}{bad} holds a line break or a control character")
    if value != value.strip():
        raise SettingsError(f"{what} begins or ends with a space")
    if value.startswith((">", "\\")) or value.endswith("\\"):
        raise SettingsError(f"{what} begins with > or \\, or ends with \\")
    return value


def escaped(value: str) -> str:
    """A semicolon begins a comment in every Asterisk file unless a backslash stands before it."""
    return value.replace(";", "\\;")


def _name(value: str, what: str) -> None:
    if not _NAME.fullmatch(value):
        raise SettingsError(f"{what} {value!r}: letters, digits, _ . and - only, at most 64")


def _unique(name: str, seen: set[str], what: str) -> None:
    _name(name, f"{what} name")
    reserved = name.startswith("transport-") or name.endswith(("-auth", "-registration"))
    if name.lower() in seen or reserved:
        raise SettingsError(f"{what} name {name!r} is taken: choose another")
    seen.add(name.lower())


def _uri_part(value: str, what: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_.+*!~'()%-]{1,128}(@[A-Za-z0-9.-]{1,253})?", value):
        raise SettingsError(f"{what} {value!r} cannot stand in a SIP address")


def _host(value: str, what: str) -> None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if not _HOST.fullmatch(value):
            raise SettingsError(f"{what} {value!r} is no host name and no address") from None


def _address(value: str, what: str) -> None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        raise SettingsError(f"{what} {value!r} is no IP address") from None


def _network(value: str) -> None:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise SettingsError(f"{value!r} is no network like 10.1.2.0/24") from None


def _host_or_network(value: str, what: str) -> None:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        _host(value, what)
