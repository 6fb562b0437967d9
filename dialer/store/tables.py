"""The tables. `migrations/` creates them; a test holds that the two agree.

Ids are text and sort by time, so primary keys grow at their end. Every index here is there for one
named query, because a million-row import pays for each.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.sql.type_api import TypeEngine

from dialer.far_end import DECLINED_CODES
from dialer.store.columns import JsonText, UnixTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# Ids and numbers compare by their bytes, on PostgreSQL too: import order is id order.
Key = Text().with_variant(Text(collation="C"), "postgresql")


def _id() -> Column[str]:
    return Column("id", Key, primary_key=True)


def _ref(name: str, target: str) -> Column[str]:
    return Column(name, Key, ForeignKey(target), nullable=False)


def _with_account() -> ForeignKey:
    return ForeignKey("accounts.id", ondelete="CASCADE")


def _must(name: str, type_: type[TypeEngine[Any]] | TypeEngine[Any]) -> Column[Any]:
    return Column(name, type_, nullable=False)


campaigns = Table(
    "campaigns",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _must("pool", Text),
    _must("state", Text),
    _must("settings", JsonText),
    _must("settings_version", Integer),
    _must("created_at", UnixTime),
)

leads = Table(
    "leads",
    metadata,
    _id(),
    _ref("campaign_id", "campaigns.id"),
    _must("list_name", Text),
    _must("state", Text),
    _must("priority", SmallInteger),
    _must("name", Text),
    Column("timezone", Text),
    Column("language", Text),
    Column("owner", Text),
    _must("custom", JsonText),
    _must("next_call_at", UnixTime),
    _must("attempts", Integer),
    Column("last_call_at", UnixTime),
    Column("claim_id", Text),
    Column("claimed_at", UnixTime),
    # What a lead that was over goes back to when a rep's own wish claimed it in vain.
    Column("was", Text),
    Column("import_id", Text),
    Column("import_row", Integer),
    CheckConstraint("priority BETWEEN 0 AND 99", name="priority"),
    sqlite_with_rowid=False,
)
# One index for all: what is due (per list, state, priority, in order), how many are in a state.
Index(
    "ix_leads_due",
    leads.c.campaign_id,
    leads.c.list_name,
    leads.c.state,
    leads.c.priority,
    leads.c.next_call_at,
    leads.c.id,
)

lead_numbers = Table(
    "lead_numbers",
    metadata,
    Column("lead_id", Key, ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    _must("campaign_id", Key),
    _must("number", Key),
    _must("kind", Text),
    _must("attempts", Integer),
    _must("dead", Boolean),
    # The callee declined once: one more call, then none.
    Column("declined", Boolean, nullable=False, server_default=false()),
    Column("extension", Text, nullable=False, server_default=""),
    # Two imports at once must not both put a person in; a switchboard's number has many.
    UniqueConstraint("campaign_id", "number", "extension"),
    sqlite_with_rowid=False,
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    _ref("campaign_id", "campaigns.id"),
    _must("lead_id", Key),
    _must("number", Key),
    _must("caller_id", Text),
    _must("trunk", Text),
    _must("node", Text),
    _must("placed_at", UnixTime),
    Column("ringing_at", UnixTime),
    Column("answered_at", UnixTime),
    Column("connected_at", UnixTime),
    Column("ended_at", UnixTime),
    Column("outcome", Text),
    Column("answered_by", Text),
    Column("agent", Text),
    Column("talk_seconds", Float),
    Column("wrapup_seconds", Float),
    Column("hangup_cause", Integer),
    Column("hangup_by", Text),
    Column("disposition", Text),
    Column("recording", Text),
    Column("mode", Text, nullable=False, server_default="auto"),
    # The rep for whom it was placed; None: for whoever is free.
    Column("for_agent", Key),
    # Why it does not count on its lead (trunk, switch, reset); None: it counts.
    Column("pardon", Text),
    # Of the far end's final answer to a call nobody answered.
    Column("sip_code", Integer),
    # What it was of when it ended, whatever becomes of lead and rep.
    Column("list_name", Text),
    Column("team", Text),
    Column("squad", Text),
    # Of the disposition, when it was given.
    Column("result_group", Text),
    # Why it was dialed: `dialer.ports.reasons`.
    Column("reasons", Text),
)
# Who declined, or was declined for: few of many.
_DECLINED = attempts.c.sip_code.in_(list(DECLINED_CODES))
Index(
    "ix_attempts_declined",
    attempts.c.ended_at,
    sqlite_where=_DECLINED,
    postgresql_where=_DECLINED,
)
# The gate: how often was this number dialed lately?
Index("ix_attempts_number", attempts.c.number, attempts.c.placed_at)
# Whoever remembers no more of a number than its last four digits.
Index(
    "ix_attempts_ending",
    text("substr(number, length(number) - 3)"),
    attempts.c.placed_at,
)
# Whoever looks for calls of some days: newest first, wherever they were placed.
Index("ix_attempts_placed", attempts.c.placed_at, attempts.c.id)
# Abandon windows and rates.
Index("ix_attempts_ended", attempts.c.campaign_id, attempts.c.ended_at)
# Reconciliation: a handful of rows, whatever the size of the table. And one person, one call: two
# processes must not both open an attempt on a number.
Index(
    "ix_attempts_open",
    attempts.c.number,
    unique=True,
    sqlite_where=attempts.c.ended_at.is_(None),
    postgresql_where=attempts.c.ended_at.is_(None),
)

# A lead's history.
Index("ix_attempts_lead", attempts.c.lead_id, attempts.c.id)
# A rep's last calls and the day's totals.
Index(
    "ix_attempts_agent",
    attempts.c.agent,
    attempts.c.id,
    sqlite_where=attempts.c.agent.is_not(None),
    postgresql_where=attempts.c.agent.is_not(None),
)
Index(
    "ix_attempts_for_agent",
    attempts.c.for_agent,
    attempts.c.id,
    sqlite_where=attempts.c.for_agent.is_not(None),
    postgresql_where=attempts.c.for_agent.is_not(None),
)

notes = Table(
    "notes",
    metadata,
    _id(),
    _must("lead_id", Key),
    Column("attempt_id", Key),
    _must("at", UnixTime),
    _must("who", Text),
    _must("text", Text),
    _must("kind", Text),
)
Index("ix_notes_lead", notes.c.lead_id, notes.c.id)

callbacks = Table(
    "callbacks",
    metadata,
    _id(),
    _ref("campaign_id", "campaigns.id"),
    Column("lead_id", Key, nullable=False, index=True),
    Column("attempt_id", Key),
    _must("made_by", Key),
    Column("owner", Key),
    _must("due_at", UnixTime),
    _must("created_at", UnixTime),
    _must("try_at", UnixTime),
    _must("why", Text),
    Column("result", Text),
    Column("outcome", Text),
    Column("dialed_as", Key),
    Column("done_at", UnixTime),
)
# What is due, and what a rep has before him: those to come are few.
Index(
    "ix_callbacks_to_come",
    callbacks.c.try_at,
    sqlite_where=callbacks.c.result.is_(None),
    postgresql_where=callbacks.c.result.is_(None),
)

work_times = Table(
    "work_times",
    metadata,
    _id(),
    _must("agent_id", Key),
    _must("pool", Text),
    _must("state", Text),
    _must("reason", Text),
    _must("began_at", UnixTime),
    _must("ended_at", UnixTime),
    # Whose the rep was then.
    Column("team", Text),
    Column("squad", Text),
)
# Everybody's day.
Index("ix_work_times_ended", work_times.c.ended_at)
# A rep's day.
Index("ix_work_times_agent", work_times.c.agent_id, work_times.c.ended_at)

mishaps = Table(
    "mishaps",
    metadata,
    _id(),
    _must("at", UnixTime),
    _must("agent_id", Key),
    _must("attempt_id", Key),
    _must("slug", Text),
    _must("figures", JsonText),
)
Index("ix_mishaps_agent", mishaps.c.agent_id, mishaps.c.id)

call_steps = Table(
    "call_steps",
    metadata,
    _id(),
    _must("attempt_id", Key),
    _must("at", UnixTime),
    _must("what", Text),
    _must("agent", Text),
    _must("label", Text),
)
Index("ix_call_steps_attempt", call_steps.c.attempt_id, call_steps.c.id)

agents = Table(
    "agents",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _must("endpoint", Text),
    _must("pool", Text),
    _must("skills", JsonText),
    _must("language", Text),
    _must("enabled", Boolean),
    Column("weight", Float, nullable=False, server_default="1"),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("agent_id", Key, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    _must("pool", Text),
    _must("logged_in_at", UnixTime),
    _must("state", Text),
    _must("state_at", UnixTime),
    _must("reason", Text),
    _must("node", Text),
    _must("leg", Text),
)

dnc = Table(
    "dnc",
    metadata,
    Column("number", Key, primary_key=True),
    _must("reason", Text),
    _must("source", Text),
    _must("added_at", UnixTime),
    Column("expires_at", UnixTime),
    sqlite_with_rowid=False,
)

dnc_changes = Table(
    "dnc_changes",
    metadata,
    _id(),
    _must("at", UnixTime),
    _must("who", Text),
    _must("what", Text),
    _must("reason", Text),
    _must("count", Integer),
    Column("undone_at", UnixTime),
    Column("undone_by", Text),
)

# What each number was before a change; `was_listed` false: not on the list. `wished`: somebody has
# asked since that the number be on it.
dnc_change_items = Table(
    "dnc_change_items",
    metadata,
    Column("change_id", Key, ForeignKey("dnc_changes.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Key, primary_key=True, index=True),
    _must("was_listed", Boolean),
    _must("reason", Text),
    _must("source", Text),
    _must("added_at", UnixTime),
    Column("expires_at", UnixTime),
    _must("wished", Boolean),
    sqlite_with_rowid=False,
)

recordings = Table(
    "recordings",
    metadata,
    _id(),
    Column("attempt_id", Key, nullable=False, index=True),
    _must("path", Text),
    _must("state", Text),
    _must("created_at", UnixTime),
    Column("seconds", Float),
    Column("bytes", BigInteger),
    Column("sha256", Text),
    Column("codec", Text),
)
# The encoder's queue.
Index("ix_recordings_state", recordings.c.state, recordings.c.id)

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    _must("at", UnixTime),
    _must("who", Text),
    _must("what", Text),
    Column("subject", Text, nullable=False, index=True),
    Column("before", JsonText),
    Column("after", JsonText),
    # The entry of the erasure that took a person out of this row: no other change is possible.
    Column("erased_by", Key),
)

# A rep has at most one account: whose "own" calls they are must not be in doubt.
accounts = Table(
    "accounts",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _must("full_name", Text),
    Column("email", Text, nullable=False, server_default=""),
    Column("language", Text),
    _must("role", Text),
    Column("agent", Key, unique=True),
    _must("enabled", Boolean),
    _must("password", Text),
    _must("must_change", Boolean),
    Column("totp", Text),
    _must("totp_confirmed", Boolean),
    _must("totp_step", BigInteger),
    _must("recovery", JsonText),
    _must("created_at", UnixTime),
    Column("last_login_at", UnixTime),
)

account_sessions = Table(
    "account_sessions",
    metadata,
    _id(),
    Column("account_id", Key, _with_account(), nullable=False, index=True),
    Column("token", Key, nullable=False, unique=True),
    _must("created_at", UnixTime),
    _must("seen_at", UnixTime),
    _must("expires_at", UnixTime),
    _must("address", Text),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    _id(),
    _ref("account_id", "accounts.id"),
    _must("name", Text),
    Column("token", Key, nullable=False, unique=True),
    _must("scopes", JsonText),
    _must("created_at", UnixTime),
    _must("expires_at", UnixTime),
    Column("last_used_at", UnixTime),
    Column("revoked_at", UnixTime),
)

roles = Table(
    "roles",
    metadata,
    Column("name", Key, primary_key=True),
    _must("title", Text),
    _must("permissions", JsonText),
    _must("scope", Text),
)

teams = Table(
    "teams",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _must("pools", JsonText),
)

squads = Table(
    "squads",
    metadata,
    _id(),
    _ref("team_id", "teams.id"),
    _must("name", Text),
    UniqueConstraint("team_id", "name"),
)

members = Table(
    "members",
    metadata,
    Column("account_id", Key, _with_account(), primary_key=True),
    _ref("team_id", "teams.id"),
    Column("squad_id", Key, ForeignKey("squads.id")),
)

# No foreign key: a session that ended must be seen to have ended, so that its password is taken
# back from the switch.
issued_phones = Table(
    "issued_phones",
    metadata,
    Column("endpoint", Key, primary_key=True),
    _must("kind", Text),
    Column("session", Key, index=True),
    _must("who", Text),
    _must("issued_at", UnixTime),
    _must("expires_at", UnixTime),
)

# Which engine works with this database, and how often it has said so.
holders = Table(
    "holders",
    metadata,
    Column("name", Key, primary_key=True),
    _must("token", Text),
    _must("holder", Text),
    _must("beat", BigInteger),
)
