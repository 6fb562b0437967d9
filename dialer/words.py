"""Every enumeration of the field, once: what a rep, an attempt, a lead, a call can be.

A leaf: it imports nothing, so that every room may stand on it, the pure ones too. `pacing` is used
without the dialer and keeps its own few words; a test holds them to these, as they cannot be
imported from there: that would bring numpy to every command that only reads settings.

A `Literal` is what stands on the wire and in files; a `StrEnum` is a state that code moves through.
The same words under a second name fail the test beside this file's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, get_args

# --- reps ----------------------------------------------------------------------------------------

#: What the world sees of a rep.
PublicState = Literal["ready", "preview", "dialing", "talking", "wrapup", "paused", "out"]
#: What a pacer may be told, and what every screen and figure has a place for.
PacedState = Literal["ready", "talking", "wrapup", "paused", "out"]
PACED_STATES: tuple[PacedState, ...] = get_args(PacedState)


class AgentState(StrEnum):
    """A rep's states. RESERVED is ready with a callee on the way; the world sees it as ready."""

    OUT = "out"
    PAUSED = "paused"
    READY = "ready"
    PREVIEW = "preview"  #: looks at a lead, who is dialed next
    DIALING = "dialing"  #: a call placed for this very rep is on its way
    RESERVED = "reserved"
    TALKING = "talking"
    WRAPUP = "wrapup"

    @property
    def public(self) -> PublicState:
        return "ready" if self is AgentState.RESERVED else self.value  # type: ignore[return-value]


class Phone(StrEnum):
    """A rep's phone."""

    NONE = "none"
    CALLING = "calling"
    PARKED = "parked"
    BRIDGED = "bridged"
    HELD = "held"  #: in its place, but put on hold at the phone itself
    DOUBTED = "doubted"  #: the switch refused to bridge to it; believed again when it parks


#: webrtc: a browser; sip: a phone that registers; static: at a fixed address.
PhoneKind = Literal["webrtc", "sip", "static"]
#: What a rep, or somebody for the rep, orders of their work.
AgentOrder = Literal["ready", "pause", "logout"]
#: What a restart must know of a rep: at work, away, or on the way out after the call.
SessionState = Literal["ready", "paused", "pausing", "leaving"]
#: What a call a rep has before them goes through, as their desk shows it.
CallStage = Literal["preview", "dialing", "reserved", "talking", "wrapup"]

# --- attempts ------------------------------------------------------------------------------------


class Phase(StrEnum):
    """Where an attempt stands."""

    PLACING = "placing"  #: ordered; the gate, the store and the switch have it
    DIALING = "dialing"  #: sent to the switch
    RINGING = "ringing"
    ANSWERED = "answered"  #: picked up; who it is and who takes it is not asked yet
    WAITING = "waiting"  #: a person waits for a rep
    RESERVED = "reserved"  #: a rep is chosen, the bridge is being built
    TALKING = "talking"
    HELD = "held"  #: out of the bridge and waiting, for whatever `conversation.Want` says
    MESSAGE = "message"  #: hears the message, then we hang up
    LEAVING = "leaving"  #: told to hang up, or hanging up
    ENDED = "ended"


Outcome = Literal[
    "connected", "abandoned", "machine", "no_answer", "busy", "refused", "failed", "cancelled"
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
#: What a far end can say instead of answering. `refused`: the callee, or somebody for the callee,
#: declined.
FarOutcome = Literal["no_answer", "busy", "refused", "failed"]
#: How a call ends that nobody answered, for a pacer: `refused` is told as `busy`.
Unanswered = Literal["no_answer", "busy", "failed", "cancelled"]
AnsweredBy = Literal["human", "machine"]
HangupBy = Literal["callee", "agent", "dialer", "network"]
#: Whose doing it is that nobody answered: the number's or its owner's; the carrier's or the way's
#: to it; our own Asterisk's. Only the lead's own counts on the lead and in its number's day.
Blame = Literal["lead", "trunk", "switch"]
#: Why an attempt does not count on its lead: its end was the trunk's or our own switch's doing, and
#: its number was not reached; or somebody took it back, and in the number's day it still counts.
Pardon = Literal["trunk", "switch", "reset"]
#: Whose doing spares the lead.
Spares = Literal["trunk", "switch"]
#: What the number deserves. alive: call again as the outcome's rule says. dead: nobody has it.
#: not_today: not before another day. once_more: at most one more call. never: no call ever again.
Fate = Literal["alive", "dead", "not_today", "once_more", "never"]
#: How a call came about: the dialer's own, a lead a rep was shown first, a rep's own wish, or a
#: time agreed with the callee.
CallMode = Literal["auto", "preview", "manual", "callback"]
#: Why a rep's call was missed or lost.
MishapSlug = Literal[
    "phone-lost", "phone-refused", "phone-put-down", "callee-gone", "wrapup-ran-out"
]
#: Why a number may not be called now. gate_error: the gate could not decide, and fails closed.
GateRule = Literal[
    "invalid_number", "dnc", "unknown_timezone", "calling_window", "weekday", "holiday",
    "max_per_24h", "max_per_day", "in_call", "called_lately", "gate_error",
]  # fmt: skip
GATE_RULES: tuple[GateRule, ...] = get_args(GateRule)
#: What a lead waits for that has calls left: a rule; its turn after a call; a time agreed on.
WaitsFor = GateRule | Literal["recycle", "callback"]
WAITS_FOR: tuple[WaitsFor, ...] = (*GATE_RULES, "recycle", "callback")

#: What can differ between our records, the switch's ledger and the recordings on disk. no_record:
#: the ledger alone has the call; no_entry: the record alone.
DifferenceKind = Literal[
    "no_record", "no_entry", "answer", "outcome", "end", "recording_missing", "recording_size",
    "recording_length", "recording_checksum", "recording_unnamed",
]  # fmt: skip
DIFFERENCE_KINDS: tuple[DifferenceKind, ...] = get_args(DifferenceKind)
#: How a difference is over: both sides agree again, or somebody knows of it.
Settled = Literal["", "agrees", "known"]

# --- conversations -------------------------------------------------------------------------------

#: Who is called into a conversation.
PartyKind = Literal["rep", "external"]
PartyState = Literal["calling", "waiting", "talking"]
#: What a party is for: heard alone, heard with the callee, given the callee, or the callee's again.
PartyGoal = Literal["consult", "join", "handover", "callee"]
#: What a rep wants of somebody they called.
ConsultWish = Literal["complete", "join", "swap", "cancel"]
#: Where a callee is transferred to.
TransferKind = Literal["agent", "pool", "number"]
TransferHow = Literal["blind", "warm"]
#: "off": the call is not recorded.
RecordingNow = Literal["off", "on", "paused"]
#: What a rep asked for, done after the call; "": goes on as usual.
Leaving = Literal["", "pause", "out"]
#: What comes as soon as no call needs a rep.
UpNext = Literal["", "callback", "dial"]
#: What a rep does in a call beside talking to the callee.
Activity = Literal["", "hold", "consult", "conference"]
#: Why a callee waits: on hold, the rep's phone is lost, parked, on the way to another rep.
HeldBy = Literal["", "agent", "phone", "park", "transfer"]
#: held, resumed: by the rep. parked, picked_up. transferred: to a rep, a label, or (neither)
#: anybody. nobody_came: within the limit. asked_in, consulted, joined, left_with, party_left: whom
#: a rep called into the call. recording_paused, recording_on.
Step = Literal[
    "held", "resumed", "parked", "picked_up", "transferred", "nobody_came", "asked_in",
    "consulted", "joined", "left_with", "party_left", "recording_paused", "recording_on",
]  # fmt: skip
STEPS: tuple[Step, ...] = get_args(Step)
#: How a supervisor hears a rep.
ListenMode = Literal["listen", "whisper", "barge"]
#: And what becomes of it when they take the call.
WatchMode = Literal["listen", "whisper", "barge", "take-over"]

# --- campaigns and pools -------------------------------------------------------------------------

#: auto: the pacer places its calls; preview: a free rep is shown a lead first; manual: nothing is
#: placed but what reps dial, and callbacks.
CampaignMode = Literal["auto", "preview", "manual"]
#: What becomes of a preview that ran out.
PreviewEnd = Literal["dial", "skip", "pause"]
Method = Literal["predictive", "progressive", "ratio", "adaptive"]
Routing = Literal["longest_idle", "fewest_calls", "best_skill", "weighted"]
#: What stands on a wallboard, and in which colours.
BoardFigure = Literal[
    "connect_rate", "abandon_rate", "connected", "sales", "waiting", "ringing", "ready",
    "longest_ready", "wrapup", "paused", "leads_left", "hours_left",
]  # fmt: skip
BoardTone = Literal["good", "note", "warn", "alarm"]
BoardSide = Literal["from", "below"]
#: In which spans a law counts abandoned calls: the calendar day, the last 24 hours, the last 30
#: days, the calendar month.
WindowKind = Literal["day", "24h", "30d", "month"]
#: Which of a campaign's trunks takes a call: the first that is well and has room, or the emptiest.
TrunkOrder = Literal["best_first", "least_used"]
#: untried: nothing heard of it since the start; out: takes no calls; probing: one call asks whether
#: it does again.
TrunkHealth = Literal["untried", "well", "out", "probing"]
TRUNK_HEALTHS: tuple[TrunkHealth, ...] = get_args(TrunkHealth)
#: What gave out, when no call can be placed at all.
GaveOut = Literal["", "trunks", "switch"]
#: Of messages and scripts.
Language = Literal["en", "zh"]


class CampaignState(StrEnum):
    STOPPED = "stopped"
    RUNNING = "running"
    PAUSED = "paused"


CampaignOrder = Literal["start", "pause", "stop"]
#: What keeps a running campaign from placing calls. manual: nothing goes out but what reps dial.
#: switch: no Asterisk is reached; switch_fails: it makes no calls. clock: the time is in doubt.
#: store: records cannot be kept. trunks: none takes calls; lines: none is free. list_through: no
#: lead has a call left; lists_stopped: those that have are in stopped lists; asleep: all wait for
#: something; held: the last are on their way to reps.
#: nobody_in, nobody_ready: of the reps. pacing: the pacer's own reason.
HoldBackReason = Literal[
    "manual", "switch", "switch_fails", "clock", "store", "trunks", "lines", "calls_per_second",
    "nobody_in", "nobody_ready", "list_through", "lists_stopped", "asleep", "held", "pacing",
]  # fmt: skip
HOLD_BACK_REASONS: tuple[HoldBackReason, ...] = get_args(HoldBackReason)
#: What a schedule does by itself.
ScheduledOrder = Literal["start", "pause"]

# --- leads ---------------------------------------------------------------------------------------


class LeadState(StrEnum):
    NEW = "new"  # never called
    QUEUED = "queued"  # claimed by a hopper; a crash gives it back
    CALLING = "calling"  # an attempt is open; only closing it lets the lead go on
    RETRY = "retry"  # to be called again at `next_call_at`
    DONE = "done"  # reached: nothing more to do
    DEAD = "dead"  # given up: not reached in all its tries, or none of its numbers works
    DNC = "dnc"  # asked not to be called


#: Whether leads of a list are taken for dialing.
ListState = Literal["running", "stopped"]
#: What became of a file of leads.
ImportState = Literal["running", "done", "cancelled", "failed", "undone"]
#: What a result does to a lead.
LeadEnd = Literal["done", "dead", "dnc", "retry"]
#: What a callee who wants no such call (SIP 607) is: on the do-not-call list, or only done here.
UnwantedEnd = Literal["dnc", "done"]
DispositionGroup = Literal["sale", "contact", "no_contact", "dnc", "callback", "system"]
#: A person's words, or the reason for which a rep passed a lead over.
NoteKind = Literal["note", "skip"]
Consent = Literal["yes", "no", "unknown"]
#: Who is to make a call that was agreed on: the rep who agreed, or whoever is free.
CallBackOwner = Literal["me", "anyone"]
#: What became of an agreed time: called in time, called later or by another, will not be called.
CallbackResult = Literal["kept", "late", "dropped"]
#: A change of the do-not-call list.
DncKind = Literal["add", "import", "remove"]

# --- people, records, the service ----------------------------------------------------------------


class Scope(StrEnum):
    """Whose data: ascending, each holds the one before it."""

    OWN = "own"
    SQUAD = "squad"
    TEAM = "team"
    ALL = "all"


#: What an account needs before it sees anything: a team, pools of the team, or the rep it is.
Lacks = Literal["team", "pools", "rep"]
#: What a site needs before its first call, in the order in which it is set up.
SetupStep = Literal[
    "teams", "people", "reps", "trunk", "campaign", "list", "hours", "dnc", "network", "start"
]


class RecordingState(StrEnum):
    RAW = "raw"
    ENCODING = "encoding"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"


#: What is wrong with a field of a form. A feature has more of its own.
FaultSlug = Literal[
    "required", "text", "too-short", "too-long", "number", "at-least", "above", "at-most", "below",
    "too-few", "too-many", "yes-or-no", "choice", "form", "unknown", "taken",
    "not-in-reach", "impossible",
]  # fmt: skip
#: What is done with a record of a feature.
RecordDeed = Literal["add", "change", "archive", "restore", "export"]
Codec = Literal["wav", "flac", "opus"]
ExportFormat = Literal["csv", "jsonl"]
#: What a list becomes: what a spreadsheet opens, and what other programs read.
SheetFormat = Literal["csv", "xlsx", "parquet", "json"]
#: How far a list is that becomes a file.
ExportState = Literal["running", "ready", "failed"]
#: Whether numbers are shown whole.
Numbers = Literal["masked", "full"]
#: Where a version of settings came from, and where a value of now comes from.
Origin = Literal["file", "console"]
ValueSource = Literal["default", "file", "console"]
KeyKind = Literal["text", "integer", "number", "boolean", "choice", "list", "table"]
#: Where a key stands on the screen. schedule, script and results have editors of their own.
KeyGroup = Literal[
    "about", "pacing", "reps", "dialing", "lines", "times", "law", "again", "desk",
    "schedule", "script", "results", "wallboard",
]  # fmt: skip
KeyUnit = Literal["", "seconds", "minutes", "days", "share", "calls", "sales"]
#: What a text must look like.
KeyForm = Literal[
    "", "line", "phone", "country", "holidays", "time", "weekday", "zone", "sound", "skill",
    "pool", "trunk",
]  # fmt: skip
DeliveryState = Literal["waiting", "done", "dead"]
Severity = Literal["info", "warning", "critical"]
TrialState = Literal["running", "done", "failed", "cancelled"]
Finding = Literal["ok", "warn", "fail"]
LogLevel = Literal["debug", "info", "warning", "error"]
LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)
LogFormat = Literal["auto", "json", "console"]
BusClient = Literal["redis-py", "asyncio-redis"]
ScriptBlockKind = Literal["paragraph", "heading", "quote", "bullets", "numbers", "rule"]

# --- the way out ---------------------------------------------------------------------------------

#: ip: known by its address; registration: with user and secret.
TrunkKind = Literal["ip", "registration"]
SipTransport = Literal["udp", "tcp", "tls"]
NumberFormat = Literal["e164", "digits", "national"]
AudioCodec = Literal["alaw", "ulaw", "g722", "opus", "gsm", "g729", "slin"]
#: What a channel of the switch is.
ChannelState = Literal["down", "ringing", "up"]
#: What a change did to the do-not-call list.
DncMove = Literal["added", "removed", "undone"]

# --- figures -------------------------------------------------------------------------------------


class FigureUnit(StrEnum):
    """What a figure's value is. Rates are from 0 to 1, times in seconds."""

    COUNT = "count"
    RATE = "rate"
    SECONDS = "seconds"
    PER_HOUR = "per_hour"
    RATIO = "ratio"


class FigureBetter(StrEnum):
    """Which direction of a figure is good."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


#: How often a report is sent.
SendEvery = Literal["day", "week", "month"]
#: As which file a report is sent.
SendFormat = Literal["xlsx", "csv"]
#: Why a report was not sent to somebody who should have it.
NotSent = Literal["gone", "no-right", "no-address", "no-answer", "no-report", "owner-gone"]
#: How what is said to a mail server is kept from others.
MailSecurity = Literal["starttls", "tls", "none"]
#: What a mail is for.
MailKind = Literal["test", "report", "notice"]
#: What a report's period is compared with.
FigureCompare = Literal["", "before", "last_year"]
#: Who else reads a saved report: nobody, the team of whose it is, whoever may read figures.
ViewShare = Literal["nobody", "team", "everyone"]
#: Which days a saved report is of: counted from the day on which it is asked, or certain `days`.
ViewPeriod = Literal[
    "today", "yesterday", "this_week", "last_week", "this_month", "last_month", "last_days", "days"
]  # fmt: skip
