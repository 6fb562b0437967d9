#!/usr/bin/env bash
# phonenumbers 9.0.43: for some countries with one clock, time_zones_for_number gives the zone of another country.
#
# Expected: Africa/Algiers for Algeria, America/Managua for Nicaragua, Africa/Juba for South Sudan; each is in the time
#   zone database, alone in its country.
# Seen: Europe/Paris, America/Chicago and Africa/Nairobi: as the only zone, with another offset for half of the year
#   (Algiers and Managua know no summer time) or all of it (Juba is an hour behind Nairobi).
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with phonenumbers==9.0.43 tzdata==2026.3
PYTHONTZPATH= python - <<'PY'
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from phonenumbers import parse, region_code_for_number, timezone as zones

july = datetime(2027, 7, 1, 12, tzinfo=timezone.utc)
hour = lambda zone: july.astimezone(ZoneInfo(zone)).strftime("%H:%M")
seen = {}
for number, own in {"+213551234567": "Africa/Algiers", "+50581234567": "America/Managua",
                    "+211977123456": "Africa/Juba"}.items():
    parsed = parse(number)
    given = zones.time_zones_for_number(parsed)
    seen[region_code_for_number(parsed)] = given
    print(f"{number}: {given}, where it is {hour(given[0])}; in {own} it is {hour(own)}")
    assert hour(given[0]) != hour(own)
assert seen == {"DZ": ("Europe/Paris",), "NI": ("America/Chicago",), "SS": ("Africa/Nairobi",)}, seen
PY
