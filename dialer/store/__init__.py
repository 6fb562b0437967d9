"""Everything the dialer keeps, in SQLite or PostgreSQL: `open_store(url)`."""

from __future__ import annotations

from dialer.store.migrate import current, head, migrate, standing
from dialer.store.sql_store import SqlStore, open_store

__all__ = ["SqlStore", "current", "head", "migrate", "open_store", "standing"]
