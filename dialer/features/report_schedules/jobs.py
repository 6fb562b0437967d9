"""What is due is sent."""

from __future__ import annotations

from typing import Final

from dialer.features.report_schedules.sending import send_due
from dialer.kit.jobs import Job

#: Not while a service starts: phones come first.
SEND: Final = Job("report schedules", send_due, every_s=30.0, first_s=60.0)
