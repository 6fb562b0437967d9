"""Parts end in the opposite order, and one that fails keeps no other from ending."""

from __future__ import annotations

from dialer.service.endings import Endings


async def test_a_part_that_cannot_end_keeps_no_other_from_it() -> None:
    ended: list[str] = []
    endings = Endings()

    def part(name: str, fails: bool = False) -> None:
        async def end() -> None:
            ended.append(name)
            if fails:
                raise OSError("gone already")

        endings.add(name, end)

    part("store")
    part("engine", fails=True)
    part("api")
    await endings.all()
    await endings.all()

    assert ended == ["api", "engine", "store"]
