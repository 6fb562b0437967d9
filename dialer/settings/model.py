"""All settings of an installation as one frozen value."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from dialer.settings.alerts import AlertSettings, WebhookSettings
from dialer.settings.campaigns import CampaignSettings, PoolSettings, campaign_rules, pool_rules
from dialer.settings.kinds import Name, Section, said
from dialer.settings.mail import MailSettings
from dialer.settings.sections import (
    AsteriskSettings,
    BusSettings,
    ConsoleSettings,
    FiguresSettings,
    LogSettings,
    RecordingSettings,
    ServiceSettings,
    StoreSettings,
    TrunkSettings,
)

if TYPE_CHECKING:
    from dialer.floor.rules import CampaignRules, PoolRules

DEFAULT_POOL = "default"
_NOTHING_SET = Path()


class Settings(Section):
    """What dialer.toml and the campaign files say, completed with defaults."""

    service: ServiceSettings = ServiceSettings()
    log: LogSettings = LogSettings()
    store: StoreSettings = StoreSettings()
    bus: BusSettings = BusSettings()
    asterisk: AsteriskSettings = AsteriskSettings()
    trunk: tuple[TrunkSettings, ...] = ()
    recording: RecordingSettings = RecordingSettings()
    console: ConsoleSettings = ConsoleSettings()
    figures: FiguresSettings = FiguresSettings()
    mail: MailSettings = MailSettings()
    pool: dict[Name, PoolSettings] = Field(default={})
    campaign: dict[Name, CampaignSettings] = Field(default={})
    alert: dict[Name, AlertSettings] = Field(default={})
    webhook: dict[Name, WebhookSettings] = Field(default={})
    #: The file these were read from; None: defaults alone.
    source: Path | None = Field(default=None, exclude=True)
    #: `service.state_dir`, or where the state lies by default.
    state_dir: Path = Field(default=_NOTHING_SET, exclude=True)

    @property
    def campaign_dir(self) -> Path:
        """Where campaign files are, and where new ones are written."""
        folder = self.service.campaign_dir
        if folder.is_absolute():
            return folder
        return (self.source.parent if self.source is not None else self.state_dir) / folder

    @property
    def store_url(self) -> str:
        return said(self.store.url) or f"sqlite:///{self.state_dir / 'dialer.db'}"

    @property
    def recording_dir(self) -> Path:
        return self.recording.dir or self.state_dir / "recordings"

    @property
    def pools(self) -> dict[str, PoolSettings]:
        """Every pool; the default one where a campaign works in it or none is described."""
        named = {campaign.pool for campaign in self.campaign.values()}
        if DEFAULT_POOL in self.pool or (self.pool and DEFAULT_POOL not in named):
            return self.pool
        return {DEFAULT_POOL: PoolSettings(), **self.pool}

    def campaigns_of(self, pool: str) -> dict[str, CampaignSettings]:
        return {name: it for name, it in self.campaign.items() if it.pool == pool}

    def pool_rules(self, pool: str) -> PoolRules:
        """Raises KeyError when there is no such pool."""
        return pool_rules(self.pools[pool], list(self.campaigns_of(pool).values()))

    def campaign_rules(self, campaign: str, *, running: bool) -> CampaignRules:
        """Raises KeyError when there is no such campaign."""
        return campaign_rules(self.campaign[campaign], running=running)

    def trunks_of(self, campaign: str) -> tuple[TrunkSettings, ...]:
        """The ways out of a campaign, best first; empty where no trunk is configured at all."""
        named = self.campaign[campaign].trunks
        by_name = {trunk.name: trunk for trunk in self.trunk}
        return tuple(by_name[name] for name in named) if named else self.trunk[:1]

    def caller_ids_of(self, campaign: str) -> tuple[str, ...]:
        """The numbers a campaign may show; empty where neither it nor its trunks have one."""
        of_trunks = [number for trunk in self.trunks_of(campaign) for number in trunk.caller_ids]
        return self.campaign[campaign].caller_ids or tuple(dict.fromkeys(of_trunks))


_PASSWORD = re.compile(r"(://[^/:@]*:)[^@]*@")
_PASSWORD_ASKED = re.compile(r"([?&][a-z]*password=)[^&]*")


def without_password(url: str) -> str:
    """A URL as it may be shown."""
    return _PASSWORD_ASKED.sub(r"\1***", _PASSWORD.sub(r"\1***@", url))
