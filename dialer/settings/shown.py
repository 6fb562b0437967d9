"""How a screen shows each key of pools and campaigns: its name, its group, its unit, its form.

One line a key. What a key does is said where it is declared (English) and in words_zh.py (Chinese);
what its values mean, in the console's own catalogue.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from dialer.words import KeyForm, KeyGroup, KeyUnit


class Shown(Struct, frozen=True):
    """`form`: what a text, or each item of a list, must look like; "" where anything may stand."""

    group: KeyGroup
    en: str
    zh: str
    unit: KeyUnit = ""
    form: KeyForm = ""


_AFTER = {
    "no_answer": ("Nobody answered", "无人接听"),
    "busy": ("Busy", "占线"),
    "refused": ("Declined", "被拒接"),
    "machine": ("Answering machine", "语音信箱"),
    "failed": ("Could not be connected", "线路未接通"),
    "cancelled": ("Given up by the dialer", "拨号器放弃"),
    "abandoned": ("Answered, and no rep was free", "接起后无坐席"),
}
_RECYCLE: dict[str, Shown] = {}
for _outcome, (_en, _zh) in _AFTER.items():
    _RECYCLE[f"campaign.recycle.{_outcome}.after_minutes"] = Shown(
        "again", f"{_en}: call again after", f"{_zh}：多久后再呼", "minutes"
    )
    _RECYCLE[f"campaign.recycle.{_outcome}.up_to_attempts"] = Shown(
        "again", f"{_en}: most calls in all", f"{_zh}：最多共呼", "calls"
    )

SHOWN: Final[dict[str, Shown]] = {
    "pool.title": Shown("about", "Name", "名称", form="line"),
    "pool.method": Shown("pacing", "How many calls are placed", "外呼方式"),
    "pool.ratio": Shown("pacing", "Calls per ready rep", "每个空闲坐席的呼叫数", "calls"),
    "pool.max_abandon_rate": Shown("pacing", "Most abandoned calls", "呼损率上限", "share"),
    "pool.max_lines": Shown("pacing", "Most calls together", "同时呼叫上限", "calls"),
    "pool.ask_every": Shown("pacing", "Look at the pacing at least every", "计算间隔", "seconds"),
    "pool.phone_retry": Shown("reps", "Call a lost phone again after", "话机断线后重呼", "seconds"),
    "pool.leave_when_settled": Shown(
        "reps", "A pause waits for calls that ring", "小休等待振铃中的呼叫"
    ),
    "pool.pause_reasons": Shown("reps", "Reasons for a pause", "小休原因", form="line"),
    "pool.goal_sales_per_day": Shown("reps", "Sales wanted a day", "每日成交目标", "sales"),
    "pool.wallboard": Shown("wallboard", "Colours of the wallboard", "大屏颜色"),
    "campaign.title": Shown("about", "Name", "名称", form="line"),
    "campaign.goal": Shown("about", "What it is for", "目的"),
    "campaign.company": Shown("about", "Company", "公司名称", form="line"),
    "campaign.company_number": Shown("about", "Number for opting out", "退订电话", form="phone"),
    "campaign.language": Shown("about", "Language of its messages", "提示音语言"),
    "campaign.pool": Shown("reps", "Pool", "坐席组", form="pool"),
    "campaign.trunks": Shown("lines", "Trunks", "中继线路", form="trunk"),
    "campaign.trunk_order": Shown("lines", "Which trunk takes a call", "选线方式"),
    "campaign.caller_ids": Shown("lines", "Numbers shown to callees", "外显号码", form="phone"),
    "campaign.region": Shown("lines", "Country of its lists", "名单所属国家", form="country"),
    "campaign.weight": Shown("reps", "Share of the pool's calls", "外呼份额"),
    "campaign.routing": Shown("reps", "Which ready rep takes a call", "分配方式"),
    "campaign.needs": Shown("reps", "Skills its reps must have", "所需技能", form="skill"),
    "campaign.sticky": Shown("reps", "A lead keeps its rep", "优先原坐席"),
    "campaign.connect_within": Shown("law", "A rep within", "接通坐席时限", "seconds"),
    "campaign.ring_timeout": Shown("times", "Let it ring for", "最长振铃", "seconds"),
    "campaign.wrapup_limit": Shown("times", "Wrap-up after a call", "话后整理时限", "seconds"),
    "campaign.hold_limit": Shown("times", "Hold when a phone is lost", "断线保持时限", "seconds"),
    "campaign.rep_hold_limit": Shown("times", "Longest hold by a rep", "坐席保持时限", "seconds"),
    "campaign.park_limit": Shown("times", "Longest time parked", "停靠时限", "seconds"),
    "campaign.transfer_limit": Shown("times", "Wait for a transfer", "转接等待时限", "seconds"),
    "campaign.transfer_numbers": Shown(
        "times", "Outside numbers for transfers", "可转接的外部号码", form="phone"
    ),
    "campaign.max_abandon_rate": Shown("law", "Most abandoned calls", "呼损率上限", "share"),
    "campaign.abandon_windows": Shown("law", "Counted in each of these spans", "呼损核算周期"),
    "campaign.amd": Shown("law", "Detect answering machines", "识别语音信箱"),
    "campaign.message": Shown("law", "Own sound for abandoned callees", "呼损提示音", form="sound"),
    "campaign.recording": Shown("law", "Record conversations", "通话录音"),
    "campaign.announce_listening": Shown("law", "Reps see who listens", "坐席可见监听"),
    "campaign.calling.start": Shown("law", "Call from", "每天开始呼叫", form="time"),
    "campaign.calling.end": Shown("law", "Call until", "每天停止呼叫", form="time"),
    "campaign.calling.weekdays": Shown("law", "Call on", "可呼叫的星期", form="weekday"),
    "campaign.calling.holidays": Shown(
        "law", "Not on public holidays of", "避开公众假日", form="holidays"
    ),
    "campaign.calling.max_per_24h": Shown(
        "law", "Calls to a number in 24 hours", "同号 24 小时呼叫上限", "calls"
    ),
    "campaign.calling.max_per_day": Shown(
        "law", "Calls to a number a day", "同号每天呼叫上限", "calls"
    ),
    "campaign.calling.pause_minutes": Shown(
        "law", "Leave a number alone for", "同号呼叫间隔", "minutes"
    ),
    **_RECYCLE,
    "campaign.recycle.unwanted": Shown("again", "Wants no such calls", "客户不要此类来电"),
    "campaign.schedule.on": Shown("schedule", "Follow the schedule", "按时段自动执行"),
    "campaign.schedule.timezone": Shown("schedule", "Time zone", "时区", form="zone"),
    "campaign.schedule.weekdays": Shown("schedule", "Hours of the week", "每周时段"),
    "campaign.schedule.dates": Shown("schedule", "Other hours on dates", "特定日期的时段"),
    "campaign.mode": Shown("dialing", "How its calls begin", "呼叫模式"),
    "campaign.preview_limit": Shown("dialing", "Time to look at a lead", "预览时间", "seconds"),
    "campaign.preview_at_end": Shown("dialing", "When that time is over", "预览时间到后"),
    "campaign.skip_minutes": Shown(
        "dialing", "A skipped lead comes back after", "跳过后再现", "minutes"
    ),
    "campaign.dial_numbers": Shown("dialing", "Reps may dial other numbers", "允许拨打其他号码"),
    "campaign.callback_grace_s": Shown(
        "desk", "A callback waits for its rep", "回拨等待本人", "seconds"
    ),
    "campaign.callback_max_days": Shown("desk", "Callbacks ahead", "回拨最远预约", "days"),
    "campaign.disposition_required": Shown("desk", "A result is required", "必须选择通话结果"),
    "campaign.result_change_minutes": Shown(
        "desk", "How long a result can be changed", "可更改结果的时间", "minutes"
    ),
    "campaign.script": Shown("script", "Script", "话术"),
    "campaign.consent_field": Shown(
        "desk", "Field that holds consent", "同意呼叫字段", form="line"
    ),
    "campaign.editable_fields": Shown(
        "desk", "Fields reps may change", "坐席可改字段", form="line"
    ),
    "campaign.dispositions": Shown("results", "Results", "通话结果"),
}  # fmt: skip
