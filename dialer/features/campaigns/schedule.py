"""When a campaign starts and pauses by itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from dialer.features.campaigns.service import next_by_schedule
from dialer.features.settings.public import Wanted, service
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.problems import responses
from dialer.kit.scope import whole
from dialer.kit.shapes import plain_schema
from dialer.ports.control import Scheduled
from dialer.settings.schedule import Day, ScheduleSettings
from dialer.words import CampaignState

router = APIRouter(prefix="/campaigns", tags=["campaigns"])

_Scheduled = Annotated[Any, WithJsonSchema(plain_schema(Scheduled))]


class Schedule(BaseModel):
    """Windows such as "9:00-12:30"; on a date that is named, its own in place of the weekday's."""

    model_config = ConfigDict(extra="forbid")

    on: bool = True
    timezone: str = Field(
        default="", max_length=64, description="As Europe/Berlin; empty: the server's."
    )
    weekdays: dict[Day, list[str]] = Field(default={}, examples=[{"mon": ["9:00-17:00"]}])
    dates: dict[str, list[str]] = Field(default={}, examples=[{"2026-12-24": []}])


class ChangeSchedule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schedule: Schedule
    because: str = Field(default="", max_length=500)
    version: int | None = Field(default=None, ge=0, description="Not said: whichever it is.")


class ScheduleSheet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schedule: Schedule
    scheduled: _Scheduled | None = Field(description="What comes next by itself.")
    version: int = Field(description="Of the campaign's settings.")


@router.get(
    "/{name}/schedule",
    summary="When it starts and pauses by itself",
    responses={200: {"model": ScheduleSheet}, **responses(404)},
)
async def get_schedule(name: str, caller: Annotated[Caller, Needs("campaigns.read")]) -> Response:
    await service.reach_subject(caller, f"campaign/{name}")
    return json_answer(await _sheet(caller, name))


@router.put(
    "/{name}/schedule",
    summary="Have it start and pause by itself",
    responses={200: {"model": ScheduleSheet}, **responses(404, 409)},
)
async def put_schedule(
    name: str, body: ChangeSchedule, caller: Annotated[Caller, Needs("campaigns.run")]
) -> Response:
    """Written into the settings, and followed from now on. By hand it can be made otherwise until
    the next boundary.
    """
    subject = f"campaign/{name}"
    await service.reach_subject(caller, subject)
    usual = ScheduleSettings().model_dump(mode="json")
    said: dict[str, Any] = body.schedule.model_dump(mode="json")
    changes = {
        f"schedule.{key}": None if value == usual[key] else value for key, value in said.items()
    }
    wanted = [Wanted(subject, changes, body.version)]
    await service.change(caller, wanted, body.because, permitted=True)
    return json_answer(await _sheet(caller, name))


@whole("of a campaign that was let see")
async def _sheet(caller: Caller, name: str) -> dict[str, Any]:
    context = caller.context
    settings, now = context.settings(), context.clock.now()
    campaign = await context.store.campaigns.by_name(name)
    state = campaign.state if campaign is not None else CampaignState.STOPPED
    latest = await context.store.settings_versions.latest(f"campaign/{name}")
    return {
        "schedule": settings.campaign[name].schedule.model_dump(mode="json"),
        "scheduled": next_by_schedule(settings, name, state, now),
        "version": latest.version if latest is not None else 0,
    }
