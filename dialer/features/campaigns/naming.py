"""What a campaign is called: a title in any language, and a name for paths, records and figures."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection

from dialer.settings import Settings

LONGEST = 40


def name_for(title: str, taken: Collection[str]) -> str:
    """A name that is not taken: of the title's Latin letters, or "campaign" with a number.

    Accents fall away. A title in another script has no letters to take, and figures alone say too
    little to be told apart in a path.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    if not re.match("[a-z]", stem) or _has_other_letters(title):
        return _numbered("campaign", 1, taken)
    return stem if stem not in taken else _numbered(stem, 2, taken)


def _numbered(stem: str, first: int, taken: Collection[str]) -> str:
    names = (f"{stem}-{number}" for number in itertools.count(first))
    return next(name for name in names if name not in taken)


def named(settings: Settings, word: str) -> str:
    """The name of the campaign with this name, or else this title; the word where none is."""
    if word in settings.campaign:
        return word
    titled = [name for name, it in settings.campaign.items() if it.title == word.strip()]
    return titled[0] if len(titled) == 1 else word


def _has_other_letters(title: str) -> bool:
    """Letters that no Latin ones stand for: what is left without them would mislead."""
    decomposed = unicodedata.normalize("NFKD", title)
    return any(sign.isalpha() and not sign.isascii() for sign in decomposed)
