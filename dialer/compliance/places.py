"""Where inside a country a number is, for countries whose regions live by different clocks.

By the national numbering plans, whose area codes are those of regions: the metadata of
`phonenumbers` names neighbours' zones for some of them, or one zone where several are possible.
Only what a plan settles stands here. A prefix with several zones may be in any of them; what is not
here is told by `phonenumbers` for landlines, and may be anywhere in the country for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

#: Countries with one legal clock for which the database of zones has several: Xinjiang's own time
#: is not the law's, and telephones of the Crimea with +380 are Ukraine's.
ONE_CLOCK = {"CN": ("Asia/Shanghai",), "UA": ("Europe/Kyiv",)}
#: Regions of numbering plans that are no countries, so that zone.tab has none for them.
NOT_COUNTRIES = {
    "AC": ("Atlantic/St_Helena",),
    "TA": ("Atlantic/St_Helena",),
    "XK": ("Europe/Belgrade",),
}

_Regions = Mapping[str, str]  # zones, several with a blank between: prefixes, as many

# Rossvyaz, ABC codes of the regions; their clocks by federal law 107-FZ. Yakutia has three.
_RUSSIA: _Regions = {
    "Europe/Kaliningrad": "401",
    "Europe/Moscow": (
        "471 472 473 474 475 481 482 483 484 485 486 487 491 492 493 494 495 496 498 499 811 812 "
        "813 814 815 816 817 818 820 821 831 834 835 836 840 841 843 847 855 856 857 860 861 862 "
        "863 865 866 867 871 872 873 877 878 879 940"
    ),
    "Europe/Kirov": "833",
    "Europe/Volgograd": "844",
    "Europe/Simferopol": "365 869",
    "Europe/Samara": "341 846 848",
    "Europe/Saratov": "845",
    "Europe/Ulyanovsk": "842",
    "Europe/Astrakhan": "851",
    "Asia/Yekaterinburg": "342 343 345 346 347 349 351 352 353",
    "Asia/Omsk": "381",
    "Asia/Tomsk": "382",
    "Asia/Novosibirsk": "383",
    "Asia/Novokuznetsk": "384",
    "Asia/Barnaul": "385 388",
    "Asia/Krasnoyarsk": "390 391 394",
    "Asia/Irkutsk": "301 395",
    "Asia/Chita": "302",
    "Asia/Yakutsk": "4112 416",
    "Asia/Yakutsk Asia/Ust-Nera Asia/Srednekolymsk": "411",
    "Asia/Vladivostok": "421 423 426",
    "Asia/Magadan": "413",
    "Asia/Sakhalin": "424",
    "Asia/Kamchatka": "415",
    "Asia/Anadyr": "427",
    "Asia/Qyzylorda": "336",  # Baikonur
}
# Anatel, codes of areas (DDD), of mobiles too. Amazonas west of Tefe is an hour behind Manaus.
_BRAZIL: _Regions = {
    "America/Sao_Paulo": (
        "11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 "
        "51 53 54 55 61 62 64"
    ),
    "America/Araguaina": "63",
    "America/Cuiaba": "65 66",
    "America/Campo_Grande": "67",
    "America/Rio_Branco": "68",
    "America/Porto_Velho": "69",
    "America/Bahia": "71 73 74 75 77",
    "America/Maceio": "79 82",
    "America/Recife": "81 87",
    "America/Noronha": "813619",
    "America/Fortaleza": "83 84 85 86 88 89 98 99",
    "America/Belem": "91 94 96",
    "America/Manaus": "92",
    "America/Santarem": "93",
    "America/Boa_Vista": "95",
    "America/Manaus America/Eirunepe": "97",
}
# IFT, area codes, of mobiles too. Clocks by the law on time zones of 2022: Chihuahua keeps
# Mexico's but for the municipalities on the border, which keep those of the United States.
_MEXICO: _Regions = {
    "America/Chihuahua": "614 621 625 627 628 629 635 639 648 649 652 657 659",
    "America/Chihuahua America/Ciudad_Juarez": "636",
    "America/Ciudad_Juarez": "656",
    "America/Ojinaga": "626",
    "America/Matamoros": "862 867 868 877 878 891 894 897 899",
    "America/Monterrey America/Matamoros": "869 873 892",
    "America/Hermosillo": "622 623 631 632 633 634 637 638 641 642 643 644 645 647 651 653 662",
    "America/Tijuana": "616 646 658 661 663 664 665 686",
    "America/Cancun": "983 984 987 998",
}
# ACMA, geographic numbers by charging district. Tweed Heads (New South Wales) shares the Gold
# Coast's numbers; Broken Hill (08 80) keeps Adelaide's clock; 08 5 is all over the west and centre.
_TWEED = (
    "75506 75507 75508 75513 75518 7552 75530 75533 75534 75535 75536 75551 75559 75565 75566 "
    "75568 75569 75576 75586 75587 75589 75590 75593 75598 75599 756"
)
_AUSTRALIA: _Regions = {
    "Australia/Brisbane": "7",
    "Australia/Brisbane Australia/Sydney": _TWEED,
    "Australia/Adelaide Australia/Darwin Australia/Perth": "85",
    "Australia/Perth": "86 89",
    "Australia/Perth Australia/Eucla": "890393 890395",
    "Australia/Adelaide": "87 88",
    "Australia/Adelaide Australia/Darwin": "879",
    "Australia/Darwin": "889",
    "Indian/Christmas": "89164",
    "Indian/Cocos": "89162",
}
# Canadian Numbering Administrator, exchanges (NPA-NXX). The overlays of British Columbia are given
# out all over it; what of 867 is not here may be in any of the three territories.
_TERRITORIES = (
    "America/Whitehorse America/Inuvik America/Edmonton America/Cambridge_Bay "
    "America/Rankin_Inlet America/Resolute America/Iqaluit America/Atikokan"
)
_CANADA: _Regions = {
    "America/Dawson_Creek": (
        "250242 250261 250262 250263 250719 250782 250784 250785 250787 250788"
    ),
    "America/Fort_Nelson": "250774",
    "America/Creston": "250428",
    "America/Edmonton": (
        "250343 250345 250349 250865 867587 867669 867695 867766 867872 867873 867874 867920"
    ),
    "America/Vancouver America/Edmonton": "236 257 672 778",
    _TERRITORIES: "867",
    "America/Whitehorse": "867334 867393 867456 867536 867633 867667 867668 867993",
    "America/Inuvik": "867777",
    "America/Cambridge_Bay": "867360 867561 867769 867982 867983",
    "America/Rankin_Inlet": "867462 867645 867793 867857 867896 867898",
    "America/Resolute": "867252",
    "America/Atikokan": "867925 807597",
    "America/Iqaluit": (
        "867222 867266 867439 867473 867897 867899 867924 867927 867928 867934 867939 867975 "
        "867979 867980"
    ),
    "America/Halifax": "418937 418969 418985 418986",
    "America/Blanc-Sablon": "418461",
}
# Subtel: Aysen (67) and Magallanes (61) keep summer time; Easter Island has blocks of 32.
_CHILE: _Regions = {
    "America/Punta_Arenas": "61",
    "America/Coyhaique": "67",
    "Pacific/Easter": "322100 32255",
    "America/Santiago Pacific/Easter": "3221 3225",
    "America/Santiago": "2 32 33 34 35 41 42 43 45 51 52 53 55 57 58 63 64 65 71 72 73 75",
}
# CRC Mongolia: (1 or 2) + aimag; only Bayan-Olgii, Khovd and Uvs keep Khovd's clock.
_MONGOLIA: _Regions = {
    "Asia/Ulaanbaatar": "1 2",
    "Asia/Hovd": "142 143 145 242 243 245",
}
# ARPTC: Kasai (4), the Kivus and Maniema (6) are in the east; 5 is Mbandaka and Kisangani.
_CONGO: _Regions = {
    "Africa/Kinshasa": "1 3",
    "Africa/Lubumbashi": "2 4 6",
    "Africa/Kinshasa Africa/Lubumbashi": "5",
}

_BY_COUNTRY_CODE: Mapping[str, _Regions] = {
    "1": _CANADA,
    "7": _RUSSIA,
    "52": _MEXICO,
    "55": _BRAZIL,
    "56": _CHILE,
    "61": _AUSTRALIA,
    "243": _CONGO,
    "976": _MONGOLIA,
    # Pohnpei's and Kosrae's clock is one, Chuuk's and Yap's the other.
    "691": {
        "Pacific/Pohnpei": "32",
        "Pacific/Kosrae": "37",
        "Pacific/Chuuk": "33 35",
    },
    # Northern Cyprus has winter time, Turkey has not; its mobiles are parts of Turkish codes.
    "90": {
        "Asia/Famagusta": "392",
        "Europe/Istanbul Asia/Famagusta": "5338 5428 5488",
    },
    # Palestinian mobiles, also reached by Israel's code.
    "972": {"Asia/Jerusalem Asia/Gaza Asia/Hebron": "56 59"},
    # Abkhazia and South Ossetia keep Moscow's clock.
    "995": {"Asia/Tbilisi Europe/Moscow": "34 44"},
    # Who lives at Qaanaaq goes by the capital's clock, the base beside it does not.
    "299": {"America/Nuuk America/Thule": "97"},
    # The Marquesas and Gambier stand with the Tuamotus and Australs in 40 9.
    "689": {"Pacific/Tahiti Pacific/Marquesas Pacific/Gambier": "409"},
    # The North Island, New Guinea and the south: one clock but for the Chathams and Bougainville.
    "64": {"Pacific/Chatham": "3305", "Pacific/Auckland Pacific/Chatham": "330"},
    "675": {"Pacific/Port_Moresby Pacific/Bougainville": "9"},
}


def _prefixes() -> Iterator[tuple[str, tuple[str, ...]]]:
    for code, regions in _BY_COUNTRY_CODE.items():
        for zones, prefixes in regions.items():
            for prefix in prefixes.split():
                yield code + prefix, tuple(zones.split())


_ZONES: Mapping[str, tuple[str, ...]] = dict(_prefixes())
#: Area codes of +1 in which the zone goes by the exchange, the three digits behind them.
CODES_BY_EXCHANGE = frozenset(
    prefix[1:4] for prefix in _ZONES if prefix.startswith("1") and len(prefix) == len("1NPANXX")
)
_LONGEST = max(map(len, _ZONES))
_CODES = tuple(_BY_COUNTRY_CODE)


def zones_of_prefix(digits: str) -> tuple[str, ...]:
    """The zones of the longest prefix in the table; none where it has none.

    `digits`: a number with its country code, without the plus sign.
    """
    if not digits.startswith(_CODES):
        return ()
    for length in range(_LONGEST, 1, -1):
        if zones := _ZONES.get(digits[:length]):
            return zones
    return ()
