"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.phones.desk import PhoneDesk
from dialer.kit.parts import Part, nothing

#: None: nothing here can have a phone in a browser.
PHONES: Final[Part[PhoneDesk | None]] = Part("phones", nothing)
