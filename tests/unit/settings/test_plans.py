"""What the floor and the node are told of the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.asterisk.node_settings import check_settings
from dialer.compliance.rules import CallingRules, calling_rules
from dialer.floor import rules
from dialer.leads.recycle import DispositionRule, RecycleRules, Retry, recycle_rules
from dialer.settings import Settings, load
from dialer.settings.campaigns import stored_settings
from dialer.settings.node import node_settings, refused_phones
from dialer.settings.phones import PhoneEntry, put_phone


def read(folder: Path, text: str) -> Settings:
    path = folder / "dialer.toml"
    path.write_text(text, encoding="utf-8")
    found = load(path, {"XDG_STATE_HOME": str(folder)})
    assert isinstance(found, Settings), str(found)
    return found


def test_a_pool_is_paced_by_the_strictest_of_its_campaigns(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        "[campaign.a]\nmax_abandon_rate = 0.01\nring_timeout = 20\n"
        "[campaign.b]\nconnect_within = 1.5\nring_timeout = 30\n[campaign.c]\npool='p'\n[pool.p]\n",
    )

    pool = settings.pool_rules("default")

    assert (pool.max_abandon_rate, pool.connect_within, pool.ring_timeout) == (0.01, 1.5, 30.0)
    assert settings.pool_rules("p").max_abandon_rate == 0.03


def test_campaign_rules_carry_what_the_floor_needs(tmp_path: Path) -> None:
    settings = read(tmp_path, "[campaign.a]\nsticky = true\nweight = 2\nrouting = 'best_skill'\n")

    found = settings.campaign_rules("a", running=True)

    assert found == rules.CampaignRules(running=True, weight=2.0, routing="best_skill", sticky=True)


def test_the_node_is_told_trunks_phones_and_made_secrets(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        "[asterisk]\nsip_port = 5080\n[[trunk]]\nname='a'\nhost='h'\nnumber_format='national'\n"
        "country_code='49'\nnational_prefix='0'\n",
    )

    node = node_settings(settings, endpoints=("anna",))

    check_settings(node)
    assert node.ports.sip == 5080
    assert node.trunks[0].dial_string("+493012345678") == "PJSIP/03012345678@a"
    assert [phone.name for phone in node.phones] == ["anna"]
    assert node_settings(settings, endpoints=("anna",)) == node


@pytest.mark.parametrize("text", ["", "[pool.p]\n", "[pool.p]\n[campaign.x]\n"])
def test_every_campaign_has_a_pool(tmp_path: Path, text: str) -> None:
    settings = read(tmp_path, text)

    assert all(campaign.pool in settings.pools for campaign in settings.campaign.values())


def test_gate_and_recycling_read_what_the_settings_say(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        "[campaign.a.calling]\nend = '20:00'\nweekdays = [1, 2]\n"
        "[campaign.a.recycle.busy]\nafter_minutes = 5\nup_to_attempts = 2\n"
        "[campaign.a.dispositions.later]\nstate = 'retry'\nafter_minutes = 30\n[campaign.b]\n",
    )

    stored = stored_settings(settings.campaign["a"])
    defaults = stored_settings(settings.campaign["b"])

    assert calling_rules(stored).end == "20:00"
    assert calling_rules(stored).weekdays == (1, 2)
    assert recycle_rules(stored).busy == Retry(5, 2)
    named = {
        "later": DispositionRule("retry", 30.0, group="callback"),
        "dnc": DispositionRule("dnc", group="dnc"),
    }
    assert recycle_rules(stored).dispositions == named, "dnc is there, named or not"
    assert calling_rules(defaults) == CallingRules()
    assert recycle_rules(defaults) == RecycleRules()


def test_a_phone_at_a_place_that_is_not_allowed_any_more_is_left_out_of_the_node(
    tmp_path: Path,
) -> None:
    path = tmp_path / "dialer.toml"
    path.write_text(
        f'[service]\nstate_dir = "{tmp_path}"\n[[trunk]]\nname = "carrier"\nhost = "10.0.0.9"\n'
    )
    settings = load(path, {})
    assert isinstance(settings, Settings), str(settings)
    put_phone(tmp_path, "ann", PhoneEntry("static", contact="sip:ann@10.0.0.7"))
    put_phone(tmp_path, "sly", PhoneEntry("static", contact="sip:+19005550192@10.0.0.9"))
    put_phone(tmp_path, "far", PhoneEntry("static", contact="sip:far@203.0.113.7"))

    node = node_settings(settings, endpoints=("ann", "sly"))

    assert [phone.name for phone in node.phones] == ["ann"]
    assert set(refused_phones(settings)) == {"sly", "far"}
