#!/usr/bin/env bash
# holidays 0.109: country_holidays("NYSE") gives the days of a stock exchange.
#
# Expected: NotImplementedError, as for "de" and every other text that is no country; exchanges have
#   financial_holidays().
# Seen: a calendar in which Good Friday is a holiday and Veterans Day is not.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with holidays==0.109
python - <<'PY'
from datetime import date

import holidays

good_friday, veterans_day = date(2026, 4, 3), date(2026, 11, 11)
seen = {}
for country in ("US", "NYSE"):
    days = holidays.country_holidays(country)
    seen[country] = (good_friday in days, veterans_day in days)
    print(f"{country}: Good Friday {seen[country][0]}, Veterans Day {seen[country][1]}")
try:
    holidays.country_holidays("de")
except NotImplementedError as error:
    print("de:", error)
else:
    raise SystemExit("de is a country now")
assert seen == {"US": (False, True), "NYSE": (True, False)}, seen
PY
