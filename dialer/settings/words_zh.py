"""What the keys of pools and campaigns mean, in Chinese."""

from __future__ import annotations

from typing import Final

_OUTCOMES = {
    "no_answer": "振铃无人接听",
    "busy": "占线",
    "refused": "被拒接（SIP 603 最多再呼一次）或途中被拦截（SIP 608 当天不再呼叫）",
    "machine": "语音信箱",
    "failed": "线路未能接通",
    "cancelled": "拨号器主动放弃",
    "abandoned": "客户接起后无坐席接听",
}

WORDS_ZH: Final[dict[str, str]] = {
    "pool.title": "屏幕上显示的名称，可用任何语言。",
    "pool.method": "外呼方式。progressive：每个空闲坐席一通；ratio：每个空闲坐席固定通数；"
    "predictive：按实时规律预测，并守住呼损率上限；adaptive：按拨号级别调节，作为对照。",
    "pool.ratio": "按固定通数外呼时，每个空闲坐席同时外呼的通数。",
    "pool.max_abandon_rate": "呼损率上限（呼损数／真人接听数）。未设置时取各项目中最严的一个。",
    "pool.max_lines": "同时外呼与通话的总路数上限。未设置则不限。",
    "pool.ask_every": "无事发生时，两次计算外呼数量之间的最长间隔（秒）。",
    "pool.phone_retry": "坐席话机断线后，依次等待这些秒数再呼叫话机，之后一直按最后一个。",
    "pool.leave_when_settled": "有来电正在振铃时申请的小休，等这些来电有结果后再生效。",
    "pool.pause_reasons": "坐席可选的小休原因。默认原因按读者的语言显示。",
    "pool.goal_sales_per_day": "本组坐席每天想达到的成交数。",
    "pool.wallboard": "大屏上的各项数据从多少起、或低于多少时变色。",
    "campaign.title": "屏幕上显示的名称，可用任何语言。",
    "campaign.goal": "用一句话说明项目的目的。",
    "campaign.company": "呼损提示音中报出的公司名称。",
    "campaign.company_number": "呼损提示音中报出的退订电话。未设置时取第一个外显号码。",
    "campaign.language": "提示音的语言。",
    "campaign.pool": "由哪个坐席组接听。",
    "campaign.trunks": "使用的中继线路，按优先顺序：由第一条正常且有空闲的线路呼出。"
    "留空则用第一条。",
    "campaign.trunk_order": "选择线路的方式：best_first 为列表中第一条正常且有空闲的线路；"
    "least_used 为在途呼叫最少的线路。",
    "campaign.caller_ids": "轮流使用的外显号码。留空则用线路自带的。",
    "campaign.region": "名单中没有国家代码的号码属于哪个国家，两个大写字母。",
    "campaign.weight": "与同组其他项目相比，分到的外呼份额。",
    "campaign.routing": "由哪个空闲坐席接听来电。",
    "campaign.needs": "接听本项目来电所需的技能及最低等级（1 至 10）。",
    "campaign.sticky": "客户优先由上次通话的坐席接听。",
    "campaign.connect_within": "客户接起后必须在多少秒内接到坐席。许多国家的法定值为 2 秒。",
    "campaign.ring_timeout": "最长振铃秒数。",
    "campaign.wrapup_limit": "话后整理的秒数上限；0 表示没有。",
    "campaign.hold_limit": "坐席话机断线时，最多保持客户多少秒。",
    "campaign.max_abandon_rate": "呼损率上限（呼损数／真人接听数），0 到 1。",
    "campaign.abandon_windows": "分别核算呼损率上限的时间窗：本机时区的自然日或自然月、"
    "最近 24 小时、最近 30 天。",
    "campaign.amd": "接通坐席前先识别语音信箱。检测在 connect_within 之内进行（留半秒接通坐席），"
    "期间真人只听到静音；部分真人会被误判为机器，这类静音来电按规定应计入呼损。",
    "campaign.message": "呼损时播放的自备声音文件。留空则按项目语言、公司名称和电话自动生成。",
    "campaign.recording": "通话是否录音。",
    "campaign.announce_listening": "坐席能在屏幕上看到谁在监听自己的通话。是否必须告知由法律规定；"
    "监听无论如何都会写入审计日志。",
    "campaign.calling.start": "每天可以开始呼叫的时刻（客户当地时间）。",
    "campaign.calling.end": "每天停止呼叫的时刻（客户当地时间）；“24:00”为午夜。",
    "campaign.calling.weekdays": "可以呼叫的星期：1 为周一，7 为周日。",
    "campaign.calling.holidays": "不在哪个国家或地区的公众假日呼叫，如 “CN”、“GB-ENG”。",
    "campaign.calling.max_per_24h": "同一号码 24 小时内最多呼叫次数，各项目合计。",
    "campaign.calling.max_per_day": "同一号码每天最多呼叫次数，各项目合计。",
    "campaign.calling.pause_minutes": "呼叫结束后多少分钟内不再呼叫同一号码，各项目合计；0 不限。",
    **{
        f"campaign.recycle.{outcome}.{key}": f"{words}时：{meaning}"
        for outcome, words in _OUTCOMES.items()
        for key, meaning in (
            ("after_minutes", "至少隔多少分钟再呼叫。"),
            ("up_to_attempts", "该客户累计呼叫满多少次后不再呼叫。"),
        )
    },
    "campaign.recycle.unwanted": "客户表示不要此类来电（SIP 607）时：dnc 将号码列入禁呼名单，"
    "对所有项目有效；done 仅不再呼叫该客户。",
    "campaign.schedule.on": "关闭后保留时间窗但不执行。",
    "campaign.schedule.timezone": "时间窗所用的时区。留空则用本机时区。",
    "campaign.schedule.weekdays": "每周各天自动启动的时间窗。",
    "campaign.schedule.dates": "特定日期改用的时间窗；空列表表示当天不启动。",
    "campaign.mode": "auto：由拨号器按节奏外呼；preview：先把客户资料给空闲坐席看；"
    "manual：只拨坐席手动发起的电话和预约回拨。",
    "campaign.preview_limit": "预览模式：查看客户资料的秒数。",
    "campaign.preview_at_end": "预览模式：时间用完后做什么（拨打、跳过或小休）。",
    "campaign.skip_minutes": "预览模式：被跳过的客户隔多少分钟再出现。",
    "campaign.dial_numbers": "坐席可以拨打名单以外的号码，并将其记为新客户。",
    "campaign.callback_grace_s": "预约给某坐席的回拨等待本人多少秒，之后由任何人拨打；"
    "在此时间内拨出算作兑现。",
    "campaign.callback_max_days": "最多可以预约多少天以后的回拨。",
    "campaign.disposition_required": "坐席必须选择通话结果；超时未选则记为 no-disposition。",
    "campaign.result_change_minutes": "通话结束后多少分钟内坐席仍可更改结果；"
    "班长不受此限。0 表示不可更改。",
    "campaign.script": "各语言的话术（Markdown 文本或 .md 文件路径）。标题为步骤，"
    "{{name}} 代表客户资料中的字段。",
    "campaign.consent_field": "客户资料中表示是否同意被呼叫的字段。",
    "campaign.editable_fields": "除姓名外坐席可以修改的客户字段。留空则除同意字段外都可以。",
    "campaign.dispositions": "坐席可选的通话结果及其后续处理。留空则用成交、没有兴趣、约定回拨、"
    "语音信箱、号码有误和不愿再接电话；“不愿再接电话”始终存在。",
    "campaign.transfer_numbers": "可以转接的外部号码，按名称列出。",
    "campaign.rep_hold_limit": "坐席可以让客户保持多少秒；之后自动恢复通话。",
    "campaign.park_limit": "停靠的客户等待坐席多少秒；之后先找停靠的坐席，"
    "再过 transfer_limit 秒找任何人。",
    "campaign.transfer_limit": "转接对象或被邀请加入通话的人有多少秒来接。",
}
