"""The year before the demo's own day: its reps and more, in squads, with calls and times."""

from __future__ import annotations

from datetime import datetime, timedelta

from dialer.asterisk.demo_network import rep_names
from dialer.demo.people import TEAM, add_reps, add_squads
from dialer.demo.stage import POOL, DemoOptions
from dialer.demo.year.fill import Filled, fill_year
from dialer.demo.year.plan import SQUADS, ZONE, YearPlan
from dialer.store.database import open_database
from dialer.store.sql_store import open_store
from dialer.zonedata import zone_named

REPS = 55


async def year_before(url: str, options: DemoOptions) -> Filled:
    """Into the store at `url`, up to yesterday. Raises HasCallsError."""
    yesterday = datetime.now(zone_named(ZONE)).date() - timedelta(days=1)
    codes = rep_names(REPS)
    plan = YearPlan(reps=codes, last=yesterday, calls=options.year, seed=options.seed)
    store, database = await open_store(url), open_database(url)
    try:
        filled = await fill_year(store, database, plan, pool=POOL, team=TEAM)
        await add_reps(store, codes, POOL)
        await add_squads(store, SQUADS)
        return filled
    finally:
        await database.close()
        await store.close()
