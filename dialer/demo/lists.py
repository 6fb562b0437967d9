"""What the demo's campaign says and knows: a script, dispositions, and fields of made-up people."""

from __future__ import annotations

import random
from collections.abc import Sequence

from dialer.asterisk.demo_network import DemoLead
from dialer.compliance.zones import zones_of_number
from dialer.zonedata import UnknownZoneError

#: Columns of the list beside number, name, language and time zone.
FIELDS = ("Company", "City", "Tariff", "Last order", "Monthly bill", "Consent", "Source")
_COMPANIES = (
    "Birch Bakery", "Cole Logistics", "Dale Dental", "Elm Street Cafe", "Frost Cooling",
    "Grove Gardens", "Hill Hardware", "Lake Laundry",
)  # fmt: skip
_COMPANIES_ZH = ("晨光烘焙", "远航物流", "安康诊所", "清风茶馆", "绿园园艺", "宏达五金", "洁净洗衣")
_CITIES_ZH = ("上海", "杭州", "苏州", "南京", "成都", "武汉", "青岛")
_TARIFFS = (("Basic", "基础"), ("Comfort", "舒适"), ("Green", "绿色"), ("Night", "夜间"))
_SOURCES = (("web form", "网站表单"), ("fair", "展会"), ("old customer", "老客户"))


def fields_of(lead: DemoLead, rng: random.Random) -> dict[str, str]:
    """FIELDS of one lead, in the language it speaks; here and there one is missing."""
    is_zh = lead.language == "zh"
    tariff, source = rng.choice(_TARIFFS)[is_zh], rng.choice(_SOURCES)[is_zh]
    return {
        "Company": rng.choice(_COMPANIES_ZH if is_zh else _COMPANIES),
        "City": rng.choice(_CITIES_ZH) if is_zh else lead.city,
        "Tariff": tariff,
        "Last order": f"2025-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "Monthly bill": "" if rng.random() < 0.15 else f"{rng.randint(40, 400)}.00",
        "Consent": rng.choices(("yes", "no", ""), (75, 5, 20))[0],
        "Source": source,
    }


def rows(leads: Sequence[DemoLead], seed: int) -> list[list[str]]:
    """The list as it is written: a header, then one row for each."""
    rng = random.Random(seed)  # noqa: S311 (a demo's list, not a secret)
    found = [["phone", "name", "language", "timezone", *FIELDS]]
    for lead in leads:
        fields = fields_of(lead, rng)
        zone = "Asia/Shanghai" if lead.language == "zh" else _zone(lead.number)
        found.append([lead.number, lead.name, lead.language, zone, *fields.values()])
    return found


def _zone(number: str) -> str:
    try:
        return zones_of_number(number)[0]
    except UnknownZoneError:
        return ""


#: The rest of [campaign.demo]: plain keys, then tables.
CAMPAIGN_TOML = '''
title = "Green power / 绿色电力"
company = "Example Energy"
goal = "Win back customers who left in the last two years."
language = "en"
disposition_required = true
dial_numbers = true
callback_grace_s = 120.0
callback_max_days = 30

[campaign.demo.script]
en = """
# Opening
> Good day, this is {{agent}} of {{company}}. Do I speak to **{{name}}**?

- Say why you call before you ask anything.
- No time? Agree on a *callback*.

# Need
You are with us in {{City}}, tariff **{{Tariff}}**, last order on {{Last order}}.

> Your bill is about {{Monthly bill}} a month. What matters more: the price, or where it comes from?

# Offer
1. Green power at the same price for a year.
2. No deposit, and two weeks to think again.

### If they hesitate
> Shall I send it to {{Company}} in writing?

# Close
> May I note that as your order, {{name}}?

---
Thank them, whatever they said.
"""
zh = """
# 开场
> 您好，我是{{company}}的{{agent}}，请问是**{{name}}**吗？

- 先说明来电原因。
- 对方没空？约好*回拨*时间。

# 了解需求
您在{{City}}，套餐是**{{Tariff}}**，上次下单是{{Last order}}。

> 您每月电费大约{{Monthly bill}}元，您更看重价格还是能源来源？

# 推荐
1. 一年内价格不变，改用绿色电力。
2. 无需押金，两周内可以反悔。

### 如果对方犹豫
> 我把方案书面发给{{Company}}，可以吗？

# 成交
> {{name}}，我现在为您登记，可以吗？

---
无论结果如何，都请致谢。
"""

[campaign.demo.dispositions.sale]
title = "Sale"
title_zh = "成交"
group = "sale"
key = 1

[campaign.demo.dispositions.interested]
title = "Interested, wants it in writing"
title_zh = "有意向，要书面方案"
group = "contact"
key = 2
state = "retry"
after_minutes = 1440
keep_agent = true

[campaign.demo.dispositions.not_interested]
title = "Not interested"
title_zh = "没有兴趣"
group = "contact"
key = 3

[campaign.demo.dispositions.callback]
title = "Call back"
title_zh = "约定回拨"
group = "callback"
key = 4
state = "retry"
after_minutes = 60
keep_agent = true
priority = 90

[campaign.demo.dispositions.voicemail]
title = "Answering machine"
title_zh = "语音信箱"
group = "no_contact"
key = 5

[campaign.demo.dispositions.wrong_number]
title = "Wrong number"
title_zh = "号码有误"
group = "no_contact"
key = 6
state = "dead"

[campaign.demo.dispositions.dnc]
title = "Asked not to be called"
title_zh = "不愿再接电话"
group = "dnc"
key = 9
'''
