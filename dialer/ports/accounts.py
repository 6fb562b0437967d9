"""People who may log in, what they may do, and where they belong: records and repositories.

What a repository changes it notes in the audit log in the same transaction, with the entry that it
is given. Hashes and secrets never go into an entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct

from dialer.ports.audit import AuditEntry
from dialer.ports.phones import IssuedPhones
from dialer.words import Language, Scope


class Role(Struct, frozen=True, kw_only=True):
    name: str
    title: str
    permissions: frozenset[str]
    scope: Scope


class Account(Struct, frozen=True, kw_only=True):
    """Who may log in. `password`, `totp` and `recovery` are hashed or sealed: never shown."""

    id: str
    name: str  # unique, lower case: what the person types
    full_name: str = ""
    role: str
    agent: str | None = None  # the rep this person is; at most one account each
    enabled: bool = True
    password: str  # argon2id, in its own notation
    must_change: bool = False  # the password was given by someone else
    totp: str | None = None  # sealed; None: no second factor
    totp_confirmed: bool = False
    totp_step: int = 0  # the newest time step a code was taken for: no code works twice
    recovery: tuple[str, ...] = ()  # digests of codes not yet used
    created_at: float
    last_login_at: float | None = None
    email: str = ""  # where mail for the person goes; empty: nowhere
    language: Language | None = None  # of mail; None: of whoever has it sent


class AccountSession(Struct, frozen=True, kw_only=True):
    """A browser that is logged in. `token` is the digest of what its cookie holds."""

    id: str
    account_id: str
    token: str
    created_at: float
    seen_at: float
    expires_at: float
    address: str = ""


class ApiToken(Struct, frozen=True, kw_only=True):
    """A program's key. `token` is the digest of what was shown once."""

    id: str
    account_id: str  # it can do no more than its owner can
    name: str
    token: str
    scopes: frozenset[str]  # permissions
    created_at: float
    expires_at: float
    last_used_at: float | None = None
    revoked_at: float | None = None


class Team(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    pools: tuple[str, ...] = ()  # where it works; "*": in every pool


class Squad(Struct, frozen=True, kw_only=True):
    id: str
    team_id: str
    name: str


class Member(Struct, frozen=True, kw_only=True):
    """Where an account belongs. Without a squad: to the whole team, as its lead does."""

    account_id: str
    team_id: str
    squad_id: str | None = None


class Placed(Struct, frozen=True, kw_only=True):
    """A rep, and where the rep's account belongs, if there is one."""

    agent: str
    pool: str
    team_id: str | None = None
    squad_id: str | None = None


class Standing(Struct, frozen=True, kw_only=True):
    """What decides whose data an account sees."""

    member: Member | None
    team: Team | None
    placed: Sequence[Placed]


class Accounts(Protocol):
    async def add(self, account: Account, entry: AuditEntry) -> None:
        """Raises AlreadyExistsError when the name, or the rep, has an account."""

    async def change(self, account_id: str, entry: AuditEntry | None, **fields: Any) -> Account:
        """Set these fields of `Account`. Raises NotFoundError, AlreadyExistsError."""

    async def get(self, account_id: str) -> Account | None: ...
    async def by_name(self, name: str) -> Account | None: ...
    async def list(self) -> Sequence[Account]: ...

    async def use_step(self, account_id: str, step: int, *, latest: int) -> bool:
        """Take a time step of a second factor; False when it, or a later one, was taken.

        One after `latest` was taken while the clock was ahead, and counts for nothing.
        """

    async def use_recovery(self, account_id: str, digest: str, entry: AuditEntry) -> bool:
        """Take a recovery code; False when there is none such (any more)."""


class AccountSessions(Protocol):
    async def add(self, session: AccountSession) -> None: ...

    async def find(self, token: str) -> tuple[AccountSession, Account] | None:
        """By the digest of the cookie."""

    async def touch(self, session_id: str, *, seen_at: float, expires_at: float) -> None: ...
    async def of_account(self, account_id: str) -> Sequence[AccountSession]: ...
    async def end(self, session_id: str) -> bool: ...

    async def end_all(self, account_id: str, *, but: str | None = None) -> int:
        """End every session of an account, but that with the id `but`; how many."""

    async def sweep(self, *, now: float, idle_since: float) -> int:
        """Forget those over, and those not seen since `idle_since`; how many."""


class ApiTokens(Protocol):
    async def add(self, token: ApiToken, entry: AuditEntry) -> None: ...

    async def find(self, token: str) -> tuple[ApiToken, Account] | None:
        """By the digest of what the program sent."""

    async def get(self, token_id: str) -> ApiToken | None: ...
    async def list(self, *, account_id: str | None = None) -> Sequence[ApiToken]: ...
    async def touch(self, token_id: str, *, used_at: float) -> None: ...

    async def revoke(self, token_id: str, entry: AuditEntry) -> bool:
        """At the entry's time; False when it was before, or never was."""


class Roles(Protocol):
    """Roles of one's own; those that come with the program are not here."""

    async def put(self, role: Role, entry: AuditEntry) -> None: ...
    async def get(self, name: str) -> Role | None: ...
    async def list(self) -> Sequence[Role]: ...
    async def remove(self, name: str, entry: AuditEntry) -> bool: ...


class Teams(Protocol):
    async def add(self, team: Team, entry: AuditEntry) -> None:
        """Raises AlreadyExistsError."""

    async def change(self, team: Team, entry: AuditEntry) -> None:
        """Raises NotFoundError, AlreadyExistsError."""

    async def remove(self, team_id: str, entry: AuditEntry) -> bool:
        """With its squads. Raises AlreadyExistsError while somebody belongs to it."""

    async def list(self) -> Sequence[Team]: ...

    async def add_squad(self, squad: Squad, entry: AuditEntry) -> None:
        """Raises NotFoundError without such a team, AlreadyExistsError."""

    async def rename_squad(self, squad_id: str, name: str, entry: AuditEntry) -> None:
        """Raises NotFoundError, AlreadyExistsError."""

    async def remove_squad(self, squad_id: str, entry: AuditEntry) -> bool:
        """Raises AlreadyExistsError while somebody belongs to it."""

    async def squads(self) -> Sequence[Squad]: ...

    async def place(self, member: Member, entry: AuditEntry) -> None:
        """Put an account where it belongs now. Raises NotFoundError."""

    async def unplace(self, account_id: str, entry: AuditEntry) -> bool: ...
    async def members(self) -> Sequence[Member]: ...
    async def standing(self, account_id: str) -> Standing: ...


class AccountStore(Protocol):
    """The part of the store that is about people who log in."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def account_sessions(self) -> AccountSessions: ...
    @property
    def api_tokens(self) -> ApiTokens: ...
    @property
    def roles(self) -> Roles: ...
    @property
    def teams(self) -> Teams: ...
    @property
    def issued_phones(self) -> IssuedPhones: ...
