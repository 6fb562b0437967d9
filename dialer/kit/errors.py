"""Why something was not done: said by features, told by HTTP, command line and screens alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from dialer.kit.faults import Fact, Fault
from dialer.ports.control import Refusal


class Kind(Enum):
    """What sort of no it is. The edges make statuses of it, of HTTP and of a process."""

    NOBODY = "nobody"  # who asks has not said who they are
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"  # not as things are now
    INVALID = "invalid"  # not as it was asked
    TOO_LARGE = "too large"
    TOO_MANY = "too many"
    BROKEN = "broken"  # a fault of ours, or of the machine's
    NOT_NOW = "not now"  # worth asking again soon


class Refused(Exception):  # noqa: N818  (a refusal is no fault of the program)
    """`slug` never changes its meaning; `facts` are what its words in every language speak of, and
    `detail` is those words in English: what is wrong and what to do.
    """

    def __init__(
        self,
        kind: Kind,
        slug: str,
        detail: str,
        errors: Sequence[str] = (),
        facts: Mapping[str, Fact] | None = None,
        *,
        again_in_s: int | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.slug = slug
        self.detail = detail
        self.errors = list(errors)
        self.facts = dict(facts or {})
        self.again_in_s = again_in_s
        #: What is wrong with which field: shown there.
        self.faults = list(faults)


def not_found(what: str, name: str) -> Refused:
    facts = {"name": name}
    return Refused(Kind.MISSING, f"no-such-{what}", f"there is no {what} {name!r}", facts=facts)


def conflict(slug: str, detail: str, **facts: Fact) -> Refused:
    return Refused(Kind.CONFLICT, slug, detail, facts=facts)


def bad_request(slug: str, detail: str, errors: Sequence[str] = (), **facts: Fact) -> Refused:
    return Refused(Kind.INVALID, slug, detail, errors, facts)


def faulty(faults: Sequence[Fault], kind: Kind = Kind.INVALID) -> Refused:
    """Fields of the body that are not as they must be."""
    lines = [it.line for it in faults]
    detail = lines[0] if len(lines) == 1 else f"{len(lines)} things are wrong"
    return Refused(kind, "invalid-request", detail, lines, faults=faults)


def forbidden(slug: str, detail: str, errors: Sequence[str] = (), **facts: Fact) -> Refused:
    return Refused(Kind.FORBIDDEN, slug, detail, errors, facts)


def unless(refusal: Refusal | None) -> None:
    """Raise a refusal of the engine; nothing when it did as told."""
    if refusal is not None:
        is_unknown = refusal.slug.startswith(("no-such-", "unknown-"))
        kind = Kind.MISSING if is_unknown else Kind.CONFLICT
        raise Refused(kind, refusal.slug, refusal.message)
