"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.messages.board import Board
from dialer.kit.parts import Part

#: The messages that reps have before them.
BOARD: Final[Part[Board]] = Part("board", Board)
