"""Lists as CRMs, spreadsheets and people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialer.leads.headers import recognised

if TYPE_CHECKING:
    from conftest import Lists

NOW = 1_800_000_000.0


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


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Telefon (mobil)", "mobile"), ("电话（手机）", "mobile"), ("Phone (Work)", "work"),
        ("Mobile Phone Number", "mobile"), ("MobilePhone", "mobile"), ("HomePhone", "home"),
        ("Business Phone 2", "work"), ("Company Main Phone", "work"), ("Phone 1 - Value", ""),
        ("Handy", "mobile"), ("Fon", ""), ("Telefon geschäftlich", "work"), ("Tel. privat", "home"),
        ("Rufnummer", ""), ("Tel. (geschäftl.)", "work"),
        ("Téléphone portable", "mobile"), ("Portable", "mobile"),
        ("Tél. domicile", "home"), ("N° de téléphone", ""), ("Móvil", "mobile"),
        ("Teléfono (trabajo)", "work"), ("Número de teléfono", ""), ("手机号码", "mobile"),
        ("联系电话2", ""), ("办公电话", "work"), ("家庭电话", "home"), ("Primary Phone", ""),
        ("WhatsApp Phone Number", "mobile"), ("Телефон", ""), ("Tel_2", ""),
        ("手机号（必填）", "mobile"), ("手机号(选填)", "mobile"), ("电话号码(主)", ""),
        ("被叫", ""), ("Teléfono del trabajo", "work"), ("Phone (required)", ""), ("业主电话", ""),
    ],
)  # fmt: skip
def test_a_column_of_numbers_has_the_names_that_systems_give_it(header: str, kind: str) -> None:
    assert recognised(header) == ("number", kind)


@pytest.mark.parametrize(
    "header",
    ["Fax", "Home Fax", "Phone type", "Phone 1 - Label", "Phone country code", "Customer number",
     "Kundennummer", "Mobile carrier", "手机归属地", "Asst. Phone", "Home", "Privat", "Pager",
     "No.", "主叫号码", "被叫时间",
     "HasOptedOutOfEmail", "Email Opt Out", "SMS opt-out", "Contact owner"],
)  # fmt: skip
def test_a_column_of_something_else_is_not_taken_for_numbers(header: str) -> None:
    assert recognised(header) == ("custom", "")


async def test_names_of_many_systems_are_put_together(lists: Lists) -> None:
    await lists.take("Vorname;Name;Handy\nAnna;Muster;0171 1234567\n", "DE")
    await lists.take("Nom;Prénom;Portable\nDurand;Luc;06 12 34 56 78\n", "FR")
    await lists.take("Nombre;Apellidos;Móvil\nEva;Gil Paz;612 345 678\n", "ES")

    assert await lists.numbers() == {
        "Anna Muster": [("+491711234567", "mobile")],
        "Luc Durand": [("+33612345678", "mobile")],
        "Eva Gil Paz": [("+34612345678", "mobile")],
    }


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nName;Phone\r\nAnn;13812345678\r\n",
        '"sep=|"\nName|Phone\nAnn|13812345678\n',
        "客户名单（2026年11月）,,\n姓名,手机号码,备注\nAnn,13812345678,老客户\n",
        "Export of 2026-11-30 12:00:00\nRows: 20261130\n\nName,Phone,Note\nAnn,13812345678,\n",
        "Name,Telefon,\n,mobil,privat\nAnn,13812345678,\n",
        ",Kontakt,\nName,Handy,Tel. privat\nAnn,13812345678,\n",
    ],
)
async def test_what_stands_above_a_list_does_not_hide_it(lists: Lists, text: str) -> None:
    result = await lists.take(text)

    assert (result.imported, result.rejected) == (1, 0)
    assert [number for [(number, _)] in (await lists.numbers()).values()] == ["+8613812345678"]
    assert set(await lists.leads()) == {"Ann"}


async def test_a_number_above_the_header_is_told_of(lists: Lists) -> None:
    text = "ACME,13912345678\nName,Phone\nAnn,13812345678\n"

    result = await lists.take(text)

    assert (result.imported, result.rejected) == (1, 1)
    assert lists.report(result)[0]["reason"] == "stands above the header"


async def test_an_extension_may_have_a_column_of_its_own(lists: Lists) -> None:
    await lists.take("Name,Phone,Ext.\nAnn,010-12345678,12\nBo,010-12345678,13\n")

    leads = await lists.leads()
    assert {name: it.numbers[0].extension for name, it in leads.items()} == {
        "Ann": "12",
        "Bo": "13",
    }


@pytest.mark.parametrize(
    "header",
    ["Do Not Call", "DoNotCall", "HasOptedOut", "Opt-out", "is_dnc", "拒绝来电", "是否勿扰",
     "Nicht anrufen", "Werbesperre", "Ne pas appeler", "No llamar", "Do Not Call (Y/N)",
     "拒绝营销", "不接受来电", "请勿联系", "Has Opted Out of Phone"],
)  # fmt: skip
@pytest.mark.parametrize("word", ["1", "true", "yes", "ja", "sí", "是", "x", "✓", "2024-05-01"])
async def test_who_asked_for_no_calls_is_not_called(lists: Lists, header: str, word: str) -> None:
    result = await lists.take(f"Name,Phone,{header}\nAnn,13812345678,{word}\nBo,13812345679,0\n")

    assert (result.imported, result.rejected, result.opted_out) == (1, 1, 1)
    assert set(await lists.leads()) == {"Bo"}
    on_list = await lists.store.dnc.check(["+8613812345678", "+8613812345679"], now=NOW)
    assert list(on_list) == ["+8613812345678"]
    assert on_list["+8613812345678"].reason == f"{header}: {word}"
    [told] = lists.report(result)
    assert told["row"] == "2"
    assert f"asked not to be called ({header}: {word})" in told["reason"]


@pytest.mark.parametrize(
    "word",
    ["0", "", "no", "false", "Nein", "non", "否", "N", "-", "Allow", " ", "0.0", "NaN", "未拒绝"],
)
async def test_who_did_not_ask_for_no_calls_is_called(lists: Lists, word: str) -> None:
    result = await lists.take(f"Name,Phone,Do Not Call\nAnn,13812345678,{word}\n")

    assert (result.imported, result.opted_out) == (1, 0)


async def test_who_asked_for_no_calls_is_not_called_from_an_earlier_row_either(
    lists: Lists,
) -> None:
    text = "Name,Phone,DNC\nAnn,13812345678,\nAnn,13812345678,1\nBo,bad,1\n"

    result = await lists.take(text)

    assert (result.imported, result.rejected, result.opted_out) == (1, 2, 2)
    assert await lists.store.dnc.check(["+8613812345678"], now=NOW)
    assert "with a number that cannot be read" in lists.report(result)[1]["reason"]
