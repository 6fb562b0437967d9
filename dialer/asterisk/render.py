"""Write an Asterisk's configuration: the templates in `asterisk-conf/`, a node's settings."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dialer.asterisk.node_settings import (
    AsteriskSettings,
    Phone,
    Ports,
    Secrets,
    SettingsError,
    Tls,
    Trunk,
    bracketed,
    check_settings,
    client_uri,
    escaped,
    server_uri,
)
from dialer.asterisk.tree import AsteriskInstall

__all__ = [
    "EVENTS",
    "AsteriskSettings",
    "Phone",
    "Ports",
    "Secrets",
    "SettingsError",
    "Tls",
    "Trunk",
    "render",
    "write_files",
]

#: How long a phone has to answer an OPTIONS, which is sent four times in it (a lost one proves
#: nothing).
ANSWERS_WITHIN_S = 4.0

#: The least that SIP allows (RFC 4028).
SESSION_S = 90

# What passes the manager's filter: about 10 events and 5.5 kB a call, against 60 to 70 and 30 kB.
EVENTS = (
    "Newstate",
    "DialState",
    "OriginateResponse",
    "HangupRequest",
    "SoftHangupRequest",
    "Hangup",
    "BridgeEnter",
    "BridgeLeave",
    "Hold",
    "Unhold",
    "ContactStatus",
    "Registry",
    "UserEvent",
    "ChanSpyStart",
    "ChanSpyStop",
    "FullyBooted",
)

MODULES = (
    # channel driver, its registrar, transports and authentication
    *("res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_timing_timerfd"),
    *("res_pjproject", "res_pjsip", "res_pjsip_pubsub", "res_pjsip_session"),
    "res_pjsip_authenticator_digest",
    *("res_pjsip_outbound_authenticator_digest", "res_pjsip_outbound_registration"),
    *("res_pjsip_registrar", "res_pjsip_endpoint_identifier_user"),
    *("res_pjsip_endpoint_identifier_ip", "res_pjsip_sdp_rtp", "res_pjsip_nat"),
    *("res_pjsip_caller_id", "res_pjsip_rfc3326", "res_pjsip_header_funcs"),
    *("res_pjsip_dtmf_info", "res_pjsip_acl", "res_pjsip_dlg_options", "res_pjsip_logger"),
    # Without it a REFER gets no answer at all, and a phone that waits for one holds the call.
    "res_pjsip_refer",
    *("res_http_websocket", "res_pjsip_transport_websocket", "chan_pjsip"),
    # media
    *("res_rtp_asterisk", "res_srtp", "res_crypto", "codec_ulaw", "codec_alaw", "codec_a_mu"),
    *("codec_resample", "codec_g722", "codec_gsm", "codec_opus_open_source", "codec_opus"),
    *("res_format_attr_opus", "format_wav", "format_pcm", "format_sln", "format_gsm"),
    # Without bridge_native_rtp: while a recorder is begun anew it would hand on the other side's
    # packets as they are for a moment, after which a phone may be deaf (docs/asterisk.md).
    *("bridge_simple", "bridge_holding", "bridge_softmix"),
    *("bridge_builtin_features", "bridge_builtin_interval_features"),
    # dialplan
    *("pbx_config", "res_speech", "res_agi"),
    *("app_playback", "app_playtones", "app_mixmonitor", "app_bridgewait", "app_bridgeaddchan"),
    *("app_amd", "app_chanspy", "app_senddtmf", "app_echo", "app_exec", "app_stack"),
    "res_musiconhold",
    *("app_userevent", "app_verbose"),
    *("func_callerid", "func_cdr", "func_channel", "func_cut", "func_global", "func_hangupcause"),
    *("func_logic", "func_math", "func_rand", "func_strings", "func_timeout"),
    *(
        "func_groupcount",
        "func_sprintf",
        "func_pjsip_endpoint",
        "func_pjsip_contact",
        "func_sorcery",
    ),
    *("res_cdrel_custom", "cdr_custom"),
)
# Not in every build: a node can do without them.
OPTIONAL_MODULES = frozenset(
    # res_cdrel_custom came out of cdr_custom in Asterisk 22.
    {"codec_opus_open_source", "codec_opus", "res_pjproject", "res_cdrel_custom"}
)


# `@@{name}` is ours; `${NAME}` is Asterisk's own and stays.
_PLACE = re.compile(r"@@\{([a-z][a-z0-9_]*)\}")


def templates_dir() -> Path:
    """`asterisk-conf/`: in a checkout at its root, in an installed wheel inside the package."""
    package = Path(__file__).parents[1]
    for folder in (package / "_data/asterisk-conf", package.parent / "asterisk-conf"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("asterisk-conf is missing: install the package again")


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template file (relative to `asterisk-conf/`) with `values` filled in.

    A value is filled in as it stands: check and escape it before. A name without a value is a
    KeyError, so that no file is ever written with a hole.
    """
    text = (templates_dir() / template).read_text(encoding="utf-8")
    return _PLACE.sub(lambda place: str(values[place[1]]), text)


def render(settings: AsteriskSettings, install: AsteriskInstall | None = None) -> dict[str, str]:
    """File name -> text of a node's whole configuration. Raises SettingsError.

    Without `install` the files are for an Asterisk that somebody else runs: asterisk.conf, which
    says where that one's folders are, is left out.
    """
    check_settings(settings)
    values = _values(settings, install)
    names = [
        *("modules.conf", "logger.conf", "manager.conf", "http.conf", "rtp.conf", "pjsip.conf"),
        *("extensions.conf", "cdr.conf", "cdr_custom.conf", "amd.conf", "sorcery.conf"),
        # These only say "nothing": without them Asterisk logs errors at every start.
        *("acl.conf", "ccss.conf", "cel.conf", "features.conf", "indications.conf"),
        *("musiconhold.conf", "pjproject.conf", "udptl.conf"),
    ]
    if install is not None:
        names.append("asterisk.conf")
    return {name: fill(name, values) for name in names}


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write `files` into `folder` (mode 0700; files 0600, they hold secrets), each as a whole."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in files.items():
        part = folder / f".{name}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
        part.replace(folder / name)


def socket_dir(settings: AsteriskSettings) -> Path:
    """Where the console's socket lies: a UNIX socket's path holds at most 107 bytes."""
    usual = settings.run_dir / "run"
    if len(str(usual / "asterisk.ctl").encode()) <= 100:
        return usual
    raise SettingsError(f"run_dir {settings.run_dir} is too long: at most 80 characters")


def hold_folder(settings: AsteriskSettings) -> Path:
    """Where the music on hold of a node of ours lies."""
    return settings.run_dir / "hold"


def _values(settings: AsteriskSettings, install: AsteriskInstall | None) -> dict[str, object]:
    ports = settings.ports
    message = str(settings.messages[0][1]) if settings.messages else ""
    return {
        "node": settings.node,
        "conf_dir": settings.conf_dir,
        "run_dir": settings.run_dir,
        "socket_dir": socket_dir(settings) if install else "",
        "module_dir": install.modules if install else "",
        "language": settings.languages[0],
        "modules": _modules(install),
        "message": escaped(message),
        "ami_bind": settings.ami_bind,
        "ami_port": ports.ami,
        "ami_permits": _permits(settings),
        "ami_events": "|".join(EVENTS),
        "ami_sources": _sources(settings.trunks),
        "ami_dialer_secret": escaped(settings.secrets.ami_dialer),
        "ami_doctor_secret": escaped(settings.secrets.ami_doctor),
        "http_bind": settings.http_bind,
        "http_port": ports.http,
        "http_tls": _http_tls(settings),
        "rtp_first": ports.rtp_first,
        "rtp_last": ports.rtp_last,
        "rtp_extra": "",
        # Asterisk's default where there are no callees to report on.
        "rtcp_ms": 2500 if settings.trunks else 5000,
        "test_calls": max(2, (ports.rtp_last - ports.rtp_first) // 20),
        # An Asterisk of somebody else's plays what music it has.
        "hold_folder": hold_folder(settings) if install else "moh",
        "transports": transports(settings),
        "trunks": "\n".join(_trunk(trunk, settings) for trunk in settings.trunks),
        "phones": "\n".join(_phone(phone, settings) for phone in settings.phones),
    }


def _modules(install: AsteriskInstall | None) -> str:
    lines = []
    for name in MODULES:
        file = f"{name}.so"
        is_there = install is None or (install.modules / file).exists()
        if is_there or name not in OPTIONAL_MODULES:
            lines.append(f"load = {file}")
    return "\n".join(lines)


def _permits(settings: AsteriskSettings) -> str:
    networks = ["127.0.0.0/8", "::1/128", *settings.ami_permit]
    return "\n".join(f"permit = {network}" for network in networks)


def _sources(trunks: Sequence[Trunk]) -> str:
    """A filter is tried on the whole text of an event; a dot in a name would fit anything."""
    names = "|".join(trunk.name.replace(".", "[.]") for trunk in trunks)
    return f"eventfilter = Event: RTCPSent.*Channel: PJSIP/({names})-" if names else ""


def _http_tls(settings: AsteriskSettings) -> str:
    if settings.tls is None:
        return ""
    return _lines(
        ("tlsenable", "yes"),
        ("tlsbindaddr", f"{bracketed(settings.http_bind)}:{settings.ports.http + 1}"),
        ("tlscertfile", settings.tls.certificate),
        ("tlsprivatekey", settings.tls.key),
    )


def transports(settings: AsteriskSettings) -> str:
    """The transport sections: udp, tcp and ws, with a certificate tls and wss, too."""
    ports, host = settings.ports, bracketed(settings.sip_bind)
    nat = [("local_net", network) for network in settings.local_networks]
    if settings.external_address:
        nat.append(("external_media_address", settings.external_address))
        nat.append(("external_signaling_address", settings.external_address))
    found = [
        ("udp", f"{host}:{ports.sip}", _lines(*nat)),
        ("tcp", f"{host}:{ports.sip}", _lines(*nat)),
        ("ws", f"{host}", ""),
    ]
    if settings.tls is not None:
        tls = _lines(
            *nat,
            ("cert_file", settings.tls.certificate),
            ("priv_key_file", settings.tls.key),
            ("method", "tlsv1_2"),
        )
        found.append(("tls", f"{host}:{ports.sip_tls}", tls))
        found.append(("wss", f"{host}", ""))
    return "\n".join(
        fill("parts/transport.conf", {"protocol": protocol, "bind": bind, "extra": extra})
        for protocol, bind, extra in found
    )


def _trunk(trunk: Trunk, settings: AsteriskSettings) -> str:
    extra = _media(settings)
    extra += [(name, getattr(trunk, name)) for name in ("from_user", "from_domain")]
    if trunk.password:
        extra.append(("outbound_auth", f"{trunk.name}-auth"))
    if trunk.transport == "tls":
        extra.append(("media_encryption", "sdes"))
    values = {
        "name": trunk.name,
        "transport": trunk.transport,
        "codecs": ",".join(trunk.codecs),
        "language": settings.languages[0],
        "endpoint_extra": _lines(*extra),
        "contact": escaped(server_uri(trunk)),
        "qualify_s": trunk.qualify_s,
        "matches": _lines(*(("match", host) for host in (trunk.host, *trunk.inbound_hosts))),
        "username": escaped(trunk.username),
        "password": escaped(trunk.password),
        "server_uri": escaped(server_uri(trunk)),
        "client_uri": escaped(client_uri(trunk)),
    }
    text = fill("parts/trunk.conf", values)
    if trunk.password:
        text += fill("parts/trunk-auth.conf", values)
    if trunk.kind == "registration":
        text += fill("parts/trunk-registration.conf", values)
    return text


def _phone(phone: Phone, settings: AsteriskSettings) -> str:
    webrtc = phone.kind == "webrtc"
    extra: list[tuple[str, str]] = _media(settings)
    aor: list[tuple[str, str]] = []
    if phone.kind == "static":
        aor.append(("contact", phone.contact))
    else:
        extra.append(("auth", f"{phone.name}-auth"))
    if webrtc:
        # DTLS certificates are made by Asterisk itself, anew at each start.
        extra += [("webrtc", "yes"), ("dtls_auto_generate_cert", "yes")]
    else:
        # A phone that was started anew within the time in which it would be missed has forgotten
        # its call, and says so when it is asked to keep it (every half of this time).
        extra += [("timers", "always"), ("timers_sess_expires", str(SESSION_S))]
        if phone.transport == "tls":
            extra.append(("media_encryption", "sdes"))
    codecs = phone.codecs or _callees_codecs(settings.trunks)
    values = {
        "name": phone.name,
        "codecs": ",".join(codecs),
        "rtp_timeout_s": phone.timeout_s,
        "qualify_s": phone.asked_every_s,
        "qualify_timeout_s": ANSWERS_WITHIN_S,
        "caller_id": escaped(phone.caller_id or phone.name),
        "language": settings.languages[0],
        "endpoint_extra": _lines(*extra),
        "aor_extra": _lines(*aor),
        "password": escaped(phone.password),
    }
    text = fill("parts/phone.conf", values)
    return text if phone.kind == "static" else text + fill("parts/phone-auth.conf", values)


def _callees_codecs(trunks: Sequence[Trunk]) -> tuple[str, ...]:
    """What the trunks have, in their order, so that nothing is translated between the two.

    Only what Asterisk can translate, for not every callee takes the first; and 8 kHz, browsers too:
    beside a leg at 48 kHz the recorder writes only the first sixth of every frame.
    """
    known = [codec for trunk in trunks for codec in trunk.codecs if codec in {"ulaw", "alaw"}]
    return tuple(dict.fromkeys([*known, "ulaw", "alaw"]))


def phone_sections(phone: Phone, settings: AsteriskSettings) -> dict[str, dict[str, str]]:
    """A phone as it stands in pjsip.conf: type of section -> name -> value."""
    found: dict[str, dict[str, str]] = {}
    values: dict[str, str] = {}
    for line in _phone(phone, settings).splitlines():
        if line.startswith("["):
            values = {}
        name, is_value, value = line.partition(" = ")
        if not is_value or line.startswith(";"):
            continue
        if name == "type":
            found[value] = values
        else:
            values[name] = value.replace("\\;", ";")
    return found


def _media(settings: AsteriskSettings) -> list[tuple[str, str]]:
    """RTP on the address that SIP is bound to; by default Asterisk takes it on every address."""
    if ipaddress.ip_address(settings.sip_bind).is_unspecified:
        return []
    return [("media_address", settings.sip_bind), ("bind_rtp_to_media_address", "yes")]


def _lines(*settings: tuple[str, object]) -> str:
    """`name = value` lines, without those that have no value."""
    return "\n".join(f"{name} = {escaped(str(value))}" for name, value in settings if str(value))


def all_modules(required_only: bool = False) -> Iterable[str]:
    """File names of the modules a node loads, for `doctor`."""
    return [f"{m}.so" for m in MODULES if not (required_only and m in OPTIONAL_MODULES)]
