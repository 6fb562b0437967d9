#!/usr/bin/env bash
# phonenumbers 9.0.43: a word behind a number becomes digits of the number.
#
# Expected: a remark behind the number is left out, as one of two letters is, or the number is refused.
# Seen: a word of three letters and more is read as the keys of a telephone that bear them. Where numbers have no
#   fixed length (Germany, Austria, Italy) the number that nobody wrote is "valid".
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with phonenumbers==9.0.43
python - <<'PY'
import phonenumbers

wanted = {
    ("030 1234567", "DE"): ("+49301234567", True),
    ("030 1234567 ab", "DE"): ("+49301234567", True),
    ("030 1234567 neu", "DE"): ("+49301234567638", True),
    ("030 1234567 privat", "DE"): ("+49301234567774828", True),
    ("01 234 56 78 Hotel", "AT"): ("+431234567846835", True),
}
seen = {}
for text, region in wanted:
    number = phonenumbers.parse(text, region)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    seen[text, region] = (e164, phonenumbers.is_valid_number(number))
    print(f"{text!r} in {region}: {e164}, valid: {seen[text, region][1]}")
assert seen == wanted
PY
