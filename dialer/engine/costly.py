"""Numbers that reps must not call by hand, for whoever has such a number is paid for the call."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

_PAID = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}
_NO_COUNTRY = "001"


def is_costly(number: str) -> bool:
    """Whether a call to this number (E.164) may pay whoever has it: premium rate, shared cost,
    satellites, networks of no country; also what is no number.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return True
    kind = phonenumbers.number_type(parsed)
    if kind in _PAID:
        return True
    country = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return country == _NO_COUNTRY and kind != PhoneNumberType.TOLL_FREE
