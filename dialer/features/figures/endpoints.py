"""Which figures there are, and reports of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.figures.drilling import rows_behind
from dialer.features.figures.exporting import sheet_and_rows
from dialer.features.figures.forecasting import forecast
from dialer.features.figures.parts import REPORTS
from dialer.features.figures.records import Catalogue, ForecastShown, RebuiltShown, ReportShown
from dialer.features.figures.reports import Reports
from dialer.features.figures.row_records import RowsShown
from dialer.features.figures.schemas import AskReport, AskRows, ExportReport
from dialer.features.figures.service import asked, catalogue, rebuilt, report
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import conflict
from dialer.kit.export import ExportView, exports_of
from dialer.kit.problems import responses
from dialer.kit.shapes import record
from figures.catalogue import TERMS

router = APIRouter(tags=["figures"])
_Reader = Annotated[Caller, Needs("figures.read")]


@router.get("/figures", summary="Every figure and dimension", responses={200: record(Catalogue)})
async def list_figures(caller: _Reader) -> Response:
    """With names and meanings in both languages."""
    reports = REPORTS.of(caller.context)
    return json_answer(catalogue(TERMS if reports is None else reports.terms()))


@router.post(
    "/figures/report",
    summary="Figures of a period",
    responses={200: record(ReportShown), **responses(400, 409, 503)},
)
async def ask_report(body: AskReport, caller: _Reader) -> Response:
    """Of what the caller may see. Groups, and above them their sums, computed from the rows."""
    store, scope = caller.context.store, await caller.scope()
    return json_answer(await report(_reports(caller), store, asked(body), scope))


@router.post(
    "/figures/forecast",
    summary="How figures will probably go on",
    responses={200: record(ForecastShown), **responses(409, 422, 503)},
)
async def ask_forecast(body: AskReport, caller: _Reader) -> Response:
    """The coming days, weeks or months, by the like ones before: the middle of the last four, in a
    band that held eight of ten. `by` is one of day, week and month; what is not over is left out.
    """
    store, scope, now = caller.context.store, await caller.scope(), caller.context.clock.now()
    return json_answer(await forecast(_reports(caller), store, asked(body), scope, now))


@router.post(
    "/figures/rows",
    summary="What is behind a figure",
    responses={200: record(RowsShown), **responses(400, 409, 503)},
)
async def ask_rows(body: AskRows, caller: _Reader) -> Response:
    """The calls, or stretches of reps' time, that a number of a report is made of."""
    return json_answer(await rows_behind(_reports(caller), caller, body))


@router.post(
    "/figures/report/exports",
    summary="Figures of a period as a file",
    status_code=202,
    responses={202: record(ExportView), **responses(400, 409, 429, 503)},
)
async def export_report(body: ExportReport, caller: _Reader) -> Response:
    """CSV, XLSX, Parquet or JSON, with what it is a report of; noted in the audit log."""
    store, scope = caller.context.store, await caller.scope()
    found = await report(_reports(caller), store, asked(body), scope)
    sheet, rows = sheet_and_rows(found, body)
    noted = body.model_dump(mode="json", exclude={"words"}, exclude_defaults=True)
    await caller.note("figures.export", "report", after=noted)
    exports = exports_of(caller.context)
    return json_answer(exports.start(caller.grant.who, "report", body.format, sheet, rows), 202)


@router.post(
    "/figures/rebuild",
    summary="Write all files of facts anew",
    responses={200: record(RebuiltShown), **responses(409, 503)},
)
async def rebuild(caller: Annotated[Caller, Needs("figures.rebuild")]) -> Response:
    """From the database, which is the truth; reports go on meanwhile. Answers when it is done: a
    third of a second for a day of 35,000 calls.
    """
    found = await rebuilt(_reports(caller))
    await caller.note("figures.rebuild", "figures", after={"written": found.written})
    return json_answer(found)


def _reports(caller: Caller) -> Reports:
    found = REPORTS.of(caller.context)
    if found is None:
        raise conflict("no-figures", "no reports are made behind this API")
    return found
