"""Mail: what people have sent to them, by a server that the settings name."""

from __future__ import annotations

from dialer.kit.feature import Feature, permission

PERMISSIONS = (
    permission("mail.read", "see which mails wait, were sent or given up", "ops", for_all=True),
    permission("mail.test", "send a test mail", "ops", for_all=True),
)
FEATURE = Feature(
    __name__,
    PERMISSIONS,
    http=("endpoints:router", "endpoints:mails"),
    records=("store:MAILS",),
    jobs=("jobs:SEND", "jobs:SWEEP"),
)
