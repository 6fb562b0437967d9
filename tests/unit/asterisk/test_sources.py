"""A callee's sound that comes from another source: the recorder and the rep's phone begin anew."""

from __future__ import annotations

import pytest

from tests.kit.eventually import eventually
from tests.kit.switch_world import LEG, SwitchWorld

OLD, NEW = "0x1a2b3c4d", "0x5e6f7081"


def report(world: SwitchWorld, attempt: str, source: str) -> None:
    headers = [("Channel", "PJSIP/carrier-1"), ("Uniqueid", attempt), ("Report0SourceSSRC", source)]
    world.node.emit("RTCPSent", headers, privilege="reporting,all")


def began_anew(world: SwitchWorld) -> int:
    return len(world.node.received_of("MixMonitor"))


def was_set(world: SwitchWorld) -> list[tuple[str, str, str]]:
    names = ("Channel", "Variable", "Value")
    sent = world.node.received_of("Setvar")
    return [tuple(str(action[name]) for name in names) for action in sent]  # type: ignore[misc]


def speak(world: SwitchWorld, channel: str, codec: str, *, mixed: bool = False) -> None:
    found = world.node.dialplan.find(channel)
    assert found is not None
    found.variables["CHANNEL(audionativeformat)"] = f"({codec})"
    found.variables["CHANNEL(audioreadformat)"] = "slin" if mixed else codec


async def talking(world: SwitchWorld, callee: str = "alaw") -> str:
    await world.parked()
    attempt = await world.asked(recording="/rec/a1")
    assert world.switch.route(attempt, LEG)
    await eventually(lambda: "Bridged" in world.listener.kinds(attempt))
    speak(world, attempt, callee)
    speak(world, LEG, "alaw")
    return attempt


async def test_the_recorder_begins_anew_when_the_source_is_another(world: SwitchWorld) -> None:
    attempt = await talking(world)
    for source in (OLD, OLD, NEW):
        report(world, attempt, source)
    await eventually(lambda: began_anew(world) == 1)
    report(world, attempt, NEW)
    await world.parked("leg-01J9ZXT3-2-rep02", "rep02")

    assert began_anew(world) == 1
    assert not [name for _, name, _ in was_set(world) if name.startswith("PJSIP")]


async def test_a_source_heard_before_the_answer_counts_as_the_first(world: SwitchWorld) -> None:
    attempt = await talking(world)
    world.switch._sources.answered(attempt, str(int(OLD, 16)))
    report(world, attempt, NEW)

    await eventually(lambda: began_anew(world) == 1)


async def test_a_phone_of_another_codec_is_asked_to_take_the_callees(world: SwitchWorld) -> None:
    attempt = await talking(world, callee="ulaw")
    report(world, attempt, OLD)
    report(world, attempt, NEW)
    await eventually(lambda: began_anew(world) == 1)

    assert (LEG, "PJSIP_MEDIA_OFFER(audio)", "!all,ulaw,alaw") in was_set(world)
    assert (LEG, "PJSIP_SEND_SESSION_REFRESH()", "invite") in was_set(world)


async def test_of_three_the_callee_is_asked_to_speak_otherwise(world: SwitchWorld) -> None:
    attempt = await talking(world)
    speak(world, attempt, "alaw", mixed=True)
    report(world, attempt, OLD)
    report(world, attempt, NEW)
    await eventually(lambda: began_anew(world) == 1)

    assert (attempt, "PJSIP_MEDIA_OFFER(audio)", "!all,ulaw,alaw") in was_set(world)
    assert not [channel for channel, name, _ in was_set(world) if channel == LEG]


async def test_a_supervisor_who_listens_does_so_anew(world: SwitchWorld) -> None:
    attempt = await talking(world)
    world.switch.spying.hear("sup.1", LEG, whisper=True)
    world.switch.spying.hear("sup.2", "leg-01J9ZXT3-2-rep02", whisper=False)
    report(world, attempt, OLD)
    report(world, attempt, NEW)

    def moves() -> list[tuple[str, str]]:
        found = world.node.received_of("Redirect")
        return [(str(it["Channel"]), str(it["Exten"])) for it in found]

    await eventually(lambda: moves().count(("sup.1", "whisper")) == 2)
    assert moves().count(("sup.2", "listen")) == 1


async def test_a_paused_recorder_stays_paused_and_begins_anew_after_the_pause(
    world: SwitchWorld,
) -> None:
    attempt = await talking(world)
    world.switch.pause_recording(attempt)
    await eventually(lambda: world.node.received_of("MixMonitorMute"))
    report(world, attempt, OLD)
    report(world, attempt, NEW)
    await eventually(lambda: attempt in world.switch._deaf_recorders)
    assert began_anew(world) == 0

    world.switch.resume_recording(attempt)
    await eventually(lambda: began_anew(world) == 1)


@pytest.mark.parametrize("source", ["", "0x0", "none", "-"])
async def test_a_report_on_nothing_says_nothing(world: SwitchWorld, source: str) -> None:
    attempt = await talking(world)
    report(world, attempt, OLD)
    report(world, attempt, source)
    report(world, attempt, OLD)
    await world.parked("leg-01J9ZXT3-2-rep02", "rep02")

    assert began_anew(world) == 0


async def test_what_has_ended_is_forgotten(world: SwitchWorld) -> None:
    attempt = await talking(world)
    report(world, attempt, OLD)
    await eventually(lambda: world.switch._sources._source_of)
    world.switch.hang_up(attempt)
    await eventually(lambda: "HungUp" in world.listener.kinds(attempt))

    assert world.switch._sources._source_of == {}
