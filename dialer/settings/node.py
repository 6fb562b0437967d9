"""The part of the settings that an Asterisk node is rendered from and run with."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from dialer.asterisk.node_settings import AsteriskSettings, Phone, Ports, Secrets, Tls, Trunk
from dialer.asterisk.phone_hosts import PhoneHosts
from dialer.settings.kinds import said
from dialer.settings.model import Settings
from dialer.settings.phones import PhoneEntry, phone_password, phones
from dialer.settings.secrets import SecretsFile
from dialer.settings.sections import TrunkSettings

DOCTOR_USER = "doctor"


def node_settings(
    settings: Settings,
    *,
    endpoints: tuple[str, ...] = (),
    messages: tuple[tuple[str, Path], ...] = (),
) -> AsteriskSettings:
    """What the configured node is told; makes the secrets it lacks.

    `endpoints` are the phones the reps use (those of `rep add` are added); `messages` the sounds
    for abandoned callees by language. Raises SecretsError, OSError.
    """
    secrets = SecretsFile(settings.state_dir)
    refused = refused_phones(settings)
    known = {**{name: PhoneEntry() for name in endpoints}, **phones(settings.state_dir)}
    entries = {name: entry for name, entry in known.items() if name not in refused}
    asterisk = settings.asterisk
    return AsteriskSettings(
        node=asterisk.node,
        run_dir=run_dir(settings),
        secrets=Secrets(ami_dialer=ami_secret(settings), ami_doctor=doctor_secret(settings)),
        ports=Ports(
            sip=asterisk.sip_port,
            sip_tls=asterisk.tls_port,
            ami=asterisk.ami_port,
            http=asterisk.http_port,
            rtp_first=asterisk.rtp_start,
            rtp_last=asterisk.rtp_end,
        ),
        sip_bind=asterisk.sip_bind,
        ami_bind=asterisk.ami_bind,
        http_bind=asterisk.http_bind,
        external_address=asterisk.external_address,
        local_networks=asterisk.local_networks,
        ami_permit=asterisk.ami_permit,
        trunks=tuple(_trunk(trunk) for trunk in settings.trunk),
        phones=_phones(entries, secrets),
        messages=messages,
        tls=tls(settings),
        realtime=settings.service.realtime,
    )


def run_dir(settings: Settings) -> Path:
    """The folder the managed node lives in."""
    return settings.asterisk.run_dir or settings.state_dir / "asterisk"


def ledger(settings: Settings) -> Path:
    """The node's own call records, as this machine reads them."""
    return settings.asterisk.ledger or run_dir(settings) / "log/cdr-custom/dialer.csv"


def readable_ledger(settings: Settings) -> Path | None:
    """As `ledger`; None where this machine cannot read it: an external node, and no path is set."""
    asterisk = settings.asterisk
    is_readable = asterisk.run == "managed" or asterisk.ledger is not None
    return ledger(settings) if is_readable else None


def ami_secret(settings: Settings) -> str:
    """The dialer's manager secret, made at the first call where none is configured."""
    return _configured_or_made(settings.asterisk.ami_secret, settings, "ami.dialer")


def doctor_secret(settings: Settings) -> str:
    """The secret of the second manager user, which may only look."""
    return _configured_or_made(None, settings, "ami.doctor")


def _configured_or_made(configured: SecretStr | None, settings: Settings, name: str) -> str:
    return said(configured) or SecretsFile(settings.state_dir).get_or_make(name)


def tls(settings: Settings) -> Tls | None:
    certificate, key = settings.asterisk.tls_cert, settings.asterisk.tls_key
    return Tls(certificate, key) if certificate is not None and key is not None else None


def _trunk(trunk: TrunkSettings) -> Trunk:
    return Trunk(
        name=trunk.name,
        host=trunk.host,
        port=trunk.port,
        kind=trunk.kind,
        transport=trunk.transport,
        username=trunk.username,
        password=said(trunk.secret),
        from_user=trunk.from_user,
        from_domain=trunk.from_domain,
        number_format=trunk.number_format,
        national_prefix=trunk.national_prefix,
        country_code=trunk.country_code,
        max_lines=trunk.max_lines,
        caller_ids=trunk.caller_ids,
        codecs=trunk.codecs,
        inbound_hosts=trunk.inbound_hosts,
        qualify_s=trunk.qualify_s,
    )


def phone_hosts(settings: Settings) -> PhoneHosts:
    """Where a phone with a fixed contact may be."""
    asterisk = settings.asterisk
    trunks = [host for trunk in settings.trunk for host in (trunk.host, *trunk.inbound_hosts)]
    # On an address of its own the switch would take the call for one of its phones', or a trunk's.
    own = [host for host in (asterisk.sip_bind, asterisk.external_address) if _is_own(host)]
    return PhoneHosts(asterisk.phone_hosts, (*trunks, *own))


def _is_own(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return not (address.is_loopback or address.is_unspecified)


def refused_phones(settings: Settings) -> dict[str, str]:
    """Phones at a place that is not allowed (any more), and why: the switch is not told of them.

    Raises OSError, ValueError.
    """
    hosts = phone_hosts(settings)
    static = {n: e for n, e in phones(settings.state_dir).items() if e.kind == "static"}
    problems = {name: hosts.problem(entry.contact) for name, entry in static.items()}
    return {name: problem for name, problem in problems.items() if problem}


def _phones(entries: Mapping[str, PhoneEntry], secrets: SecretsFile) -> tuple[Phone, ...]:
    return tuple(
        Phone(
            name=name,
            kind=entry.kind,
            contact=entry.contact,
            password="" if entry.kind == "static" else phone_password(secrets, name),
            rtp_timeout_s=entry.rtp_timeout_s,
            qualify_s=entry.qualify_s,
        )
        for name, entry in entries.items()
    )
