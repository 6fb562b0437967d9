"""Numbering plans compiled for speed: is a national number valid, and is it written as it is?

phonenumbers needs some 40 µs for a number, a minute for a list of a million. The common ways of
writing one are decided here in about 2 µs, from the same metadata and by the same rules, where they
leave no doubt; for the rest phonenumbers is asked. A property test holds the two to one answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

_TYPES = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail", "fixed_line", "mobile",
)  # fmt: skip
_LONGEST_NSN = 17
_NEVER = re.compile(r"(?!)")


class Plan:
    """The plan of one region."""

    def __init__(self, metadata: PhoneMetadata) -> None:
        self.country_code = str(metadata.country_code)
        self.leading = re.compile(metadata.leading_digits) if metadata.leading_digits else None
        self.national_prefix = metadata.national_prefix or ""
        self.prefixes = re.compile(metadata.national_prefix_for_parsing or "(?!)")
        self.transforms = metadata.national_prefix_transform_rule is not None
        self.idd = re.compile(metadata.international_prefix or "(?!)")
        self._general = _by_length([metadata.general_desc])
        types = [getattr(metadata, name) for name in _TYPES]
        if metadata.same_mobile_and_fixed_line_pattern:
            types.remove(metadata.mobile)
        self._types = _by_length(types)
        general = metadata.general_desc
        pattern = general.national_number_pattern if general else None
        self._any_length = re.compile(pattern) if pattern else _NEVER
        self._mobiles = _by_length([metadata.mobile])
        self._plain: dict[int, re.Pattern[str]] = {}  # by length, made when asked for
        self._metadata, self._type_descs = metadata, types

    def is_general(self, nsn: str) -> bool:
        """Whether the region's general pattern matches, whatever lengths it names."""
        return self._any_length.fullmatch(nsn) is not None

    def behind_its_code(self, digits: str) -> str | None:
        """The national number behind the country code, where only mobiles are so long.

        Such digits may be a landline's as well, as 491711234567 one of Leer: nobody means it.
        """
        nsn = digits.removeprefix(self.country_code)
        if nsn == digits or not self.is_valid(digits):
            return None
        length = len(nsn)
        return nsn if self._mobiles[length].fullmatch(nsn) is not None else None

    def is_plain(self, nsn: str) -> bool:
        """Whether the region's main plan makes this number of nothing else but itself.

        It is valid, and its start is neither zero nor what a prefix could be. False says nothing.
        """
        length = len(nsn)
        pattern = self._plain.get(length)
        if pattern is None:
            pattern = self._plain[length] = _plain(self._metadata, self._type_descs, length)
        return pattern.fullmatch(nsn) is not None

    def is_valid(self, nsn: str) -> bool:
        """Whether some type of number of this region matches."""
        length = len(nsn)
        if length > _LONGEST_NSN or not self._general[length].fullmatch(nsn):
            return False
        return self._types[length].fullmatch(nsn) is not None


def _plain(
    metadata: PhoneMetadata, types: Sequence[PhoneNumberDesc | None], length: int
) -> re.Pattern[str]:
    """What `certain` asks of a number without a prefix, as one pattern: a third of its time."""
    general = metadata.general_desc
    if general is None or not _may_have(general, length) or metadata.leading_digits:
        return _NEVER
    possible = [d.national_number_pattern or "" for d in types if d and _may_have(d, length)]
    prefixes = (metadata.international_prefix, metadata.national_prefix_for_parsing)
    starts = "|".join(["0", *(f"(?:{p})" for p in prefixes if p)])
    return re.compile(
        rf"(?!{starts})(?=(?:{general.national_number_pattern})\Z)(?:{_union(possible).pattern})"
    )


def _by_length(descs: Sequence[PhoneNumberDesc | None]) -> list[re.Pattern[str]]:
    """For each length one pattern: those of `descs` for which that length is possible."""
    return [
        _union([d.national_number_pattern or "" for d in descs if d and _may_have(d, length)])
        for length in range(_LONGEST_NSN + 1)
    ]


def _may_have(desc: PhoneNumberDesc, length: int) -> bool:
    return bool(desc.national_number_pattern) and (
        not desc.possible_length or length in desc.possible_length
    )


def _union(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in dict.fromkeys(patterns)) or "(?!)")


@lru_cache(maxsize=512)
def plan_of(region: str) -> Plan | None:
    """The plan of a region such as "CN"; None when there is no such region."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    return Plan(metadata) if metadata else None


@lru_cache(maxsize=512)
def plans_of_code(country_code: str) -> tuple[Plan, ...]:
    """The plans that share a country calling code, the main one first."""
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(country_code), ())
    return tuple(plan for plan in map(plan_of, regions) if plan is not None)


def certain(digits: str, home: Plan | None) -> str | None:
    """E.164 of a number of ASCII digits, or of a plus sign and digits, where there is no doubt."""
    if digits.startswith("+"):
        return _international(digits[1:])
    if home is None:
        return None
    if home.is_plain(digits) and plans_of_code(home.country_code)[0] is home:
        return f"+{home.country_code}{digits}"
    if home.idd.match(digits):
        return None
    return _national(digits, home)


def _international(digits: str) -> str | None:
    if digits.startswith("0"):  # no country code does
        return None
    for length in (1, 2, 3):
        plans = plans_of_code(digits[:length])
        if plans:
            return _written_plainly(digits[length:], plans)
    return None


def _national(digits: str, home: Plan) -> str | None:
    plans = plans_of_code(home.country_code)
    if home.is_general(digits):
        # As it stands, or behind the national prefix where the general pattern takes that too.
        return _written_plainly(digits, plans)
    if digits.startswith(home.country_code):
        rest = digits[len(home.country_code) :]
        return _written_plainly(rest, plans) if home.is_general(rest) else None
    prefix = home.prefixes.match(digits)
    if prefix and prefix.group() == home.national_prefix and not _captures(prefix):
        # A length that home does not know keeps its prefix, whatever the main region's plan says.
        rest = digits[prefix.end() :]
        return _written_plainly(rest, plans) if home.is_general(rest) else None
    return None


def _captures(match: re.Match[str]) -> bool:
    """Whether the prefix carries more than itself: a carrier code, or digits to be moved."""
    return any(group is not None for group in match.groups())


def _written_plainly(nsn: str, plans: tuple[Plan, ...]) -> str | None:
    """E.164 when `nsn` is valid and nothing at its start could be taken for a prefix."""
    main = plans[0]
    if nsn.startswith("0") or main.prefixes.match(nsn):
        return None
    for plan in plans:
        if plan.leading is None:
            if plan.is_valid(nsn):
                return f"+{main.country_code}{nsn}"
        elif plan.leading.match(nsn):
            return f"+{main.country_code}{nsn}" if plan.is_valid(nsn) else None
    return None
