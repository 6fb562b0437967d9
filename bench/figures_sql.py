"""Questions three times: as the product is asked, for DuckDB over its files, for SQLite.

The last two are what one would write by hand: no more than what is asked, on the indexes there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

#: Of China, all year round.
_AHEAD_S = 8 * 3600
#: The year ends before the first of December 2026, and begins with that of 2025, there.
_YEAR_BEGAN, _ENDED = 1_764_518_400, 1_796_054_400
_LEDGER_BEGAN, _DAY_BEGAN = _ENDED - 30 * 86_400, _ENDED - 86_400


class Query(Struct, frozen=True, kw_only=True):
    """`of_duck`: at most so many times bare DuckDB; `of_sqlite`: at least so many times faster."""

    name: str
    figures: Sequence[str]
    by: Sequence[str]
    duck: str
    sqlite: str
    days: int = 365
    where: Mapping[str, Sequence[str]] = {}
    of_duck: float | None = None
    of_sqlite: float | None = None
    seconds: float | None = None


def _duck(keys: str, cells: str, since: int, where: str = "") -> str:
    count = len(keys.split(", "))
    groups = ", ".join(str(n + 1) for n in range(count))
    return (
        f"SELECT {keys}, {cells} FROM calls WHERE placed_ms >= {since}000 "
        f"AND placed_ms < {_ENDED}000 {where} GROUP BY {groups}"
    )


def _sqlite(keys: str, cells: str, since: int, where: str = "", of: str = "attempts a") -> str:
    count = len(keys.split(" | "))
    groups = ", ".join(str(n + 1) for n in range(count))
    return (
        f"SELECT {keys.replace(' | ', ', ')}, {cells} FROM {of} WHERE a.placed_at >= {since} "
        f"AND a.placed_at < {_ENDED} AND a.ended_at IS NOT NULL {where} GROUP BY {groups}"
    )


_DATE_DUCK = f"CAST((placed_ms + {_AHEAD_S}000) // 86400000 AS INTEGER)"
_MONTH_DUCK = f"strftime(DATE '1970-01-01' + {_DATE_DUCK}, '%Y-%m')"
_DAY_DUCK = _MONTH_DUCK.replace("%Y-%m", "%Y-%m-%d")
_MONTH = f"strftime('%Y-%m', a.placed_at + {_AHEAD_S}, 'unixepoch')"
_DAY = f"strftime('%Y-%m-%d', a.placed_at + {_AHEAD_S}, 'unixepoch')"
_WITH_CAMPAIGN = "attempts a JOIN campaigns c ON c.id = a.campaign_id"

YEAR = Query(
    name="the year by month and squad, 8 figures",
    figures=[
        "dials", "connect_rate", "contacts", "contact_rate", "talk", "sales_calls", "abandon_rate",
        "wrap_avg",
    ],
    by=["month", "squad"],
    duck=_duck(
        f"{_MONTH_DUCK.replace(', ', ',')}, squad",
        "count(*), count(*) FILTER (answered_by = 'human'), count(connected_ms), "
        "sum(talk_ms) FILTER (connected_ms IS NOT NULL), "
        "count(*) FILTER (result_group = 'sale'), count(*) FILTER (outcome = 'abandoned'), "
        "sum(wrapup_ms) FILTER (connected_ms IS NOT NULL)",
        _YEAR_BEGAN,
    ),
    sqlite=_sqlite(
        f"{_MONTH} | a.squad",
        "count(*), sum(a.answered_by = 'human'), count(a.connected_at), sum(a.talk_seconds), "
        "sum(a.result_group = 'sale'), sum(a.outcome = 'abandoned'), sum(a.wrapup_seconds)",
        _YEAR_BEGAN,
    ),
    of_duck=1.5,
    of_sqlite=15,
)  # fmt: skip
LEDGER = Query(
    name="abandoned by campaign and day, 30 days",
    figures=["abandons", "human_answers", "abandon_rate"],
    by=["campaign", "day"],
    days=30,
    duck=_duck(
        f"campaign, {_DAY_DUCK.replace(', ', ',')}",
        "count(*) FILTER (outcome = 'abandoned'), count(*) FILTER (answered_by = 'human')",
        _LEDGER_BEGAN,
    ),
    sqlite=_sqlite(
        f"c.name | {_DAY}",
        "sum(a.outcome = 'abandoned'), sum(a.answered_by = 'human')",
        _LEDGER_BEGAN,
        of=_WITH_CAMPAIGN,
    ),
    of_duck=1.5,
    of_sqlite=40,
)
LISTS = Query(
    name="lists of a year, dials and sales",
    figures=["dials", "contacts", "sales_calls", "call_close_rate"],
    by=["campaign", "list"],
    duck=_duck(
        "campaign, list",
        "count(*), count(connected_ms), count(*) FILTER (result_group = 'sale')",
        _YEAR_BEGAN,
    ),
    sqlite=_sqlite(
        "c.name | a.list_name",
        "count(*), count(a.connected_at), sum(a.result_group = 'sale')",
        _YEAR_BEGAN,
        of=_WITH_CAMPAIGN,
    ),
    of_duck=1.5,
    of_sqlite=50,
)
MEDIANS = Query(
    name="median, p90, different leads by month and campaign",
    figures=["median_talk", "p90_talk", "leads_dialed"],
    by=["month", "campaign"],
    duck=_duck(
        f"{_MONTH_DUCK.replace(', ', ',')}, campaign",
        "quantile_disc(talk_ms, 0.5) FILTER (connected_ms IS NOT NULL), "
        "quantile_disc(talk_ms, 0.9) FILTER (connected_ms IS NOT NULL), count(DISTINCT lead)",
        _YEAR_BEGAN,
    ),
    sqlite=(
        "WITH t AS (SELECT m, name, talk, row_number() OVER w AS n, count(*) OVER "
        f"(PARTITION BY m, name) AS c FROM (SELECT {_MONTH} AS m, c.name AS name, "
        f"CAST(a.talk_seconds * 1000 + 0.5 AS INTEGER) AS talk FROM {_WITH_CAMPAIGN} "
        f"WHERE a.placed_at >= {_YEAR_BEGAN} AND a.placed_at < {_ENDED} "
        "AND a.connected_at IS NOT NULL) WINDOW w AS (PARTITION BY m, name ORDER BY talk)), "
        f"d AS (SELECT {_MONTH} AS m, c.name AS name, count(DISTINCT a.lead_id) AS leads "
        f"FROM {_WITH_CAMPAIGN} WHERE a.placed_at >= {_YEAR_BEGAN} AND a.placed_at < {_ENDED} "
        "GROUP BY 1, 2) "
        "SELECT m, name, max(talk) FILTER (WHERE n = (c + 1) / 2) / 1000.0, "
        "max(talk) FILTER (WHERE n = (c * 9 + 9) / 10) / 1000.0, leads "
        "FROM t JOIN d USING (m, name) GROUP BY m, name"
    ),
    of_duck=1.5,
    of_sqlite=7,
)
DAY = Query(
    name="a day of a campaign by hour and outcome",
    figures=["dials"],
    by=["hour", "outcome"],
    days=1,
    where={"campaign": ["green-power"]},
    duck=_duck(
        f"(placed_ms + {_AHEAD_S}000) % 86400000 // 3600000, outcome",
        "count(*)",
        _DAY_BEGAN,
        "AND campaign = 'green-power'",
    ),
    sqlite=_sqlite(
        f"CAST((a.placed_at + {_AHEAD_S}) % 86400 / 3600 AS INTEGER) | a.outcome",
        "count(*)",
        _DAY_BEGAN,
        "AND c.name = 'green-power'",
        of=_WITH_CAMPAIGN,
    ),
    seconds=0.03,
)
