"""Whatever the server names by a word is said in the reader's language: every value has words."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from dialer import words
from dialer.features.every import PERMISSIONS, kept_records
from dialer.features.roles.built_in import BUILT_IN
from dialer.floor.agent_moves import ON_HOLD
from dialer.floor.bound import TIME_IS_OVER
from dialer.settings import PoolSettings
from dialer.settings.alerts import DEFAULT_ALERTS, Metric

ROOT = Path(__file__).parents[3]
SRC = ROOT / "console/src"
LANGUAGES = ("en", "zh-CN")
#: Set by the floor itself, where a rep did not choose to pause.
OF_THE_FLOOR = ("login", "phone", "supervisor", ON_HOLD, TIME_IS_OVER)
PAUSES = (*PoolSettings.model_fields["pause_reasons"].default, *OF_THE_FLOOR)

#: What screens show by its word: the values, and where the catalogue has them.
SHOWN: dict[str, Sequence[str]] = {
    "words.leadState": [*words.LeadState],
    "words.campaignState": [*words.CampaignState],
    "words.listState": get_args(words.ListState),
    "words.importState": get_args(words.ImportState),
    "words.role": [*BUILT_IN],
    "words.permission": [it.replace(".", "-") for it in PERMISSIONS],
    "words.reason": PAUSES,
    "words.waitsFor": words.WAITS_FOR,
    "words.holdBack": words.HOLD_BACK_REASONS,
    "desk.dialing.reason": words.WAITS_FOR,
    "words.hangupBy": get_args(words.HangupBy),
    "words.callMode": get_args(words.CallMode),
    "words.answeredBy": get_args(words.AnsweredBy),
    "words.step": words.STEPS,
    "cdr.recordingState": [*words.RecordingState],
    "common.outcome": words.OUTCOMES,
    "webhooks.state": get_args(words.DeliveryState),
    "common.state": get_args(words.PublicState),
    "alerts.name": [*DEFAULT_ALERTS],
    "desk.rule": words.GATE_RULES,
    "desk.why": get_args(words.MishapSlug),
    "desk.mode": [it for it in get_args(words.CallMode) if it != "auto"],
    "words.dispositionGroup": get_args(words.DispositionGroup),
    "desk.consult.state": get_args(words.PartyState),
    "desk.call.recording": get_args(words.RecordingNow),
    "desk.callback": get_args(words.CallBackOwner),
    "desk.card.consent": get_args(words.Consent),
    "live.window": get_args(words.WindowKind),
    "alerts.window": get_args(words.WindowKind),
    "common.scheduled": get_args(words.ScheduledOrder),
    "supervision.listen": get_args(words.WatchMode),
    "supervision.mode": get_args(words.ListenMode),
    "recordings.state": [it for it in words.RecordingState if it != "ready"],
    "settings.source": get_args(words.ValueSource),
    "system.states": words.TRUNK_HEALTHS,
    "system.levels": words.LOG_LEVELS,
    "system.check": get_args(words.Finding),
    "dnc.undo": get_args(words.DncKind),
    "kit.fault": get_args(words.FaultSlug),
}


@cache
def catalogue(area: str, language: str) -> dict[str, Any]:
    own = SRC / f"features/{area}/texts/{language}.json"
    path = own if own.exists() else SRC / f"locales/{language}/{area}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


#: What a feature says in its own texts, and where the catalogue has it for all.
OWN = {"words.permission": "permission", "audit.what": "deed"}


def said(key: str, language: str) -> dict[str, str]:
    area, *path = key.split(".")
    found = catalogue(area, language)
    for part in path:
        found = found.get(part, {})
    if key not in OWN:
        return found
    texts = [
        json.loads(it.read_text("utf-8")) for it in SRC.glob(f"features/*/texts/{language}.json")
    ]
    return {**found, **{word: it for text in texts for word, it in text.get(OWN[key], {}).items()}}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", SHOWN)
def test_every_value_has_words(key: str, language: str) -> None:
    assert sorted(set(SHOWN[key]) - set(said(key, language))) == []


def noted_in(path: Path) -> Iterator[str]:
    """Words of the audit log that stand in the code as they are."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = node.args[0] if node.args else None
            names = node.func.attr in {"note", "entry"}
            if names and isinstance(first, ast.Constant) and "." in str(first.value):
                yield str(first.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_deed_in_the_audit_log_has_words(language: str) -> None:
    files = [*(ROOT / "dialer/features").rglob("*.py"), *(ROOT / "dialer/kit").rglob("*.py")]
    deeds = {deed for path in files for deed in noted_in(path)}
    made = {
        *(f"agent.{it}" for it in get_args(words.AgentOrder)),
        *(f"campaign.{it}" for it in get_args(words.CampaignOrder)),
        *(f"{it.of.name}.{deed}" for it in kept_records() for deed in get_args(words.RecordDeed)),
    }
    assert len(deeds) > 30
    lacking = {
        it for it in deeds | made if it.replace(".", "-") not in said("audit.what", language)
    }
    assert sorted(lacking) == []


def test_every_metric_of_an_alert_is_said_by_the_console() -> None:
    said = (SRC / "features/alerts/say.ts").read_text("utf-8")
    assert [it for it in get_args(Metric) if f"\n  {it}:" not in said] == []
