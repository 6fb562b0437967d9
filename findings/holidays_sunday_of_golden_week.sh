#!/usr/bin/env bash
# holidays 0.109: the Sunday in the middle of China's National Day week is not in the calendar.
#
# Expected: 1 to 7 October 2026 are days off, all seven, so all seven are `in` the calendar of China: Saturday the 3rd is.
# Seen: Sunday the 4th is not. is_working_day() of the same object knows that it is a day off.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with holidays==0.109
python - <<'PY'
from datetime import date

import holidays

china = holidays.country_holidays("CN")
week = [date(2026, 10, day) for day in range(1, 8)]
for day in week:
    print(f"{day:%a %d %b %Y}: in the calendar {day in china}, working day {china.is_working_day(day)}")
assert [day.day for day in week if day not in china] == [4]
assert not any(china.is_working_day(day) for day in week)
PY
