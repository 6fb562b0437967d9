from __future__ import annotations

import csv
import gc
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dialer.leads import ImportResult, ListFileError, Progress, import_leads, parse_map
from dialer.leads.source import Source
from dialer.memory.store import InMemoryStore
from dialer.ports.store import Campaign, Lead, StoreError
from dialer.words import CampaignState

NOW = 1_800_000_000.0
Write = Callable[..., Path]


async def take_in(
    path: Path, campaign: Campaign, store: InMemoryStore, **options: object
) -> ImportResult:
    options.setdefault("default_region", "CN")
    return await import_leads(path, campaign.id, store, **options)  # type: ignore[arg-type]


async def lead_with(store: InMemoryStore, campaign: Campaign, number: str) -> Lead:
    lead = await store.leads.find(campaign.id, number)
    assert lead is not None, f"no lead {number}"
    return lead


def report_of(result: ImportResult) -> list[dict[str, str]]:
    assert result.report_path is not None
    with result.report_path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


CHINESE = "客户姓名,手机号码,城市\r\n王小明,13812345678,北京\r\n李娜,010-12345678,上海\r\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
async def test_every_common_encoding_is_recognised(
    encoding: str, found: str, store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    result = await take_in(write(CHINESE, encoding=encoding), campaign, store)

    assert (result.imported, result.rejected, result.encoding) == (2, 0, found)
    assert result.report_path is None
    lead = await lead_with(store, campaign, "+8613812345678")
    assert (lead.name, dict(lead.custom)) == ("王小明", {"城市": "北京"})
    assert lead.numbers[0].kind == "mobile"
    assert lead.list_name == "list.csv"


async def test_an_encoding_can_be_said(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    path = write("name,phone\nJosé,13812345678\n", encoding="latin-1")

    await take_in(path, campaign, store, encoding="latin-1")

    assert (await lead_with(store, campaign, "+8613812345678")).name == "José"
    with pytest.raises(ListFileError, match="no encoding 'klingon'"):
        await take_in(path, campaign, store, encoding="klingon")


@pytest.mark.parametrize("names", [["Müller"], ["José", "Göran", "Łucja", "Frühauf", "Zoë"]])
async def test_a_western_list_is_refused_with_what_to_do_and_taken_once_it_is_said(
    names: list[str], write: Write, campaign: Campaign, store: InMemoryStore
) -> None:
    rows = [f"{name.replace('Ł', 'L')},138123456{n:02}\n" for n, name in enumerate(names)]
    path = write("name,phone\n" + "".join(rows), encoding="cp1252")

    with pytest.raises(ListFileError, match="--encoding cp1252, or save it as UTF-8"):
        await take_in(path, campaign, store)
    assert (await take_in(path, campaign, store, encoding="cp1252")).imported == len(names)


def test_an_import_that_is_given_up_leaves_nothing_open(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    path = write("name,phone\n" + "Li,13812345678\n" * 1000)

    with Source(path) as source:
        rows = source.rows()
        next(rows)
    del rows, source
    gc.collect()

    assert complaints == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_the_delimiter_is_found_out(
    delimiter: str, store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    rows = ["Name|Phone|Note", "Li, Na|13812345678|a", "Bo|13812345679|b, c; d"]
    quoted = [delimiter.join(f'"{cell}"' for cell in row.split("|")) for row in rows]

    result = await take_in(write("\n".join(quoted)), campaign, store)

    assert (result.imported, result.delimiter) == (2, delimiter)
    assert (await lead_with(store, campaign, "+8613812345678")).name == "Li, Na"


@pytest.mark.parametrize(
    "header",
    ["Phone", "PHONE NUMBER", "phone_number", "Tel.", "Mobile", "Cell Phone", "手机", "联系电话",
     "電話", "客户电话", "手机号 ", "Phone 1", "电话1"],
)  # fmt: skip
async def test_a_column_of_numbers_is_known_by_many_names(
    header: str, store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    result = await take_in(write(f"id,{header}\n7,13812345678\n"), campaign, store)

    assert result.imported == 1
    lead = await lead_with(store, campaign, "+8613812345678")
    assert dict(lead.custom) == {"id": "7"}


async def test_first_and_last_names_are_joined_as_the_language_does(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    await take_in(write("Last Name,First Name,Tel\nLee,Ann,13812345678\n"), campaign, store)
    await take_in(write("名,姓,电话\n小明,王,13812345679\n"), campaign, store)

    assert (await lead_with(store, campaign, "+8613812345678")).name == "Ann Lee"
    assert (await lead_with(store, campaign, "+8613812345679")).name == "王小明"


async def test_columns_can_be_mapped_by_hand(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    path = write("phone,Ruf A,Ruf B,Wer\nnot this,13812345678,13812345679,Ann\n")
    mapping = parse_map(["number=Ruf A", "number=3", "name=wer"])

    await take_in(path, campaign, store, mapping=mapping)

    lead = await lead_with(store, campaign, "+8613812345678")
    assert [n.number for n in lead.numbers] == ["+8613812345678", "+8613812345679"]
    assert (lead.name, dict(lead.custom)) == ("Ann", {"phone": "not this"})


@pytest.mark.parametrize(
    ("pair", "complaint"),
    [
        ("number", "FIELD=COLUMN"),
        ("number=", "FIELD=COLUMN"),
        ("nubmer=x", "no field 'nubmer'"),
        ("number=Nowhere", "no column 'Nowhere'"),
    ],
)
async def test_a_mapping_that_fits_nothing_is_refused(
    pair: str, complaint: str, store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    with pytest.raises(ListFileError, match=complaint):
        await take_in(write("phone\n13812345678\n"), campaign, store, mapping=parse_map([pair]))


async def test_a_lead_may_have_several_numbers_and_a_bad_one_beside_them_is_kept(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    text = (
        "name,mobile,home phone,work phone\n"
        "Ann,13812345678,010-12345678,138 1234 5678\n"
        "Bo,13812345679,ask first,\n"
        "Cy,13812345670/13812345671,,\n"
    )

    result = await take_in(write(text), campaign, store)

    assert (result.imported, result.rejected) == (3, 0)
    ann = await lead_with(store, campaign, "+8613812345678")
    assert [(n.number, n.kind) for n in ann.numbers] == [
        ("+8613812345678", "mobile"),
        ("+861012345678", "home"),
    ]
    bo = await lead_with(store, campaign, "+8613812345679")
    assert dict(bo.custom) == {"home phone": "ask first"}
    cy = await lead_with(store, campaign, "+8613812345670")
    assert len(cy.numbers) == 2


async def test_a_list_without_a_header_is_taken_by_its_numbers(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    result = await take_in(write("13812345678,Ann\n13812345679,Bo\n"), campaign, store)

    assert result.imported == 2
    lead = await lead_with(store, campaign, "+8613812345678")
    assert dict(lead.custom) == {"column 2": "Ann"}


async def test_time_zone_language_and_priority_are_read(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    text = (
        "phone,时区,Language,priority\n"
        "13812345678,Asia/Shanghai,ZH,90\n"
        "13812345679,Peking time,zh,\n"
        "13812345670,,,high\n"
        "13812345671,,,100\n"
    )

    result = await take_in(write(text), campaign, store)

    lead = await lead_with(store, campaign, "+8613812345678")
    assert (lead.timezone, lead.language, lead.priority) == ("Asia/Shanghai", "zh", 90)
    assert [(row["row"], row["reason"]) for row in report_of(result)] == [
        ("3", "no time zone 'Peking time'; write Asia/Shanghai"),
        ("4", "priority 'high' is not a number from 0 to 99"),
        ("5", "priority '100' is not a number from 0 to 99"),
    ]


async def test_duplicates_are_found_in_the_file_and_against_the_list(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    await take_in(write("phone\n13812345670\n"), campaign, store)
    text = "phone\n13812345678\n+86 138 1234 5678\n13812345670\n13812345671\n"

    result = await take_in(write(text), campaign, store)

    assert (result.imported, result.duplicates, result.rejected, result.rows) == (2, 2, 0, 4)
    assert [(row["row"], row["reason"]) for row in report_of(result)] == [
        ("3", "duplicate of row 2 (+8613812345678)"),
        ("4", "already in the campaign (+8613812345670)"),
    ]


async def test_an_import_that_was_cut_off_is_simply_done_again(
    store: InMemoryStore, campaign: Campaign, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialer.leads.importer.BIG_BATCH", 10)
    path = write("phone\n" + "".join(f"138123456{i:02}\n" for i in range(95)))
    add, calls = store.leads.add, 0

    async def add_and_fail(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise StoreError("disk is full")
        return await add(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(store.leads, "add", add_and_fail)
    with pytest.raises(StoreError):
        await take_in(path, campaign, store)
    again = await take_in(path, campaign, store)

    assert (again.imported, again.duplicates) == (65, 30)
    assert sum((await store.leads.counts(campaign.id)).values()) == 95


async def test_bad_rows_go_to_the_report_and_the_others_go_in(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    text = (
        "name,phone,city\n"
        "Ann,13812345678,Reno\n"
        "Bo,1.38E+10,Reno\n"
        "\n"
        "Cy,,Reno\n"
        ",,\n"
        "Di,12,Reno\n"
        "Ed,13812345679,Reno,and,more\n"
        f"{'F' * 201},13812345670,Reno\n"
        "Gu,１３８１２３４５６７１\n"
    )

    result = await take_in(write(text), campaign, store)

    assert (result.imported, result.rejected, result.rows) == (2, 5, 7)
    rows = report_of(result)
    assert [row["row"] for row in rows] == ["3", "5", "7", "8", "9"]
    assert "spreadsheet" in rows[0]["reason"]
    assert rows[0]["name"] == "Bo"
    assert rows[1]["reason"] == "no number"
    assert "too short" in rows[2]["reason"]
    assert rows[3]["reason"] == "5 fields where the header has 3"
    assert "201 characters" in rows[4]["reason"]


async def test_a_quote_that_is_never_closed_costs_one_row(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    many = "".join(f"B,1381234{i:04}\n" for i in range(200))
    text = f'name,phone\nAnn,13912345678\n"Bo,13912345679\n{many}"Cy,13912345670\nDi,13912345671'

    result = await take_in(write(text), campaign, store)

    assert result.imported == 202
    rows = report_of(result)
    assert [row["reason"] for row in rows] == ["a quote is opened and never closed"] * 2
    assert [row["name"] for row in rows] == ["Bo", "Cy"]
    await lead_with(store, campaign, "+8613912345671")


async def test_line_breaks_and_quotes_in_quoted_fields_are_kept(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    text = 'name,phone,note\n"Ann ""A"" Lee",13812345678,"two\nlines"\nBo,bad,x\n'

    result = await take_in(write(text), campaign, store)

    lead = await lead_with(store, campaign, "+8613812345678")
    assert (lead.name, lead.custom["note"]) == ('Ann "A" Lee', "two\nlines")
    [bad] = report_of(result)
    assert (bad["row"], bad["line"]) == ("3", "4")


async def test_nul_bytes_and_broken_characters_cost_their_row(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    rows = [
        b"name,phone",
        b"A\0nn,13812345678",
        b"B\xe7\x8e,13812345679",
        "王,13812345670".encode(),
    ]
    filler = [f"王小明,1391234{i:04}".encode() for i in range(50)]

    result = await take_in(write(b"\n".join(rows + filler)), campaign, store)

    assert (result.imported, result.encoding) == (51, "utf-8")
    assert [row["reason"] for row in report_of(result)] == [
        "contains NUL bytes",
        "contains characters that cannot be decoded",
    ]


@pytest.mark.parametrize("length", [40_000, 200_000, 3_000_000])
async def test_an_overlong_field_costs_its_row(
    length: int, store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    text = f"name,phone\nAnn,13812345678\n{'x' * length},13812345679\nCy,13812345670\n"

    result = await take_in(write(text), campaign, store)

    assert result.imported == 2
    assert result.rejected >= 1
    assert "longer than" in report_of(result)[0]["reason"]


async def test_the_report_runs_no_formula_and_is_for_its_owner_only(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    text = 'name,phone\n"=HYPERLINK(""http://x"")",bad\n+1+1,bad\n@SUM(1),bad\n-2+3,bad\n'

    result = await take_in(write(text), campaign, store)

    rows = report_of(result)
    assert [row["name"][0] for row in rows] == ["'"] * 4
    assert result.report_path is not None
    assert stat.S_IMODE(result.report_path.stat().st_mode) == 0o600


async def test_a_report_that_was_put_right_can_be_imported(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    first = await take_in(write("name,phone,note\n=Ann,1381234567,-5\n"), campaign, store)
    assert first.report_path is not None
    text = first.report_path.read_text(encoding="utf-8-sig").replace("1381234567", "13812345678")
    first.report_path.write_text(text, encoding="utf-8-sig")

    again = await take_in(first.report_path, campaign, store)

    assert again.imported == 1
    lead = await lead_with(store, campaign, "+8613812345678")
    assert (lead.name, dict(lead.custom)) == ("=Ann", {"note": "-5"})


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "Excel workbook"),
        (b"name,city\nAnn,Reno\n", "no column of phone numbers among: name, city"),
        (b'"name,phone\nAnn,13812345678\n', "first line a quote"),
    ],
)
async def test_a_file_that_is_no_list_is_refused_as_a_whole(
    content: bytes, complaint: str, store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    with pytest.raises(ListFileError, match=complaint):
        await take_in(write(content), campaign, store)


async def test_a_file_that_is_not_there_is_said_to_be_missing(
    store: InMemoryStore, campaign: Campaign, tmp_path: Path
) -> None:
    with pytest.raises(ListFileError, match="No such file"):
        await take_in(tmp_path / "none.csv", campaign, store)
    with pytest.raises(ListFileError, match="no region 'China'"):
        await take_in(tmp_path / "none.csv", campaign, store, default_region="China")


async def test_a_big_list_is_read_by_a_process_of_its_own_with_the_same_result(
    store: InMemoryStore, campaign: Campaign, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await store.campaigns.create("d", pool="p", settings={}, now=NOW, who="ops")
    rows = "".join(f'"Li {i}",1381234{i:04},"a,b"\n' for i in range(6000))
    path = write(f"name,phone,note\n{rows}Bo,13812340000,\nCy,bad,\n")
    here = await take_in(path, campaign, store)

    monkeypatch.setattr("dialer.leads.importer.ALONE_FROM_BYTES", 1)
    await store.campaigns.set_state(other.id, CampaignState.RUNNING, now=NOW, who="ops")
    seen: list[Progress] = []
    apart = await take_in(path, other, store, on_progress=seen.append)

    assert (apart.imported, apart.duplicates, apart.rejected, apart.rows) == (6000, 1, 1, 6002)
    assert (apart.columns, apart.encoding) == (here.columns, here.encoding)
    assert [one.rows for one in seen] == [5000, 6002]
    assert [row["reason"] for row in report_of(apart)] == [
        "duplicate of row 2 (+8613812340000)",
        "not a phone number (bad)",
    ]
    lead = await lead_with(store, other, "+8613812340007")
    assert (lead.name, dict(lead.custom)) == ("Li 7", {"note": "a,b"})


async def test_a_big_file_that_is_no_list_is_refused_the_same_way(
    store: InMemoryStore, campaign: Campaign, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialer.leads.importer.ALONE_FROM_BYTES", 1)

    with pytest.raises(ListFileError, match="no column of phone numbers"):
        await take_in(write("name,city\nAnn,Reno\n"), campaign, store)


async def test_a_reader_that_dies_is_noticed_and_what_went_in_stays(
    store: InMemoryStore, campaign: Campaign, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = write("x").parent / "python"
    fake.write_text("#!/bin/sh\ncat > /dev/null\nprintf '\\000\\000'\nexit 3\n")
    fake.chmod(0o700)
    monkeypatch.setattr("dialer.leads.importer.ALONE_FROM_BYTES", 1)
    monkeypatch.setattr("dialer.leads.reading.sys.executable", str(fake))

    with pytest.raises(ListFileError, match="cut off"):
        await take_in(write("phone\n13812345678\n"), campaign, store)


async def test_progress_reaches_the_end(
    store: InMemoryStore, campaign: Campaign, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialer.leads.importer.BIG_BATCH", 10)
    path = write("phone\n" + "".join(f"138123456{i:02}\n" for i in range(25)) + "bad\n")
    seen: list[Progress] = []

    await take_in(path, campaign, store, on_progress=seen.append)

    assert [one.rows for one in seen] == [10, 20, 26]
    last = seen[-1]
    assert (last.imported, last.rejected) == (25, 1)
    assert last.bytes_done == last.bytes_total == path.stat().st_size


async def test_hostile_headers_do_no_harm(
    store: InMemoryStore, campaign: Campaign, write: Write
) -> None:
    text = "phone,name,name,,=cmd\n13812345678,Ann,Bo,x,y\n"

    await take_in(write(text), campaign, store)

    lead = await lead_with(store, campaign, "+8613812345678")
    assert lead.name == "Ann"
    assert dict(lead.custom) == {"name (2)": "Bo", "column 4": "x", "=cmd": "y"}
