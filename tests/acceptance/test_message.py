"""What a callee hears when nobody is free, taken down at the callee's end of the line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dialer.asterisk.demo_network import number_for
from dialer.asterisk.sounds import RATE_HZ, Samples, read_wav, tone, write_wav
from dialer.features.settings.reloading import prepared
from dialer.floor import CampaignRules
from dialer.settings import Settings, load
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import Rig, RigOptions, engine_rig

pytestmark = pytest.mark.acceptance

CONNECT_WITHIN_S = 2.0
TRUNK = '[[trunk]]\nname = "carrier"\nhost = "127.0.0.1"\ncaller_ids = ["+12125550199"]\n'


def settings_of(folder: Path, campaign: str) -> Settings:
    path = folder / "dialer.toml"
    text = f'[service]\nstate_dir = "state"\n{TRUNK}[campaign.spring]\n{campaign}'
    path.write_text(text, encoding="utf-8")
    found = load(path, {})
    assert isinstance(found, Settings), found
    return found


async def heard(pair: AsteriskPair, settings: Settings, into: Path) -> Samples:
    """What comes in at a callee's who is abandoned, from just after the answer to the end."""
    (campaign,) = prepared(settings)[0].campaigns
    options = RigOptions(
        campaign=CampaignRules(wrapup_limit=0.0, connect_within=CONNECT_WITHIN_S),
        language=campaign.language,
        message=campaign.message,
    )
    async with engine_rig(pair, options) as rig:
        await rig.log_in(1)
        await rig.add_leads([number_for("rings_1s_stays")])
        await rig.dial()
        await rig.until(lambda: rig.phases()["ringing"], 10, "it rings")
        assert await rig.control.agent_pause("rep01", "lunch") is None
        rig.switch.hang_up(leg_of(rig))
        await rig.until(lambda: rig.phases()["waiting"], 10, "answered, and nobody is there")
        listen(pair, into)
        (cdr,) = await rig.until_ended(1)
    assert (cdr.outcome, cdr.hangup_by) == ("abandoned", "dialer")
    return np.fromfile(into, dtype="<i2") / 32768


def leg_of(rig: Rig) -> str:
    leg = rig.engine.runners["main"].floor.agents["rep01"].leg
    assert leg is not None
    return leg


def listen(pair: AsteriskPair, into: Path) -> None:
    """Take down what the callee's end receives."""
    (channel,) = [c["Channel"] for c in pair.public.channels() if c.get("Context") != "rep"]
    pair.public.cli(f"mixmonitor start {channel} {into.with_suffix('.both')}.raw,r({into})")


def loudness(sound: Samples) -> float:
    return float(np.sqrt(np.mean(sound**2)))


def likeness(sound: Samples, wanted: Samples) -> float:
    """How well a second of `wanted` is found in `sound`, the median of all; 1.0: the very same.

    Second by second: a switch in a hurry may leave out or double 20 ms in between.
    """
    pieces = [wanted[at : at + RATE_HZ] for at in range(0, wanted.size - RATE_HZ // 2, RATE_HZ)]
    return float(np.median([found(piece, sound) for piece in pieces if loudness(piece) > 0.001]))


def found(piece: Samples, sound: Samples) -> float:
    """Highest correlation with any part of `sound` that is as long."""
    size = 1 << (sound.size + piece.size).bit_length()
    product = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(piece, size))
    match = np.fft.irfft(product, size)[: sound.size - piece.size + 1]
    energy = np.concatenate([[0.0], np.cumsum(sound**2)])
    there = np.sqrt(np.maximum(energy[piece.size :] - energy[: -piece.size], 0.0))
    own = float(np.linalg.norm(piece))
    return float((match / np.maximum(there, own / 4)).max() / own)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_who_finds_nobody_free_hears_the_message_in_the_campaigns_language(
    asterisk_pair: AsteriskPair, tmp_path: Path, demo_voices: str, language: str
) -> None:
    named = 'company = "Fairview Foods"\ncompany_number = "+12125550177"\n'
    settings = settings_of(tmp_path, f'language = "{language}"\n{named}')

    sound = await heard(asterisk_pair, settings, tmp_path / "heard.raw")

    made = {path.name[6:8]: path for path in (tmp_path / "state/sounds").glob("sorry-*.wav")}
    message, _ = read_wav(made[language])
    before, after = sound[: int(1.5 * RATE_HZ)], sound[int(CONNECT_WITHIN_S * RATE_HZ) :]
    assert loudness(before) < 0.001, "nothing is heard while the callee waits"
    assert loudness(after) > 0.02
    # What takes it down at the callee's end leaves out a twentieth on a machine in a hurry.
    whole_s = CONNECT_WITHIN_S + message.size / RATE_HZ
    assert 0.9 * whole_s < sound.size / RATE_HZ < whole_s + 0.7
    assert likeness(sound, message) > 0.9, "and what is heard is this message"
    assert likeness(sound, message[::-1]) < 0.6, "and no sound of its kind is taken for it"


async def test_a_sites_own_sound_takes_the_place_of_the_made_one(
    asterisk_pair: AsteriskPair, tmp_path: Path
) -> None:
    write_wav(tmp_path / "own.wav", tone([697.0], 1.5))
    settings = settings_of(tmp_path, f'message = "{tmp_path}/own.wav"\n')

    sound = await heard(asterisk_pair, settings, tmp_path / "heard.raw")

    # 20 ms that are left out put the rest of its second out of step: see `likeness`.
    assert likeness(sound, tone([697.0], 1.5)) > 0.8
