#!/usr/bin/env bash
# phonenumbers 9.0.43: a Jamaican mobile number is in 42 time zones, a landline of the same area code in one.
#
# Expected: America/Jamaica for both: area code 876 is Jamaica's alone, and so region_code_for_number says.
# Seen: the landline is in America/Jamaica; the mobile in every zone of country code 1, from Pago Pago to Guam and
#   Newfoundland. Hours that all of them have in common are few.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with phonenumbers==9.0.43
python - <<'PY'
from phonenumbers import parse, region_code_for_number, timezone

landline, mobile = parse("+18765230123"), parse("+18762101234")
for number in (landline, mobile):
    zones = timezone.time_zones_for_number(number)
    print(region_code_for_number(number), number.national_number, len(zones), "zones:", *zones[:4])
assert region_code_for_number(landline) == region_code_for_number(mobile) == "JM"
assert timezone.time_zones_for_number(landline) == ("America/Jamaica",)
zones = timezone.time_zones_for_number(mobile)
assert len(zones) == 42 and {"Pacific/Pago_Pago", "Pacific/Guam", "America/St_Johns"} <= set(zones)
PY
