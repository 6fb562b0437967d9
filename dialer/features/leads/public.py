"""What other features may use of this one."""

from __future__ import annotations

from dialer.features.leads import facts, importing, lists, service, shown
from dialer.features.leads.schemas import Badges, Callback, ImportAnswer, LocalTime, Note, PastCall
from dialer.features.leads.seen import SeenLead, seen_lead
from dialer.features.leads.shown import numbers_for

__all__ = [
    "Badges",
    "Callback",
    "ImportAnswer",
    "LocalTime",
    "Note",
    "PastCall",
    "SeenLead",
    "facts",
    "importing",
    "lists",
    "numbers_for",
    "seen_lead",
    "service",
    "shown",
]
