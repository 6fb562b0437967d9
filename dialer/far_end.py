"""What the far end said when nobody answered: whose doing it is, what the number deserves. Pure.

Two things are told of a call that comes to nothing: a Q.850 cause, and the code of the SIP answer.
The code says more: Asterisk has one cause for many codes (127 for a dozen, 21 for 401, 403, 407 and
603, 19 for 480 and 483, 16 for all of 3xx). So the code decides where there is one, else the cause.

Each row names its source. RFC 3398 8.2.6.1 maps codes to causes, and what it maps is judged as that
cause is; Q.850 is ITU-T Q.850 (05/2018), table 1. What 22.10 of Asterisk makes of each code was
measured (docs/asterisk.md).
"""

from __future__ import annotations

from typing import NamedTuple

from dialer.words import Blame, FarOutcome, Fate


class FarEnd(NamedTuple):
    """`shared`: one such answer is the number's; if all calls of a trunk end so it is the trunk's
    (a wrong prefix, an account that is barred, a carrier that never says a word).
    """

    outcome: FarOutcome
    blame: Blame = "lead"
    number: Fate = "alive"
    shared: bool = False
    source: str = ""


def _trunk(source: str) -> FarEnd:
    return FarEnd("failed", "trunk", source=source)


def _lead(source: str, number: Fate = "alive") -> FarEnd:
    """Failed for this number; for every number of a trunk it would be the trunk's."""
    return FarEnd("failed", "lead", number, shared=True, source=source)


#: The SIP code of the final answer -> what it says.
BY_CODE: dict[int, FarEnd] = {
    300: _lead("RFC 3261 21.3.1: several places, none of which we may call"),
    301: _lead("RFC 3261 21.3.2: found here no longer; RFC 3398 7.2.4.1: Q.850 22", "dead"),
    302: _lead("RFC 3261 21.3.3: for now somewhere else; we follow no redirection"),
    305: _trunk("RFC 3261 21.3.4: only through another proxy"),
    380: _lead("RFC 3261 21.3.5: another service instead"),
    400: _lead("RFC 3261 21.4.1; also what an unknown 4xx counts as (8.1.3.2)"),
    401: _trunk("RFC 3261 21.4.2: our account's name or password"),
    402: _trunk("RFC 3261 21.4.3: payment required; carriers: the account is empty"),
    403: _lead("RFC 3261 21.4.4: understood and refused; RFC 3398 8.2.6.1: Q.850 21"),
    404: _lead("RFC 3261 21.4.5; RFC 3398 8.2.6.1: Q.850 1", "dead"),
    405: _trunk("RFC 3261 21.4.6: the carrier takes no INVITE here"),
    406: _trunk("RFC 3261 21.4.7: no common language with the carrier"),
    407: _trunk("RFC 3261 21.4.8: our account's name or password"),
    408: FarEnd("no_answer", shared=True, source="RFC 3261 21.4.9; RFC 3398 7.2.4.1: Q.850 18"),
    410: _lead("RFC 3261 21.4.10; RFC 3398 8.2.6.1: Q.850 22", "dead"),
    413: _trunk("RFC 3261 21.4.11: our request is too long for the carrier"),
    414: _trunk("RFC 3261 21.4.12: our request is too long for the carrier"),
    415: _trunk("RFC 3261 21.4.13: no common language with the carrier"),
    416: _trunk("RFC 3261 21.4.14: no common language with the carrier"),
    420: _trunk("RFC 3261 21.4.15: no common language with the carrier"),
    421: _trunk("RFC 3261 21.4.16: no common language with the carrier"),
    422: _trunk("RFC 4028 6: no session interval suits both"),
    423: _trunk("RFC 3261 21.4.17: no common language with the carrier"),
    428: _trunk("RFC 8224 6.2.2: the caller id is not signed"),
    430: FarEnd("no_answer", source="RFC 5626: the callee's phone cannot be reached"),
    433: _trunk("RFC 5079: our calls come without a caller id"),
    436: _trunk("RFC 8224 6.2.2: the caller id's signature cannot be checked"),
    437: _trunk("RFC 8224 6.2.2: the caller id's signature cannot be checked"),
    438: _trunk("RFC 8224 6.2.2: the caller id's signature is wrong"),
    480: FarEnd("no_answer", shared=True, source="RFC 3261 21.4.18; Q.850 18, 19, 20, 31"),
    481: _trunk("RFC 3261 21.4.19: carrier and switch disagree about the call"),
    482: _lead("RFC 3261 21.4.20: forwarded in a circle; RFC 3398 8.2.6.1: Q.850 25"),
    483: _lead("RFC 3261 21.4.21: forwarded too often; RFC 3398 8.2.6.1: Q.850 25"),
    484: _lead("RFC 3261 21.4.22; RFC 3398 8.2.6.1: Q.850 28", "dead"),
    485: _lead("RFC 3261 21.4.23; RFC 3398 8.2.6.1: Q.850 1", "dead"),
    486: FarEnd("busy", source="RFC 3261 21.4.24; RFC 3398 8.2.6.1: Q.850 17"),
    487: _lead("RFC 3261 21.4.25: taken back, and not by us"),
    488: _trunk("RFC 3261 21.4.26: no common codec; Q.850 58, 65"),
    491: _trunk("RFC 3261 21.4.27: carrier and switch disagree about the call"),
    493: _trunk("RFC 3261 21.4.28: no common language with the carrier"),
    494: _trunk("RFC 3329: no common language with the carrier"),
    500: _trunk("RFC 3261 21.5.1; RFC 3398 8.2.6.1: Q.850 41"),
    501: _trunk("RFC 3261 21.5.2; RFC 3398 8.2.6.1: Q.850 79"),
    502: _trunk("RFC 3261 21.5.3; RFC 3398 8.2.6.1: Q.850 38"),
    503: _trunk("RFC 3261 21.5.4; RFC 3398 8.2.6.1: Q.850 41"),
    504: _trunk("RFC 3261 21.5.5; RFC 3398 8.2.6.1: Q.850 102"),
    505: _trunk("RFC 3261 21.5.6; RFC 3398 8.2.6.1: Q.850 127"),
    513: _trunk("RFC 3261 21.5.7; RFC 3398 8.2.6.1: Q.850 127"),
    580: _trunk("RFC 3312: no line with the quality that was asked for"),
    600: FarEnd("busy", source="RFC 3261 21.6.1; also what an unknown 6xx counts as (8.1.3.2)"),
    603: FarEnd("refused", number="once_more", shared=True, source="RFC 3261 21.6.2: declined"),
    604: _lead("RFC 3261 21.6.3; RFC 3398 8.2.6.1: Q.850 1", "dead"),
    606: _trunk("RFC 3261 21.6.4: no common codec; Q.850 58, 65"),
    607: FarEnd(
        "refused", number="never", shared=True, source="RFC 8197: the callee wants no such call"
    ),
    608: FarEnd(
        "refused", number="not_today", shared=True, source="RFC 8688: rejected by analytics"
    ),
}
#: The callee, or somebody for the callee, wants no call, or none from this number.
DECLINED_CODES = (603, 607, 608)
#: The Q.850 cause -> what it says, where no SIP code is known. What is not here: failed, shared.
BY_CAUSE: dict[int, FarEnd] = {
    1: _lead("Q.850 1: unallocated number", "dead"),
    2: _trunk("Q.850 2: no route to the transit network"),
    5: _trunk("Q.850 5: misdialled trunk prefix"),
    6: _trunk("Q.850 6: channel unacceptable"),
    16: FarEnd("no_answer", source="Q.850 16: normal call clearing, before any answer"),
    17: FarEnd("busy", source="Q.850 17: user busy"),
    18: FarEnd("no_answer", source="Q.850 18: no user responding"),
    19: FarEnd("no_answer", source="Q.850 19: no answer, user alerted"),
    20: FarEnd("no_answer", source="Q.850 20: subscriber absent"),
    22: _lead("Q.850 22: number changed", "dead"),
    27: _trunk("Q.850 27: destination out of order; Asterisk: SIP 502"),
    28: _lead("Q.850 28: invalid number format", "dead"),
    31: FarEnd("no_answer", source="Q.850 31: normal, unspecified"),
    34: _trunk("Q.850 34: no circuit available; Asterisk: SIP 503 and unknown 5xx"),
    38: _trunk("Q.850 38: network out of order; Asterisk: SIP 500"),
    41: _trunk("Q.850 41: temporary failure"),
    42: _trunk("Q.850 42: switching equipment congestion"),
    44: _trunk("Q.850 44: requested circuit not available"),
    47: _trunk("Q.850 47: resource unavailable"),
    58: _trunk("Q.850 58: bearer capability not available; Asterisk: SIP 488, 606"),
    102: FarEnd("no_answer", source="Q.850 102: a timer ran out; by SIP code 504 it is a proxy's"),
}
NO_LINE = _trunk("Asterisk ends an Originate without a Hangup: the trunk's peer cannot be reached")
OWN_SWITCH = FarEnd(
    "failed", "switch", source="Asterisk: HangupRequest, then Hangup without cause or code: no port"
)
BLOCKED = FarEnd(
    "refused",
    number="not_today",
    shared=True,
    source="ATIS-1000099: 603 Network Blocked, by analytics",
)
#: Asterisk's own timer: 19 with a code (480) that nobody sent. Rang: as the callee likes it.
RANG_OUT = BY_CAUSE[19]
NEVER_RANG = FarEnd("no_answer", shared=True, source="the ring time ran out and nothing ever rang")
_OTHER = _lead("Q.850: any other cause")
_TAKEN_BACK = 487


def far_end(
    cause: int,
    sip_code: int | None = None,
    *,
    rang: bool = False,
    far_end_ended: bool = False,
    ring_time_over: bool = False,
    blocked: bool = False,
) -> FarEnd:
    """What the end of a call says that nobody answered and that we did not take back ourselves.

    `cause` is Q.850, 0 where none was told; `sip_code` the code of the far end's final answer, None
    or 0 where there was none (one that Asterisk made up is none). `far_end_ended`: a HangupRequest
    came first; `ring_time_over`: our own limit ended it; `blocked`: a 603 said "Network Blocked".
    Total: every input has an answer.
    """
    if ring_time_over:
        return RANG_OUT if rang else NEVER_RANG
    if sip_code == 603 and blocked:
        return BLOCKED
    if sip_code == _TAKEN_BACK and rang:
        return FarEnd("no_answer", source="a carrier's own ring limit: 487 after ringing")
    if sip_code is not None and 300 <= sip_code < 700:
        return BY_CODE.get(sip_code) or BY_CODE[_UNKNOWN[sip_code // 100]]
    if cause == 0:
        return OWN_SWITCH if far_end_ended else NO_LINE
    return BY_CAUSE.get(cause, _OTHER)


#: RFC 3261 8.1.3.2: a code nobody knows counts as its class's first.
_UNKNOWN = {3: 300, 4: 400, 5: 500, 6: 600}
