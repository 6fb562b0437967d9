"""What the scenes of `desk_scenes` are filled with, in both languages. Nobody in it exists."""

from __future__ import annotations

from typing import Any, Literal

Language = Literal["en", "zh-CN"]
Texts = dict[str, Any]
Json = dict[str, Any]

_EN: Json = {
    "rep": "Anna Novak", "boss": "Mara Lind", "colleague": "Ben Ortega",
    "lead": "Katharina Wiesenberger", "company": "Northwind Energy", "title": "Spring offer",
    "message": "Team meeting at 15:30 in the small room. Please finish your calls before.",
    "fields": {
        "Customer no.": "40-118 822", "Contract": "Power 2400, until 31 Dec 2026",
        "Annual use": "2,380 kWh", "E-mail": "k.wiesenberger@example.com",
    },
    "notes": (
        "Interested, but wants to ask her husband first. Prefers mornings.",
        "Moved last year, contract came along.",
    ),
    "steps": (
        ("Greeting", ("Good morning, ", "Katharina Wiesenberger", ", this is ", "Anna Novak",
                      " from Northwind Energy. Is this a good moment?"),
         ("Wait for the answer. ", "No good moment? ", "Offer a callback.")),
        ("Need", ("You use about ", "2,380 kWh", " a year, is that still right?"), ()),
        ("Offer", ("With the spring offer you pay ", "28.4", " cents per kWh."), ()),
        ("Close", ("May I send you the contract to ", "your address", "?"), ()),
    ),
    "people": ("Jonas Berger", "Lea Sommer", "M. Haddad", "Ingrid Falk", "Paul Wieland"),
    "dispositions": {
        "sale": "Sale", "not_interested": "Not interested", "too_dear": "Too expensive",
        "competitor": "With a competitor", "callback": "Call back",
        "voicemail": "Answering machine", "wrong_number": "Wrong number",
        "dnc": "Asked not to be called",
    },
}  # fmt: skip
_ZH: Json = {
    "rep": "陈安娜", "boss": "林班长", "colleague": "欧阳志远",
    "lead": "王维森", "company": "北风能源", "title": "春季优惠",
    "message": "15:30 在小会议室开小组会，请在此之前结束手头的通话。",
    "fields": {
        "客户编号": "40-118 822", "合同": "家庭用电 2400，至 2026 年 12 月 31 日",
        "年用电量": "2,380 千瓦时", "邮箱": "wang.weisen@example.com",
    },
    "notes": ("有兴趣，但想先和家人商量，方便上午联系。", "去年搬家，合同已随迁。"),
    "steps": (
        ("开场白", ("您好，", "王维森", "，我是北风能源的", "陈安娜", "，请问现在方便吗？"),
         ("等待客户回答。", "不方便？", "约定回拨时间。")),
        ("了解需求", ("您每年用电约", "2,380 千瓦时", "，目前还是这样吗？"), ()),
        ("介绍方案", ("春季优惠每千瓦时仅需", "0.52", "元。"), ()),
        ("促成", ("合同可以寄到", "您的地址", "吗？"), ()),
    ),
    "people": ("江柏", "宋乐", "哈小姐", "方英", "魏保罗"),
    "dispositions": {
        "sale": "成交", "not_interested": "没有兴趣", "too_dear": "价格太高",
        "competitor": "已选其他公司", "callback": "约定回拨", "voicemail": "语音信箱",
        "wrong_number": "号码有误", "dnc": "不愿再接电话",
    },
}  # fmt: skip
_GROUPS = {
    "sale": "sale", "not_interested": "contact", "too_dear": "contact", "competitor": "contact",
    "callback": "callback", "voicemail": "no_contact", "wrong_number": "no_contact", "dnc": "dnc",
}  # fmt: skip
_KEYS = dict(zip(_GROUPS, (1, 2, 3, 4, 5, 6, 7, 9), strict=True))


def texts(language: Language) -> Texts:
    """Everything a scene shows, as the API would say it; what depends on the time is a function."""
    own = _ZH if language == "zh-CN" else _EN
    dispositions = [_disposition(code, title) for code, title in own["dispositions"].items()]
    return {
        **own,
        "desk": {
            "agent": "anna", "pool": "default",
            "pause_reasons": ["break", "lunch", "meeting", "training", "other"],
            "campaigns": [
                {
                    "name": "spring", "title": own["title"], "mode": "auto", "state": "running",
                    "region": "DE", "dial_numbers": True, "dispositions": dispositions,
                    "disposition_required": True, "preview_seconds": 30, "wrapup_seconds": 60,
                    "callback_max_days": 90,
                }
            ],
        },
        "targets": {
            "agents": [
                {"agent": "ben", "name": own["colleague"], "state": "ready"},
                {"agent": "mara", "name": own["boss"], "state": "paused"},
                {"agent": "lea", "name": own["people"][1], "state": "talking"},
            ],
            "numbers": [{"label": own["company"], "value": "+493055500100"}],
            "any_number": False,
        },
        "card": lambda now: _card(own, dispositions, now),
        "today": lambda now: {
            "since": now - 20000, "now": now, "login_seconds": 16_320, "talk_seconds": 8_850,
            "wait_seconds": 3_100, "wrapup_seconds": 2_450, "pause_seconds": 1_920,
            "preview_seconds": 0, "dialing_seconds": 0, "pauses": {"lunch": 1_800}, "calls": 47,
            "sales": 6, "dispositions": {"sale": 6}, "goal": {"sales": 10, "calls": None},
        },
        "callbacks": lambda now: [
            _callback(own, 0, now - 1_900, now), _callback(own, 1, now - 40, now),
            _callback(own, 3, now + 5_400, now), _callback(own, 4, now + 91_000, now),
        ],
        "calendar": lambda now: [
            {**_callback(own, n, at, now), "agent_name": own["rep"], "hours": 0, "in_hours": n != 4}
            for n, at in enumerate(_agreed(now))
        ],
        "calls": lambda now: [_own_call(own, n, now) for n in range(5)],
        "unsaid": lambda now: [
            {
                **_own_call(own, n, now), "disposition": "no-disposition", "title": None,
                "title_zh": None, "dispositions": dispositions,
                "call_back": {"max_days": 90, "grace_seconds": 900},
            }
            for n in (0, 3)
        ],
    }  # fmt: skip


def _disposition(code: str, title: str) -> Json:
    return {
        "code": code, "title": title, "title_zh": title, "group": _GROUPS[code],
        "key": _KEYS[code], "asks_time": code == "callback",
    }  # fmt: skip


def _local(offset: int = 60) -> Json:
    zones = {60: "Europe/Berlin", 480: "Asia/Shanghai"}
    return {"zone": zones[offset], "utc_offset_minutes": offset, "is_certain": True}


def _card(own: Json, dispositions: list[Json], now: float) -> Json:
    return {
        "attempt": "a1", "stage": "talking", "mode": "auto",
        "campaign": {"name": "spring", "title": own["title"], "company": own["company"]},
        "lead": {
            "id": "l1", "name": own["lead"], "language": "de" if own is _EN else "zh",
            "timezone": None, "local_time": _local(60 if own is _EN else 480),
            "fields": own["fields"], "editable": list(own["fields"])[1:], "owner": None,
            "owner_name": None, "state": "calling",
        },
        "number": "+49 ••• ••44 12", "caller_id": "+49 30 555 0100", "attempt_number": 2,
        "max_attempts": 5, "badges": {"consent": "yes", "dnc": False},
        "history": [
            _past("a0", now - 86_400 * 3, "connected", title=own["dispositions"]["callback"],
                  seconds=190, agent=own["rep"], note=own["notes"][0]),
            _past("b0", now - 86_400 * 5, "no_answer"),
        ],
        "notes": [
            {"id": "n1", "at": now - 86_400 * 40, "who": own["colleague"], "text": own["notes"][1],
             "attempt": None, "kind": "note"},
        ],
        "script": {"language": "de" if own is _EN else "zh", "steps": _steps(own)},
        "dispositions": dispositions, "disposition_required": True,
        "call_back": {"max_days": 90, "grace_seconds": 900.0}, "callback": None,
    }  # fmt: skip


def _past(
    attempt: str, at: float, outcome: str, *, title: str | None = None,
    seconds: float | None = None, agent: str | None = None, note: str | None = None,
) -> Json:  # fmt: skip
    return {
        "attempt": attempt, "at": at, "mode": "auto", "outcome": outcome,
        "disposition": "callback" if title else None, "title": title, "title_zh": title,
        "agent": agent, "agent_name": agent, "talk_seconds": seconds, "note": note,
    }  # fmt: skip


def _steps(own: Json) -> list[Json]:
    def runs(parts: tuple[str, ...]) -> list[Json]:
        # Every second piece stands for a field of the lead; the last step's is missing.
        return [
            {"text": part, "strong": False, "em": False, "missing": False,
             "field": "name" if at % 2 else None}
            for at, part in enumerate(parts)
        ]  # fmt: skip

    steps = []
    for title, said, hints in own["steps"]:
        blocks = [{"kind": "quote", "items": [runs(said)]}]
        if hints:
            items = [[{**runs((hint,))[0], "strong": at == 1}] for at, hint in enumerate(hints)]
            blocks.append({"kind": "bullets", "items": items})
        steps.append({"title": runs((title,)), "blocks": blocks})
    steps[-1]["blocks"][0]["items"][0][1] |= {"missing": True, "field": "E-mail"}
    return steps


def _callback(own: Json, at: int, due: float, now: float) -> Json:
    return {
        "id": f"k{at}", "lead": f"l{at}", "lead_name": own["people"][at], "campaign": "spring",
        "number": "+49 ••• ••20 1" + str(at), "due_at": due,
        "owner": "anyone" if at == 3 else "me", "agent": None, "made_by": "anna",
        "local_time": _local(), "is_overdue": due < now - 900, "tries_at": due,
        "why": "calling_window" if at == 0 else "",
    }  # fmt: skip


def _agreed(now: float) -> list[float]:
    """Times of today and tomorrow: two that clash, one outside of calling hours."""
    day = now - now % 86_400
    return [day + 10 * 3600, day + 10 * 3600 + 300, day + 14.5 * 3600, day + 30 * 3600 + 37_800,
            day + 86_400 + 20 * 3600]  # fmt: skip


def _own_call(own: Json, at: int, now: float) -> Json:
    said = list(own["dispositions"].items())[at]
    missed = at == 2
    why = [{"slug": "callee-gone", "at": now, "figures": {"waited_seconds": 1.2}}] if missed else []
    return {
        "attempt": f"c{at}", "campaign": "spring", "lead": f"l{at}",
        "lead_name": own["people"][at], "number": "+49 ••• ••20 1" + str(at), "mode": "auto",
        "at": now - 600 * (at + 1), "answered_at": now, "connected_at": None if missed else now,
        "ended_at": now, "outcome": "abandoned" if missed else "connected",
        "disposition": None if missed else said[0], "title": None if missed else said[1],
        "title_zh": None if missed else said[1], "is_mine": True,
        "talk_seconds": None if missed else 95.0 * (at + 1), "wrapup_seconds": 20,
        "hangup_by": "callee", "why": why,
        "change_until": None if missed else now + 3_000,
    }  # fmt: skip
