"""Lists as CRMs, spreadsheets and people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Lists


async def test_two_people_at_one_switchboard_are_two_leads(lists: Lists) -> None:
    text = (
        "Name,Phone\nAnna,+1 212 555 0142 x12\nBert,+1 212 555 0142 x13\n"
        "Cy,+1 212 555 0142\nAnna again,(212) 555-0142 ext. 12\n"
    )

    result = await lists.take(text, "US")

    assert (result.imported, result.duplicates) == (3, 1)
    leads = (await lists.leads()).values()
    assert {(it.name, it.numbers[0].extension, it.custom.get("Phone")) for it in leads} == {
        ("Anna", "12", "x12"),
        ("Bert", "13", "x13"),
        ("Cy", "", None),
    }


async def test_a_number_that_was_lost_is_told_where_another_saves_the_row(lists: Lists) -> None:
    text = "Name,Phone,Mobile\nAnn,1.38E+10,13812345678\nBo,ask first,13812345679\n"

    result = await lists.take(text)

    assert (result.imported, result.rejected, result.warned) == (2, 0, 1)
    [told] = lists.report(result)
    assert told["reason"].startswith("taken without Phone: a spreadsheet has shortened")
    assert told["row"] == "2"
    assert (await lists.leads())["Bo"].custom["Phone"] == "ask first"


async def test_only_what_stands_beside_a_number_is_kept_as_a_remark(lists: Lists) -> None:
    """Who may not see whole numbers sees remarks."""
    await lists.take("Name,Phone\nAnn,13812345678 nur abends\n")

    assert dict((await lists.leads())["Ann"].custom) == {"Phone": "nur abends"}
