"""The dial-level control that the field's open dialer uses, with its knobs: a baseline to beat.

A level (calls per rep) is multiplied every 15 s by 1 + idle share, and cut when the day's drops are
over the limit; a slow loop turns the level into calls. Written from a description of its behaviour.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from pacing.base import BasePacer
from pacing.book import READY, TALK, TALK_HINT
from pacing.settings import PacingSettings

SAMPLES = 15
HOUR_S = 3600.0


class AdaptivePacer(BasePacer):
    """Method "adaptive"."""

    method = "adaptive"

    def __init__(self, settings: PacingSettings, saved: bytes | None = None) -> None:
        super().__init__(settings, saved)
        self.knobs = settings.adaptive
        self.level = float(self.knowledge.get("level", self.knobs.level))
        self._started_at = math.nan
        self._samples: deque[tuple[int, int, int]] = deque(maxlen=SAMPLES)
        self._next_sample = self._next_level = self._next_drops = self._next_loop = -math.inf
        self._to_place = 0.0  # of the running round
        self._round_at = 0.0
        self._round_placed = 0
        self._drops_by_hour: dict[int, int] = {}
        self._answers_today = 0
        self._calls_today = 0
        self._drop_rate = 0.0
        self._recent: deque[tuple[float, bool]] = deque()  # calls over in the last 60 s: dropped?
        self._minute = (0, 0.0)
        self._ghosts: deque[float] = deque()

    def on_call_over(self, group: int, age: float, outcome: str) -> None:
        if outcome != "human":
            self._log(dropped=False)
        if outcome in ("no_answer", "failed") and self.knobs.ghost_s > 0.0:
            self._ghosts.append(self._now + self.knobs.ghost_s)

    def on_stage_over(self, slot: int, at: float, stage: int) -> None:
        # An answer counts once its conversation is over and has a disposition.
        if self.agents.stage[slot] in (TALK, TALK_HINT) and stage != TALK_HINT:
            self._answers_today += 1
            self._log(dropped=False)

    def abandoned(self, at: float, call: str) -> None:
        super().abandoned(at, call)
        hour = int((self._now - self._start()) // HOUR_S)
        self._drops_by_hour[hour] = self._drops_by_hour.get(hour, 0) + 1
        self._answers_today += 1
        self._log(dropped=True)

    def placed(self, at: float, call: str, group: str = "") -> None:
        super().placed(at, call, group)
        self._start()
        self._calls_today += 1
        self._round_placed += 1

    def wanted(self, now: float) -> int:
        self._start()
        self._observe(now)
        if now >= self._next_loop:
            self._begin_round(now)
        # What falls due before the next question, a quarter of a second on, is asked for now.
        passed = now - self._round_at + 0.25
        due = math.floor(passed * self.knobs.calls_per_second + 1e-9) + 1
        return max(0, int(min(due, self._to_place)) - self._round_placed)

    def learned(self) -> dict[str, Any]:
        return {"level": self.level}

    def figures(self) -> dict[str, Any]:
        return {**super().figures(), "level": self.level, "drop_rate_today": self._drop_rate}

    def _start(self) -> float:
        if math.isnan(self._started_at):
            self._started_at = self._now
        return self._started_at

    def _log(self, *, dropped: bool) -> None:
        self._recent.append((self._now, dropped))
        while self._recent and self._recent[0][0] < self._now - 60.0:
            self._recent.popleft()

    # Seeing -------------------------------------------------------------------------------

    def _observe(self, now: float) -> None:
        if now >= self._next_sample:
            self._next_sample = now + 1.0
            ready = self.agents.count[READY]
            self._samples.append((ready, len(self.waiting), len(self.agents)))
        if now >= self._next_drops:
            self._next_drops = now + self.knobs.drops_every_s
            self._count_drops(now)
        if now >= self._next_level:
            self._next_level = now + self.knobs.level_every_s
            if self.knobs.mode != "RATIO":
                self._adjust(now)

    def _count_drops(self, now: float) -> None:
        hour = int((now - self._start()) // HOUR_S)
        drops = sum(self._drops_by_hour.values())
        if self.knobs.counting == "shipped":
            drops -= self._drops_by_hour.get(hour - 1, 0)
        self._drop_rate = drops / max(1, self._answers_today)
        while self._recent and self._recent[0][0] < now - 60.0:
            self._recent.popleft()
        dropped = sum(1 for _, was in self._recent if was)
        self._minute = (len(self._recent), dropped / max(1, len(self._recent)))

    # The level ----------------------------------------------------------------------------

    def _adjust(self, now: float) -> None:
        knobs, n = self.knobs, max(1, len(self._samples))
        ready, waiting, total = (sum(s[i] for s in self._samples) / n for i in range(3))
        if total == 0:
            return
        share = (ready - waiting + knobs.idle_target) / total
        k = knobs.intensity / 100.0
        share *= 1.0 + k if share >= 0 else abs(k - 1.0)
        level = max(1.0, min(self.level * (1.0 + share), knobs.max_level))
        calls, drop_share = self._minute
        if calls > 20 and drop_share > 0.5:
            level /= 2.0
        if self._calls_today > 50 and self._drop_rate > self.settings.max_abandon_rate:
            level = self._cut(level, now)
        if total < knobs.threshold_agents:
            level = 1.0
        self.level = round(max(level, 1.0), 3)

    def _cut(self, level: float, now: float) -> float:
        """The level when the day's drop rate is over the limit."""
        if self.knobs.mode == "HARD_LIMIT":
            return 1.0
        if self.knobs.mode == "AVERAGE":
            return level / 2.0
        left_h = (self.knobs.shift_s - (now - self._start())) / HOUR_S
        return 1.0 if left_h < 0 else level * min(1.0, left_h / 10.0)

    # Placing ------------------------------------------------------------------------------

    def _begin_round(self, now: float) -> None:
        ready, talking = self.agents.count[READY], self.agents.talking
        base = ready if self.knobs.available_only else ready + talking
        goal = round(self.level * base) + (talking if self.knobs.available_only else 0)
        while self._ghosts and self._ghosts[0] <= now:
            self._ghosts.popleft()
        lines = len(self.ringing_calls) + len(self.waiting) + talking + len(self._ghosts)
        self._to_place = max(0, goal - lines)
        self._round_at = now
        self._round_placed = 0
        batch_s = self._to_place / self.knobs.calls_per_second
        self._next_loop = now + batch_s + 0.15 + self.knobs.loop_s
