"""Scenarios as tests write them: the data of a file, without the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialer.sim.read import checked
from dialer.sim.scenario import Scenario

MakeScenario = Callable[..., Scenario]


@pytest.fixture
def make_scenario() -> MakeScenario:
    """A scenario from tables given by name; its only campaign is called "c" unless said."""

    def make(**tables: Any) -> Scenario:
        found = checked({"campaign": {"c": {}}, **tables})
        assert isinstance(found, Scenario), str(found)
        return found

    return make
