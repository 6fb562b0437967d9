"""A job that failed."""

from __future__ import annotations


class Failure(Exception):  # noqa: N818  (it is what the command line reports, not an error in it)
    """Why the job failed and what to do, in one line: printed on stderr, exit status 1."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


#: What to do about a problem at a terminal, by the problem's slug.
REMEDIES = {
    "no-such-team": "'dialer team list' shows those there are, 'dialer team add NAME' makes one",
    "no-such-squad": "'dialer team list' shows those there are, "
    "'dialer team squad add TEAM NAME' makes one",
    "no-such-account": "'dialer account list' shows those there are, "
    "'dialer account add NAME --role ROLE' makes one",
    "no-such-rep": "'dialer rep list' shows those there are, 'dialer rep add CODE' makes one",
    "no-such-role": "'dialer role list' shows what each may do",
    "role-in-use": "give them another: dialer account change NAME --role ROLE",
    "built-in": "'dialer role add NAME --like ROLE' begins with what a role may do",
}


def remedied(slug: str, text: str) -> str:
    """What is wrong, and what to do about it here."""
    remedy = REMEDIES.get(slug)
    return f"{text} ({remedy})" if remedy else text
