"""Figures of calls: how many were made, who answered, who was talked to, what came of it."""

from __future__ import annotations

from dialer.words import FigureBetter, FigureUnit
from figures.conditions import AtLeast, Both, Condition, Is, Known, Not
from figures.facts import CALLS
from figures.figure import Figure, Words
from figures.measures import How, Measure

#: The term that says how long a call must be to count, in milliseconds.
EFFECTIVE_MS = "effective_ms"

CONTACT = Known("connected_ms")
HUMAN = Is("answered_by", ("human",))
MACHINE = Is("answered_by", ("machine",))
_EFFECTIVE = Both((CONTACT, AtLeast("talk_ms", EFFECTIVE_MS)))
#: What is noted where a result is wanted and nobody gave one is no result.
_SAID = Both((Known("disposition"), Not(Is("disposition", ("no-disposition",)))))
ABANDONED = Is("outcome", ("abandoned",))
#: A call placed for one rep who was kept for it makes no rate look better; lost, it counts.
_BY_LAW = Both((HUMAN, Not(Both((Is("paced", (0,)), Not(ABANDONED))))))


def _count(where: Condition) -> Measure:
    return Measure(CALLS, where)


def _sum(column: str, where: Condition) -> Measure:
    return Measure(CALLS, where, How.SUM, column)


def _different(column: str, where: Condition) -> Measure:
    return Measure(CALLS, where, How.DISTINCT, column)


DIALS = Measure(CALLS)
HUMANS = _count(HUMAN)
HUMANS_BY_LAW = _count(_BY_LAW)
MACHINES = _count(MACHINE)
ABANDONS = _count(ABANDONED)
CONTACTS = _count(CONTACT)
SALES = _count(Is("result_group", ("sale",)))
EFFECTIVE = _count(_EFFECTIVE)
TALK = _sum("talk_ms", CONTACT)
WRAPUP = _sum("wrapup_ms", CONTACT)
LEADS_DIALED = _different("lead", Known("lead"))
LEADS_REACHED = _different("lead", CONTACT)

FIGURES = (
    Figure(
        id="dials",
        name=Words("Dials", "拨打量"),
        meaning=Words("Attempts placed, whatever became of them", "已发起的呼叫，不论结果"),
        unit=FigureUnit.COUNT,
        numerator=DIALS,
    ),
    Figure(
        id="answers",
        name=Words("Answers", "应答数"),
        meaning=Words(
            "Attempts that were answered, by people or machines", "被应答的呼叫，含真人与机器"
        ),
        unit=FigureUnit.COUNT,
        better=FigureBetter.MORE,
        numerator=_count(Known("answered_ms")),
    ),
    Figure(
        id="answer_rate",
        name=Words("Answer rate", "应答率"),
        meaning=Words("Answers by dials", "应答数 ÷ 拨打量"),
        unit=FigureUnit.RATE,
        better=FigureBetter.MORE,
        numerator=_count(Known("answered_ms")),
        denominator=DIALS,
    ),
    Figure(
        id="human_answers",
        name=Words("Human answers", "人工应答"),
        meaning=Words("Attempts that a person answered", "由真人应答的呼叫"),
        unit=FigureUnit.COUNT,
        better=FigureBetter.MORE,
        numerator=HUMANS,
    ),
    Figure(
        id="connect_rate",
        name=Words("Connect rate", "接通率"),
        meaning=Words("Human answers by dials", "人工应答 ÷ 拨打量"),
        unit=FigureUnit.RATE,
        better=FigureBetter.MORE,
        numerator=HUMANS,
        denominator=DIALS,
    ),
    Figure(
        id="machine_rate",
        name=Words("Machine rate", "机器应答率"),
        meaning=Words("Answers by machines by dials", "机器应答 ÷ 拨打量"),
        unit=FigureUnit.RATE,
        better=FigureBetter.LESS,
        numerator=MACHINES,
        denominator=DIALS,
    ),
    Figure(
        id="contacts",
        name=Words("Contacts", "有效接通"),
        meaning=Words(
            "Attempts in which a rep and a callee heard each other", "与坐席实际通话的呼叫"
        ),
        unit=FigureUnit.COUNT,
        better=FigureBetter.MORE,
        numerator=CONTACTS,
    ),
    Figure(
        id="contact_rate",
        name=Words("Contact rate", "有效接通率"),
        meaning=Words("Contacts by dials", "有效接通 ÷ 拨打量"),
        unit=FigureUnit.RATE,
        better=FigureBetter.MORE,
        numerator=CONTACTS,
        denominator=DIALS,
    ),
    Figure(
        id="effective_calls",
        name=Words("Effective calls", "有效通话数"),
        meaning=Words(
            f"Contacts that lasted {{{EFFECTIVE_MS}}} seconds or more",
            f"通话时长不少于 {{{EFFECTIVE_MS}}} 秒的有效接通",
        ),
        unit=FigureUnit.COUNT,
        better=FigureBetter.MORE,
        numerator=EFFECTIVE,
    ),
    Figure(
        id="effective_talk",
        name=Words("Effective talk time", "有效通话时长"),
        meaning=Words("Talk time of effective calls", "有效通话的通话时长之和"),
        unit=FigureUnit.SECONDS,
        better=FigureBetter.MORE,
        numerator=_sum("talk_ms", _EFFECTIVE),
    ),
    Figure(
        id="effective_rate",
        name=Words("Effective call rate", "有效通话率"),
        meaning=Words("Effective calls by contacts", "有效通话数 ÷ 有效接通"),
        unit=FigureUnit.RATE,
        better=FigureBetter.MORE,
        numerator=EFFECTIVE,
        denominator=CONTACTS,
    ),
    Figure(
        id="talk",
        name=Words("Talk time", "通话时长"),
        meaning=Words(
            "Time in which reps and callees heard each other", "坐席与客户的通话时长之和"
        ),
        unit=FigureUnit.SECONDS,
        better=FigureBetter.MORE,
        numerator=TALK,
    ),
    Figure(
        id="avg_talk",
        name=Words("Average talk time", "平均通话时长"),
        meaning=Words("Talk time by contacts", "通话时长 ÷ 有效接通"),
        unit=FigureUnit.SECONDS,
        numerator=TALK,
        denominator=CONTACTS,
    ),
    Figure(
        id="median_talk",
        name=Words("Median talk time", "通话时长中位数"),
        meaning=Words(
            "Half of the contacts were no longer than this", "半数有效接通的时长不超过此值"
        ),
        unit=FigureUnit.SECONDS,
        numerator=Measure(CALLS, CONTACT, How.MEDIAN, "talk_ms"),
    ),
    Figure(
        id="p90_talk",
        name=Words("Talk time, 9 of 10", "通话时长九成位"),
        meaning=Words(
            "Nine of ten contacts were no longer than this", "九成有效接通的时长不超过此值"
        ),
        unit=FigureUnit.SECONDS,
        numerator=Measure(CALLS, CONTACT, How.P90, "talk_ms"),
    ),
    Figure(
        id="wrap_avg",
        name=Words("Average wrap-up", "平均话后"),
        meaning=Words("Wrap-up time by contacts", "话后时长 ÷ 有效接通"),
        unit=FigureUnit.SECONDS,
        better=FigureBetter.LESS,
        numerator=WRAPUP,
        denominator=CONTACTS,
    ),
    Figure(
        id="sales_calls",
        name=Words("Sales calls", "成交通话"),
        meaning=Words("Calls whose result is a sale", "结果为成交的通话"),
        unit=FigureUnit.COUNT,
        better=FigureBetter.MORE,
        numerator=SALES,
    ),
    Figure(
        id="call_close_rate",
        name=Words("Call close rate", "通话成交率"),
        meaning=Words("Sales calls by contacts", "成交通话 ÷ 有效接通"),
        unit=FigureUnit.RATE,
        better=FigureBetter.MORE,
        numerator=SALES,
        denominator=CONTACTS,
    ),
    Figure(
        id="dnc_rate",
        name=Words("Do-not-call rate", "拒呼率"),
        meaning=Words(
            "Calls after which the callee is not to be called again, by contacts",
            "结果为拒呼的通话 ÷ 有效接通",
        ),
        unit=FigureUnit.RATE,
        better=FigureBetter.LESS,
        numerator=_count(Both((CONTACT, Is("result_group", ("dnc",))))),
        denominator=CONTACTS,
    ),
    Figure(
        id="no_disposition_rate",
        name=Words("Without a result", "未填结果率"),
        meaning=Words(
            "Contacts for which nobody said what came of them, by contacts",
            "未由坐席填写结果的有效接通 ÷ 有效接通",
        ),
        unit=FigureUnit.RATE,
        better=FigureBetter.LESS,
        numerator=_count(Both((CONTACT, Not(_SAID)))),
        denominator=CONTACTS,
    ),
    Figure(
        id="abandons",
        name=Words("Abandoned calls", "呼损数"),
        meaning=Words(
            "Answered by a person who got no rep in time", "真人应答但未及时接入坐席的呼叫"
        ),
        unit=FigureUnit.COUNT,
        better=FigureBetter.LESS,
        numerator=ABANDONS,
    ),
    Figure(
        id="abandon_rate",
        name=Words("Abandon rate", "呼损率"),
        meaning=Words("Abandoned calls by human answers", "呼损数 ÷ 人工应答"),
        unit=FigureUnit.RATE,
        better=FigureBetter.LESS,
        numerator=ABANDONS,
        denominator=HUMANS,
    ),
    Figure(
        id="legal_abandon_rate",
        name=Words("Abandon rate by law", "法定呼损率"),
        meaning=Words(
            "Abandoned calls by human answers, those left out that were placed for one rep alone "
            "and were not abandoned",
            "呼损数 ÷ 人工应答；专为某一坐席发起且未呼损的呼叫不计入",
        ),
        unit=FigureUnit.RATE,
        better=FigureBetter.LESS,
        numerator=ABANDONS,
        denominator=HUMANS_BY_LAW,
    ),
    Figure(
        id="leads_dialed",
        name=Words("Leads dialed", "已拨名单数"),
        meaning=Words("Different leads with an attempt", "有过呼叫的不同名单"),
        unit=FigureUnit.COUNT,
        numerator=LEADS_DIALED,
    ),
    Figure(
        id="leads_reached",
        name=Words("Leads reached", "触达名单数"),
        meaning=Words("Different leads with a contact", "有过有效接通的不同名单"),
        unit=FigureUnit.COUNT,
        better=FigureBetter.MORE,
        numerator=LEADS_REACHED,
    ),
    Figure(
        id="attempts_per_contact",
        name=Words("Dials per contact", "平均拨打次数"),
        meaning=Words("Dials by contacts", "拨打量 ÷ 有效接通"),
        unit=FigureUnit.RATIO,
        better=FigureBetter.LESS,
        numerator=DIALS,
        denominator=CONTACTS,
    ),
)
