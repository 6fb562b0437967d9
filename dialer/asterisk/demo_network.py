"""The demo's public network: a second Asterisk with callees, machines, busy lines and reps' phones.

What a number does is written in its last two digits; docs/demo-network.md has the table. Numbers
are NPA-555-01XX of the North American plan: kept free for fiction in every area code, yet valid.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Literal

import phonenumbers

from dialer.asterisk import render
from dialer.asterisk.node import AmiOnce, AsteriskNode
from dialer.asterisk.node_settings import AsteriskSettings, Phone, Ports, Secrets, Trunk
from dialer.asterisk.sounds import Speech, sounds_dir, voice_file
from dialer.asterisk.tree import AsteriskInstall
from dialer.words import Language

Behaviour = Literal[
    "person_en",
    "person_zh",
    "machine_en",
    "machine_zh",
    "rings_out",
    "busy",
    "congestion",
    "unallocated",
    "hangs_up_at_once",
    "hangs_up_after_1s",
    "hangs_up_in_call",
    "early_media",
    "stays",
    "stays_without_rtp",
    "speaks_3s",
    "declines",
    "rings_1s_stays",
    "no_reply",
    "announcement",
    "rejects",
]

# Last two digits of each behaviour; the dialplan in asterisk-conf/demo is the other half.
DIGITS: dict[Behaviour, range] = {
    "person_en": range(30),
    "person_zh": range(30, 40),
    "machine_en": range(40, 55),
    "machine_zh": range(55, 60),
    "rings_out": range(60, 80),
    "busy": range(80, 84),
    "congestion": range(84, 86),
    "unallocated": range(86, 88),
    "hangs_up_at_once": range(88, 89),
    "hangs_up_after_1s": range(89, 90),
    "hangs_up_in_call": range(90, 91),
    "early_media": range(91, 92),
    "stays": range(92, 93),
    "stays_without_rtp": range(93, 94),
    "speaks_3s": range(94, 95),
    "declines": range(95, 96),
    "rings_1s_stays": range(96, 97),
    "no_reply": range(97, 98),
    "announcement": range(98, 99),
    "rejects": range(99, 100),
}

# What a day of cold calls looks like, roughly: a third answered by people, a quarter by machines.
MIX: dict[Behaviour, float] = {
    "person_en": 0.24,
    "person_zh": 0.06,
    "machine_en": 0.20,
    "machine_zh": 0.04,
    "rings_out": 0.26,
    "busy": 0.06,
    "congestion": 0.01,
    "unallocated": 0.03,
    "hangs_up_at_once": 0.01,
    "hangs_up_after_1s": 0.02,
    "hangs_up_in_call": 0.02,
    "early_media": 0.01,
    "declines": 0.02,
    "rejects": 0.01,
    "announcement": 0.01,
}

Action = Callable[[str], tuple[str, dict[str, str]]]

_DRAWS = 64
_PERSON_EN = (
    "Hello? … Yes, speaking. … Oh, I see. And what would that cost me?",
    "Good afternoon, this is the front desk. … Hmm. Could you say that again, please?",
    "Hello, who is calling? … All right, tell me a little more about it.",
    "Yes? … I have about two minutes. … Go on. … Fine, that sounds useful to me.",
    "Hello? … No, he is not here at the moment. Can I help you?",
    "Hi. … Sorry, it is rather loud here. … Now I can hear you. Please go on.",
)
_PERSON_ZH = (
    "喂，您好？……请问您是哪位？……好的，您请说。",
    "您好，我是。……嗯，这个多少钱？……我考虑一下。",
    "喂？……现在有一点时间，您说吧。……好的，谢谢。",
)
_MACHINE = {
    "en": "Hello. You have reached our voice mail. Nobody can come to the phone right now. "
    "Please leave your name and number after the tone, and we will call you back.",
    "zh": "您好，我现在不方便接听电话。请在提示音后留言，我会尽快给您回电。",
}


@dataclass(frozen=True)
class DemoSettings:
    """How the public network behaves; `speed` divides what is long only to be true to life."""

    run_dir: Path
    ports: Ports
    secrets: Secrets
    node_port: int
    """The dialer's node's SIP port on this machine."""
    reps: tuple[tuple[str, str], ...] = ()
    """(name, password) of the phones that register at the node; names are rep01, rep02, …"""
    line_password: str = "line-of-the-demo"  # noqa: S105 (a demo on loopback)
    ring_median_s: float = 8.0
    ring_sigma: float = 0.5
    talk_median_s: float = 25.0
    talk_sigma: float = 0.6
    speed: float = 1.0
    callee_tone_hz: int = 440
    rep_tone_base_hz: int = 1000
    rep_tone_step_hz: int = 20
    sounds: Path | None = None

    def rep_tone_hz(self, name: str) -> int:
        """The tone rep `name` sends: recordings can be checked for who is in them."""
        number = int("".join(c for c in name if c.isdigit()) or 0)
        return self.rep_tone_base_hz + self.rep_tone_step_hz * number


def rep_names(count: int) -> list[str]:
    """rep01, rep02, …"""
    return [f"rep{number:02}" for number in range(1, count + 1)]


def rep_phones(reps: Sequence[tuple[str, str]], rtp_timeout_s: int = 3) -> tuple[Phone, ...]:
    """The demo's reps as the node must know them: they send always, so silence means trouble."""
    return tuple(
        Phone(name, "sip", password, rtp_timeout_s=rtp_timeout_s) for name, password in reps
    )


def demo_trunk(ports: Ports, name: str = "carrier") -> Trunk:
    """The way from the node to the public network whose ports these are."""
    return Trunk(name, "127.0.0.1", ports.sip, caller_ids=("+12125550199",), qualify_s=0)


def lognormal_quantiles(median: float, sigma: float, count: int = _DRAWS) -> list[float]:
    """`count` equally likely values of a lognormal distribution: the middle of each slice."""
    normal = NormalDist()
    draws = [normal.inv_cdf((n + 0.5) / count) for n in range(count)]
    return [median * 2.718281828459045 ** (sigma * z) for z in draws]


def make_voices(folder: Path | None = None) -> Path:
    """The public network's voices as files with plain names; the folder. Raises SoundError."""
    folder = folder or sounds_dir() / "demo"
    wanted: dict[str, Speech] = {}
    for number, text in enumerate(_PERSON_EN):
        voice = ("en-us", "en-gb", "en-us+f3", "en-gb+f2", "en-us+m3", "en-gb+m7")[number]
        wanted[f"person-en-{number}"] = Speech(text, voice, 150 + 8 * number, tail_s=0.8)
    for number, text in enumerate(_PERSON_ZH):
        voice = ("cmn", "cmn+f3", "cmn+m3")[number]
        wanted[f"person-zh-{number}"] = Speech(text, voice, 200, tail_s=0.8)
    wanted["machine-en"] = Speech(_MACHINE["en"], "en-us+f2", 155, lead_s=0.4, tail_s=0.4)
    wanted["machine-zh"] = Speech(_MACHINE["zh"], "cmn+f2", 200, lead_s=0.4, tail_s=0.4)
    folder.mkdir(parents=True, exist_ok=True)
    for name, speech in wanted.items():
        made = voice_file(f"demo-{name}", speech)
        link = folder / f"{name}.wav"
        target = made.with_name(made.name + ".wav")
        if not link.is_symlink() or link.readlink() != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    return folder


class PublicNetwork(AsteriskNode):
    """The running public network, and what its people and phones can be told to do."""

    def __init__(self, demo: DemoSettings, install: AsteriskInstall) -> None:
        self.demo = demo
        settings = AsteriskSettings(
            "public", demo.run_dir, demo.secrets, demo.ports, realtime=False
        )
        super().__init__(settings, install, files=self._render)

    def _render(
        self, settings: AsteriskSettings, install: AsteriskInstall | None
    ) -> dict[str, str]:
        return render_demo(self.demo, settings, install)

    def hang_up_rep(self, name: str) -> int:
        """Let the rep's phone say BYE; how many calls it had."""
        channels = self._channels_of(name)
        self._each(channels, lambda channel: ("Hangup", {"Channel": channel, "Cause": "16"}))
        return len(channels)

    def silence_rep(self, name: str) -> int:
        """The rep's network is gone: no RTP any more, and no BYE; how many calls it had."""
        return self._send_rep(name, "silent")

    def unsilence_rep(self, name: str) -> int:
        """The rep's phone sends its tone again."""
        return self._send_rep(name, "speak")

    def register_reps(self) -> None:
        """Let every rep's phone register now instead of after Asterisk's own delay of a second."""
        names = [f"{name}-registration" for name, _ in self.demo.reps]
        self._each(names, lambda name: ("PJSIPRegister", {"Registration": name}))

    def hang_up_callees(self) -> int:
        """Every callee hangs up; how many there were."""
        channels = [c["Channel"] for c in self.channels() if c.get("Context") != "rep"]
        self._each(channels, lambda channel: ("Hangup", {"Channel": channel, "Cause": "16"}))
        return len(channels)

    def channels(self) -> list[dict[str, str]]:
        """Every channel of the public network, as CoreShowChannels tells it."""
        found = []
        with self._ami() as ami:
            ami.action("CoreShowChannels", ActionID="list")
            for message in ami.messages():
                headers = dict(
                    line.split(": ", 1) for line in message.split("\r\n") if ": " in line
                )
                if headers.get("Event") == "CoreShowChannel":
                    headers["Doing"] = headers.get("ChanVariable", "").partition("=")[2]
                    found.append(headers)
                elif headers.get("Event") == "CoreShowChannelsComplete":
                    break
        return found

    def dial_as_rep(self, name: str, number: str) -> None:
        """The rep's phone dials `number` by itself, as a fraudster with its password would."""
        self._originate(f"PJSIP/{number}@{name}-phone")

    def dial_node(self, number: str) -> None:
        """The carrier sends a call in."""
        self._originate(f"PJSIP/{number}@node")

    def _originate(self, channel: str) -> None:
        headers = {"Channel": channel, "Context": "listen", "Exten": "s", "Priority": "1"}
        self._each([channel], lambda _c: ("Originate", {**headers, "Async": "true"}))

    def _channels_of(self, name: str) -> list[str]:
        return [c["Channel"] for c in self.channels() if name == c["Doing"]]

    def _send_rep(self, name: str, exten: str) -> int:
        channels = self._channels_of(name)
        where = {"Context": "rep", "Exten": exten, "Priority": "1"}
        self._each(channels, lambda channel: ("Redirect", {"Channel": channel, **where}))
        return len(channels)

    def _each(self, channels: list[str], make: Action) -> None:
        """One action for each channel; returns when the last was answered."""
        with self._ami() as ami:
            for number, channel in enumerate(channels):
                action, headers = make(channel)
                ami.action(action, ActionID=f"n{number}", **headers)
                ami.read_until(f"ActionID: n{number}")

    def _ami(self) -> AmiOnce:
        return AmiOnce(self.ami, "dialer", self.settings.secrets.ami_dialer, 10.0)


def render_demo(
    demo: DemoSettings, settings: AsteriskSettings, install: AsteriskInstall | None
) -> dict[str, str]:
    """File name -> text of the public network's configuration: its own plan and phones."""
    files = render.render(settings, install)
    values = _values(demo)
    reps = [
        render.fill(
            "demo/rep.conf",
            {**values, "name": name, "password": password}
            | {"client_uri": f"sip:{name}@127.0.0.1:{demo.node_port}"},
        )
        for name, password in demo.reps
    ]
    transports = render.transports(settings)
    values |= {"reps": "\n".join(reps), "transports": transports}
    own = ("extensions.conf", "pjsip.conf", "cdr.conf")
    return files | {name: render.fill(f"demo/{name}", values) for name in own}


def _values(demo: DemoSettings) -> dict[str, object]:
    rings = lognormal_quantiles(demo.ring_median_s, demo.ring_sigma)
    talks = lognormal_quantiles(demo.talk_median_s, demo.talk_sigma)
    return {
        "rings": "-".join(f"{ring:.2f}" for ring in rings),
        "talks": "-".join(f"{talk:.2f}" for talk in talks),
        "draws": _DRAWS,
        "speed": demo.speed,
        "sounds": demo.sounds or "none",
        "callee_tone": demo.callee_tone_hz,
        "voices_en": len(_PERSON_EN),
        "voices_zh": len(_PERSON_ZH),
        "rep_tone_base": demo.rep_tone_base_hz,
        "rep_tone_step": demo.rep_tone_step_hz,
        "node_host": "127.0.0.1",
        "node_port": demo.node_port,
        "line_password": demo.line_password,
    }


# ------------------------------------------------------------------------------------- numbers


def area_codes() -> list[int]:
    """Area codes in which NPA-555-01XX counts as a valid number, ascending."""
    return [npa for npa in range(200, 1000) if _is_valid(f"+1{npa}5550100")]


def _is_valid(e164: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(e164))


def number_for(behaviour: Behaviour, area_code: int = 212, pick: int = 0) -> str:
    """A number (E.164) that behaves so; `pick` chooses among the digits of that behaviour."""
    digits = DIGITS[behaviour]
    return f"+1{area_code}55501{digits[pick % len(digits)]:02}"


def behaviour_of(number: str) -> Behaviour:
    """What `number` does, by its last two digits."""
    last = int(number[-2:])
    return next(name for name, digits in DIGITS.items() if last in digits)


@dataclass(frozen=True)
class DemoLead:
    """A lead of the demo: nobody who lives."""

    number: str
    name: str
    city: str
    language: Language


_FIRST = ("Ada", "Ben", "Cleo", "Dina", "Emil", "Fay", "Gus", "Hana", "Ivo", "June", "Kai", "Lena")
_LAST = ("Abel", "Birch", "Cole", "Dale", "Elm", "Frost", "Grove", "Hill", "Inman", "Lake", "Moor")
_ZH_LAST, _ZH_FIRST = (
    "王李张刘陈杨赵黄周吴",
    ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳"),
)
_CITIES = ("Fairview", "Oakton", "Riverbend", "Lakewood", "Hillcrest", "Brookside", "Kingsport")


def demo_leads(n: int, seed: int = 1, mix: dict[Behaviour, float] | None = None) -> list[DemoLead]:
    """`n` leads with different numbers whose behaviours are mixed as `mix` says (shares, any sum).

    The same seed gives the same list. Raises ValueError when there are not so many numbers.
    """
    shares = mix or MIX
    rng = random.Random(seed)  # noqa: S311 (a demo's list, not a secret)
    free = {name: _numbers(name, rng) for name in shares}
    leads = []
    for _ in range(n):
        open_names = [name for name in shares if free[name]]
        if not open_names:
            raise ValueError(f"there are not {n} numbers for this mix")
        name = rng.choices(open_names, [shares[one] for one in open_names])[0]
        leads.append(_lead(free[name].pop(), name, rng))
    return leads


def _numbers(behaviour: Behaviour, rng: random.Random) -> list[str]:
    picks = range(len(DIGITS[behaviour]))
    numbers = [number_for(behaviour, npa, pick) for npa in area_codes() for pick in picks]
    rng.shuffle(numbers)
    return numbers


def _lead(number: str, behaviour: Behaviour, rng: random.Random) -> DemoLead:
    is_zh = behaviour.endswith("_zh")
    name = (
        rng.choice(_ZH_LAST) + rng.choice(_ZH_FIRST)
        if is_zh
        else f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
    )
    return DemoLead(number, name, rng.choice(_CITIES), "zh" if is_zh else "en")
