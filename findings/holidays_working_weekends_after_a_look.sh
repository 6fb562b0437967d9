#!/usr/bin/env bash
# holidays 0.109: weekend_workdays has those of a year only once some day of that year was looked for.
#
# Expected: `date(2026, 10, 10) in calendar.weekend_workdays` is as true as `date(2026, 10, 1) in calendar`, which works
#   for every year without naming it. (Chinese offices work on that Saturday for a day of the National Day week.)
# Seen: false, and true after any question about 2026, though nothing else has changed.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with holidays==0.109
python - <<'PY'
from datetime import date

import holidays

china, saturday = holidays.country_holidays("CN"), date(2026, 10, 10)
before = saturday in china.weekend_workdays
date(2026, 5, 20) in china
after = saturday in china.weekend_workdays
print(f"{saturday} is a working weekend day: {before}, after a look at 20 May: {after}")
assert (before, after) == (False, True)
PY
