"""The sections of dialer.toml that describe the installation: service, log, store, bus, switch."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from dialer.settings.kinds import (
    CountryCode,
    Digits,
    FilePath,
    HostPort,
    IpAddress,
    Line,
    Name,
    Network,
    PhoneHost,
    PhoneNumber,
    PhoneUrl,
    Secret,
    Section,
    said,
)
from dialer.words import (
    AudioCodec,
    BusClient,
    Codec,
    LogFormat,
    LogLevel,
    NumberFormat,
    SipTransport,
    TrunkKind,
)

#: A STUN server, or a TURN server with user and password.
ICE_SERVER = re.compile(
    r"(?P<stun>stuns?:[^@/\s]+)|(?P<scheme>turns?):(?P<user>[^:@\s]+):(?P<password>[^@\s]+)@"
    r"(?P<where>[^@/\s]+)"
)
#: A key marked so takes effect at a reload; every other key of these sections at the next start.
LIVE: JsonDict = {"live": True}


class ServiceSettings(Section):
    """The process `dialer serve`."""

    state_dir: FilePath | None = Field(
        default=None,
        description="Folder of everything the dialer keeps: database, secrets, recordings, its "
        "Asterisk. Not set: $XDG_STATE_HOME/dialer, else ~/.local/state/dialer.",
    )
    host: Line = Field(
        default="127.0.0.1",
        description="Address of the HTTP API. Open it to others only behind TLS.",
    )
    port: int = Field(
        default=8080, ge=0, le=65535, description="Port of the HTTP API; 0: any free one."
    )
    max_connections: int = Field(
        default=4000,
        ge=16,
        le=100_000,
        description="Most connections to the HTTP API at a time, at most half of the descriptors "
        "the process may open (LimitNOFILE=65536 in the unit). A quarter of them are for whoever "
        "has shown neither session nor token.",
    )
    campaign_dir: FilePath = Field(
        default=Path("campaigns"),
        description="Folder of campaign files: NAME.toml holds what stands under [campaign.NAME].",
    )
    drain_s: float = Field(
        default=30.0,
        ge=0,
        le=14400,
        description="At a stop: how long to wait for conversations to end. Those that last longer "
        "go on in Asterisk, and are booked at the next start.",
    )
    realtime: bool = Field(
        default=True,
        description="Let the dialer and the Asterisk it runs go before other programs on this "
        "machine, where that is allowed: to root, or with LimitRTPRIO=10 in the unit.",
    )
    keep_floor_logs_days: int | None = Field(
        default=30,
        ge=1,
        le=36500,
        description="Delete floors' logs, which `dialer replay` reads, after so many days. Not "
        "set: never.",
        json_schema_extra=LIVE,
    )
    keep_journal_days: int = Field(
        default=90,
        ge=1,
        le=36500,
        description="Remove records of the journal, of which every listener has heard, after so "
        "many days. What is added to the program later is filled from those that are there.",
        json_schema_extra=LIVE,
    )
    keep_rejected_days: int | None = Field(
        default=30,
        ge=1,
        le=36500,
        description="Delete reports of rows that imports over the API left out after so many days: "
        "they are people's data. Not set: never.",
        json_schema_extra=LIVE,
    )
    undo_dnc_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="For so many days a change of the do-not-call list can be undone.",
        json_schema_extra=LIVE,
    )
    dnc_reason_from: int = Field(
        default=1000,
        ge=1,
        description="Whoever puts so many numbers on the do-not-call list at once, or takes them "
        "off, has to give a reason.",
        json_schema_extra=LIVE,
    )
    watch_s: float = Field(
        default=2.0,
        ge=0,
        le=3600,
        description="How often to look whether this file or a campaign file changed; 0: never.",
    )


class LogSettings(Section):
    """Logs: JSON lines, or readable ones on a terminal. Numbers are masked, secrets left out."""

    level: LogLevel = Field(
        default="info", description="Least level to log.", json_schema_extra=LIVE
    )
    levels: dict[str, LogLevel] = Field(
        default={},
        description='Other levels for parts of the program, such as {"dialer.asterisk" = "debug"}.',
        json_schema_extra=LIVE,
    )
    format: LogFormat = Field(
        default="auto", description="auto: readable on a terminal, JSON otherwise."
    )
    file: FilePath | None = Field(
        default=None,
        description="Append to this file instead of standard error; SIGHUP opens it anew.",
    )


class StoreSettings(Section):
    """The database."""

    url: Secret | None = Field(
        default=None,
        description="postgresql://user:password@host/name (with libpq's ?sslmode=require and the "
        "like, docs/store.md), sqlite:///path, env:NAME or file:PATH. Not set: SQLite in the state "
        "folder.",
    )


class BusSettings(Section):
    """Leases, snapshots and commands between several engines: opened and watched, not used yet."""

    url: Secret | None = Field(
        default=None,
        description="redis://host:6379/0, env:NAME or file:PATH. A single server, no cluster, with "
        "maxmemory-policy noeviction. Not set: inside the process. Today it is opened and watched, "
        "and nothing stands on it: one engine needs none.",
    )
    client: BusClient = Field(
        default="redis-py",
        description="Library for snapshots and commands. Leases always use redis-py.",
    )


class AsteriskSettings(Section):
    """The Asterisk that calls, and the ports between it and the dialer."""

    run: Literal["managed", "external"] = Field(
        default="managed",
        description="managed: got, configured and started by the dialer. external: yours; write "
        "its configuration with `dialer asterisk render`.",
    )
    node: Name = Field(default="node1", description="Its name in records and figures.")
    ami_host: Line = Field(default="127.0.0.1", description="Address of the manager interface.")
    ami_port: int = Field(
        default=5038, ge=1, le=65535, description="Port of the manager interface."
    )
    ami_user: Name = Field(default="dialer", description="Manager user of the dialer.")
    ami_secret: Secret | None = Field(
        default=None,
        description="Its secret, env:NAME or file:PATH. Not set: made at the first start.",
    )
    agi_bind: Line = Field(
        default="127.0.0.1", description="Address the FastAGI server listens on."
    )
    agi_port: int = Field(default=4573, ge=0, le=65535, description="Its port; 0: any free one.")
    agi_advertise: Line = Field(
        default="",
        description="Host under which Asterisk reaches it. Empty: agi_bind.",
    )
    agi_second: HostPort = Field(
        default="",
        description="host:port of another engine's AGI server, which Asterisk asks when this one's "
        "port is closed. Empty: the callee hears the message.",
    )
    clock_within_s: float = Field(
        default=0.5,
        ge=0.1,
        le=86_400,
        description="Nobody is dialed while the clocks of this machine and of Asterisk's are "
        "further apart, in seconds: one of them is wrong, and calling hours go by it. An Asterisk "
        "that runs on this machine has the same clock: there it is only said.",
    )
    margin_s: float = Field(
        default=0.5,
        ge=0.1,
        le=10,
        description="When connect_within and so many seconds more have passed without a word from "
        "the engine, Asterisk plays the message by itself.",
    )
    max_call_s: float = Field(
        default=14400.0,
        ge=10,
        le=86400,
        description="Asterisk ends a call that lasts so long from the answer.",
    )
    ami_bind: IpAddress = Field(
        default="127.0.0.1", description="managed: the address the manager interface listens on."
    )
    ami_permit: tuple[Network, ...] = Field(
        default=(),
        description='managed: networks besides this machine that may open it: "10.1.2.0/24".',
    )
    sip_bind: IpAddress = Field(default="127.0.0.1", description="Address for SIP and media.")
    sip_port: int = Field(default=5060, ge=1, le=65535, description="SIP over UDP and TCP.")
    tls_port: int = Field(
        default=5061, ge=1, le=65535, description="SIP over TLS, where tls_cert is set."
    )
    tls_cert: FilePath | None = Field(
        default=None, description="Certificate chain for TLS and secure WebSockets, PEM."
    )
    tls_key: FilePath | None = Field(default=None, description="Its private key, PEM.")
    http_bind: IpAddress = Field(
        default="127.0.0.1", description="Address for the WebSockets of browser phones."
    )
    http_port: int = Field(default=8088, ge=1, le=65535, description="Port for them.")
    rtp_start: int = Field(default=10000, ge=1024, le=65532, description="First media port.")
    rtp_end: int = Field(
        default=19999,
        ge=1027,
        le=65535,
        description="Last media port; a call takes two on each leg.",
    )
    run_dir: FilePath | None = Field(
        default=None, description="Folder it runs in. Not set: asterisk/ in the state folder."
    )
    ledger: FilePath | None = Field(
        default=None,
        description="external: its cdr-custom/dialer.csv, as this machine reads it. Not set: in "
        "run_dir.",
    )
    external_address: Line = Field(
        default="", description="Public address where NAT lies between here and the trunks."
    )
    local_networks: tuple[Network, ...] = Field(
        default=(), description='Networks that need no NAT, such as "192.168.0.0/16".'
    )
    phone_hosts: tuple[PhoneHost, ...] = Field(
        default=(),
        description="Where phones with a fixed contact (rep add --phone static) may be: networks, "
        'addresses, names, domains (".phones.example.com"). Empty: private networks, and no '
        "contact that looks like a telephone number. Never a trunk's host.",
    )

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together: set both or neither")
        if self.rtp_end - self.rtp_start < 3:
            raise ValueError("rtp_end must be at least rtp_start + 3")
        return self


class TrunkSettings(Section):
    """One way out, as [[trunk]]. The first one is used by campaigns that name none."""

    name: Name = Field(description="Its name in campaigns, records and figures.")
    kind: TrunkKind = Field(
        default="ip", description="ip: known by its address. registration: with user and secret."
    )
    host: Line = Field(description="Address of the provider.")
    port: int = Field(default=5060, ge=1, le=65535, description="Its port.")
    transport: SipTransport = Field(default="udp", description="How SIP travels.")
    inbound_hosts: tuple[Line, ...] = Field(
        default=(), description="Addresses from which its calls come. Empty: host."
    )
    username: Line = Field(default="", description="User at the provider.")
    secret: Secret | None = Field(
        default=None, description="Its secret: env:NAME, file:PATH or itself."
    )
    from_user: Line = Field(
        default="", description="User in From, where the provider asks for one."
    )
    from_domain: Line = Field(
        default="", description="Domain in From, where the provider asks for one."
    )
    caller_ids: tuple[PhoneNumber, ...] = Field(
        default=(),
        description="Numbers that may be shown, in full international form; campaigns that name "
        "none take them in turn.",
        json_schema_extra=LIVE,
    )
    number_format: NumberFormat = Field(
        default="e164", description="How the provider wants numbers: +4930…, 4930… or 030…."
    )
    country_code: CountryCode = Field(
        default="",
        description='national: numbers of this country are dialed without it, such as "49".',
    )
    national_prefix: Digits = Field(
        default="",
        description='national: what stands in its place, such as "0".',
    )
    qualify_s: int = Field(
        default=60,
        ge=0,
        le=86400,
        description="How often to ask it with OPTIONS whether it is there.",
    )
    codecs: tuple[AudioCodec, ...] = Field(
        default=("alaw", "ulaw"),
        min_length=1,
        description="Codecs to offer, best first. g722 and opus would spoil recordings, and are "
        "refused where a campaign records.",
    )
    max_lines: int | None = Field(
        default=None,
        ge=0,
        description="Most calls at a time. Not set: no limit.",
        json_schema_extra=LIVE,
    )
    calls_per_second: float | None = Field(
        default=None,
        gt=0,
        le=10000,
        description="Most new calls per second. Not set: no limit.",
        json_schema_extra=LIVE,
    )

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.kind == "registration" and not (self.username and said(self.secret)):
            raise ValueError("kind registration needs username and secret")
        return self


class RecordingSettings(Section):
    """What becomes of recordings. Whether to record is a campaign's matter."""

    dir: FilePath | None = Field(
        default=None, description="Folder of recordings. Not set: recordings/ in the state folder."
    )
    codec: Codec = Field(default="flac", description="Form of finished files.")
    key_file: FilePath | None = Field(
        default=None,
        description="Encrypt finished files with the key in this file, which `dialer recordings "
        "make-key FILE` makes. Not set: they are not encrypted.",
    )
    keep_days: int | None = Field(
        default=None, ge=1, le=36500, description="Delete after so many days. Not set: never."
    )


class FiguresSettings(Section):
    """What figures and reports go by, docs/figures.md."""

    effective_call_s: float = Field(
        default=30.0,
        ge=1,
        le=3600,
        description="A conversation of at least so many seconds is an effective call "
        "(有效通话时长), in reports of any time: past days are counted anew.",
        json_schema_extra=LIVE,
    )
    memory_mb: int = Field(
        default=512,
        ge=128,
        le=65536,
        description="Memory that the process of reports may take. Only medians and numbers of "
        "different leads of long periods need as much.",
    )


class ConsoleSettings(Section):
    """The desks of reps and supervisors in the browser."""

    phone_url: PhoneUrl = Field(
        default="",
        description="Where the browser's phone reaches Asterisk, as wss://host/ws. Empty: the "
        "console's own host, with http_port of [asterisk]; for a page over TLS the port of "
        "tls_cert, or /ws of the console's own address, which its TLS proxy then has to pass on.",
        json_schema_extra=LIVE,
    )
    ice_servers: tuple[Secret, ...] = Field(
        default=(),
        description='Helpers for phones behind NAT: "stun:host:port" or '
        '"turn:user:password@host:port?transport=udp". Given to whoever has a phone.',
        json_schema_extra=LIVE,
    )

    @field_validator("ice_servers")
    @classmethod
    def _readable(cls, servers: tuple[Secret, ...]) -> tuple[Secret, ...]:
        for server in servers:
            if not ICE_SERVER.fullmatch(said(server)):
                raise ValueError(
                    "each must be stun:host:port or turn:user:password@host:port?transport=udp"
                )
        return servers


def default_state_dir(environ: dict[str, str], home: Path) -> Path:
    """Where the state lies when nothing says otherwise."""
    base = environ.get("XDG_STATE_HOME") or ""
    return (Path(base) if base.startswith("/") else home / ".local" / "state") / "dialer"
