"""Permissions, and the roles that come with the program: sets of them, each with a data scope."""

from __future__ import annotations

from typing import Final

from dialer.ports.accounts import Role, Scope

#: Every permission, and what it lets a person do to the data within the role's scope.
PERMISSIONS: Final[dict[str, str]] = {
    "floors.read": "see floors live",
    "agents.read": "see reps and their states",
    "agents.steer": "log reps in and out, make them ready, pause them, end their calls",
    "agents.manage": "add reps and their phones",
    "campaigns.read": "see campaigns and their figures",
    "campaigns.run": "start, pause and stop campaigns",
    "campaigns.manage": "make campaigns",
    "leads.read": "read leads",
    "leads.edit": "note something about leads and change their fields",
    "calls.dial": "dial leads by hand",
    "leads.import": "import lead lists",
    "cdr.read": "export call detail records, numbers masked",
    "numbers.read": "see whole phone numbers",
    "dnc.check": "look numbers up on the do-not-call list",
    "dnc.add": "put numbers on the do-not-call list",
    "dnc.import": "put whole files on the do-not-call list",
    "dnc.remove": "take numbers off the do-not-call list",
    "calls.transfer": "transfer calls to any outside number, within the calling rules",
    "calls.listen": "listen to, whisper into and join live calls",
    "recordings.listen": "listen to recordings",
    "agents.move": "move reps to other pools and campaigns",
    "messages.send": "write to reps",
    "results.read": "see the day's results and the ranking",
    "settings.read": "see the settings of pools and campaigns, and try changes of them",
    "settings.pacing": "change how fast pools dial and how long things take",
    "settings.change": "change every setting of pools and campaigns",
    "alerts.read": "see alerts",
    "alerts.ack": "say that an alert is being looked after",
    "webhooks.read": "see what was sent to webhooks",
    "system.read": "see health and figures from another machine",
    "system.inspect": "see nodes, trunks, versions and settings as loaded; run the checks",
    "system.logs": "change what is logged",
    "system.reload": "have the settings read again",
    "accounts.read": "see accounts",
    "accounts.manage": "add, change and disable accounts",
    "roles.read": "see roles and their permissions",
    "roles.manage": "make and remove roles",
    "teams.read": "see teams and squads",
    "teams.manage": "make and change teams and squads",
    "tokens.own": "make tokens for programs of one's own",
    "tokens.manage": "see and revoke everybody's tokens",
    "audit.read": "read the audit log",
}

_SEES: Final = {"floors.read", "agents.read", "campaigns.read"}
_STEERS: Final = {
    "agents.steer", "campaigns.run", "leads.read", "leads.edit", "calls.dial", "cdr.read",
    "dnc.check", "dnc.add", "calls.listen", "calls.transfer", "recordings.listen", "teams.read",
    "agents.move",
    "messages.send", "results.read", "settings.read", "settings.pacing", "alerts.read",
    "alerts.ack",
}  # fmt: skip


def _role(name: str, title: str, scope: Scope, permissions: set[str]) -> Role:
    return Role(name=name, title=title, permissions=frozenset(permissions), scope=scope)


BUILT_IN: Final[dict[str, Role]] = {
    role.name: role
    for role in (
        _role("admin", "Administrator", Scope.ALL, set(PERMISSIONS)),
        # Keeps the machines running; has no business with people's numbers or calls.
        _role(
            "ops", "Operations", Scope.ALL,
            _SEES | {"agents.manage", "system.read", "system.reload", "system.inspect",
                     "system.logs", "settings.read", "alerts.read", "alerts.ack", "webhooks.read",
                     "teams.read", "roles.read", "tokens.own"},
        ),
        _role(
            "manager", "Manager", Scope.TEAM,
            _SEES | _STEERS | {"agents.manage", "campaigns.manage", "settings.change",
                               "leads.import", "numbers.read",
                               "dnc.import", "dnc.remove", "accounts.read", "roles.read",
                               "tokens.own"},
        ),
        _role("supervisor", "Supervisor", Scope.SQUAD, _SEES | _STEERS),
        _role(
            "qa", "Quality assurance", Scope.TEAM,
            _SEES | {"leads.read", "cdr.read", "calls.listen", "recordings.listen", "results.read",
                     "teams.read"},
        ),
        # A rep works on one call at a time: own state and lead, no lists, no floor.
        _role(
            "rep", "Rep", Scope.OWN,
            {"agents.read", "agents.steer", "campaigns.read", "leads.read", "leads.edit",
             "calls.dial", "dnc.add", "results.read"},
        ),
        # Reads whatever proves that the rules were kept, and changes nothing.
        _role(
            "auditor", "Auditor", Scope.ALL,
            _SEES | {"leads.read", "cdr.read", "dnc.check", "recordings.listen", "results.read",
                     "settings.read", "alerts.read", "accounts.read",
                     "roles.read", "teams.read", "audit.read"},
        ),
    )
}  # fmt: skip
