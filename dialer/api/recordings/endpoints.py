"""Find recordings and listen to them; who listens is noted before anything is heard."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from dialer.accounts.reach import Reach
from dialer.api.answers import json_answer, masked
from dialer.api.auth import Caller, Needs
from dialer.api.errors import ProblemError, conflict, not_found
from dialer.api.moments import Moment
from dialer.api.problems import responses
from dialer.api.recordings.ranges import wanted
from dialer.api.recordings.schemas import Recording, RecordingList
from dialer.ports.store import RecordedCall, RecordingQuery
from recordings.encryption import KeyProblemError
from recordings.library import MEDIA_TYPES, NoSuchRecordingError, Sound

router = APIRouter(prefix="/recordings", tags=["recordings"])
_Listener = Annotated[Caller, Needs("recordings.listen")]
#: A player asks for a file in many parts: who listens to it is noted once in so long.
NOTED_FOR_S = 600.0
_AUDIO: dict[int | str, dict[str, Any]] = {
    status: {"description": what, "content": {kind: {} for kind in MEDIA_TYPES.values()}}
    for status, what in ((200, "All of it."), (206, "The part that was asked for."))
}
_NO_RANGE: dict[int | str, dict[str, Any]] = {416: {"description": "There is no such part."}}


@router.get("", summary="Find recordings", responses={200: {"model": RecordingList}})
async def list_recordings(  # noqa: PLR0917  (query parameters)
    caller: _Listener,
    campaign: Annotated[str | None, Query(max_length=64)] = None,
    agent: Annotated[str | None, Query(max_length=40)] = None,
    since: Annotated[Moment | None, Query(description="at or after, unix seconds")] = None,
    until: Annotated[Moment | None, Query(description="before, unix seconds")] = None,
    below: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Those of calls in your reach. Newest first."""
    query = RecordingQuery(
        **await _within(caller, campaign, agent), since=since, until=until, below=below, limit=limit
    )
    found = await caller.context.store.recordings.page(query)
    following = found[-1].recording.id if len(found) == limit else None
    whole = caller.grant.may("numbers.read")
    shown = [_row(it, whole=whole) for it in found]
    return json_answer({"recordings": shown, "next": following})


@router.get(
    "/{recording}", summary="One recording", responses={200: {"model": Recording}, **responses(404)}
)
async def get_recording(recording: str, caller: _Listener) -> Response:
    found = await _seen(caller, recording)
    return json_answer(_row(found, whole=caller.grant.may("numbers.read")))


@router.get(
    "/{recording}/audio",
    summary="Listen to a recording",
    response_class=Response,
    responses={**_AUDIO, **_NO_RANGE, **responses(404, 409)},
)
async def get_audio(
    recording: str,
    caller: _Listener,
    range_: Annotated[str | None, Header(alias="Range", max_length=200)] = None,
) -> Response:
    """The sound, decrypted, or the part of it that `Range` asks for. Noted in the audit log."""
    found = await _seen(caller, recording)
    sound = _sound(caller, found)
    span = wanted(range_, sound.size)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": "inline",
    }
    if span == "unsatisfiable":
        return Response(status_code=416, headers={"Content-Range": f"bytes */{sound.size}"})
    start, stop = span or (0, sound.size)
    headers["Content-Length"] = str(stop - start)
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{sound.size}"
    await _note(caller, found)
    return StreamingResponse(
        sound.part(start, stop),
        206 if span is not None else 200,
        headers=headers,
        media_type=sound.media_type,
    )


def _sound(caller: Caller, found: RecordedCall) -> Sound:
    library = caller.context.library
    if library is None:
        raise conflict("no-recordings", "no recordings are kept here")
    try:
        return library.sound(found.recording)
    except NoSuchRecordingError as error:
        raise conflict("nothing-to-play", str(error)) from None
    except (KeyProblemError, OSError) as error:
        raise conflict("cannot-be-played", str(error)) from None


async def _note(caller: Caller, found: RecordedCall) -> None:
    heard, now = caller.context.heard, caller.context.clock.now()
    key = (caller.grant.who, found.recording.id)
    if now - heard.get(key, -NOTED_FOR_S) < NOTED_FOR_S:
        return
    after = {"campaign": found.campaign, "agent": found.agent}
    await caller.note("recording.listen", found.recording.id, after=after)
    for old in [it for it, at in heard.items() if now - at >= NOTED_FOR_S]:
        del heard[old]
    heard[key] = now


async def _seen(caller: Caller, recording: str) -> RecordedCall:
    """Raises ProblemError, also for a call of another team."""
    found = await caller.context.store.recordings.call(recording)
    if found is None or not (await caller.reach()).sees_call(_pool(caller, found), found.agent):
        raise not_found("recording", recording)
    return found


def _pool(caller: Caller, found: RecordedCall) -> str:
    described = caller.context.settings().campaign.get(found.campaign)
    return described.pool if described is not None else found.pool


async def _within(caller: Caller, campaign: str | None, agent: str | None) -> dict[str, Any]:
    """The campaigns and reps that the caller sees, and of these the ones that were asked for."""
    reach = await caller.reach()
    campaigns = None if reach.everything else await _campaigns(caller, reach)
    if campaign is not None:
        if campaigns is not None and campaign not in campaigns:
            raise ProblemError(404, "no-such-campaign", f"there is no campaign {campaign!r}")
        campaigns = [campaign]
    if agent is not None:
        if not reach.sees_agent(agent):
            raise not_found("rep", agent)
        return {"campaigns": campaigns, "agents": [agent], "unowned": False}
    agents = None if reach.everything else sorted(reach.agents)
    # A rep's calls are the team's wherever they were made; those of nobody go by the pool.
    return {"campaigns": campaigns, "agents": agents, "unowned": reach.waiting_calls}


async def _campaigns(caller: Caller, reach: Reach) -> list[str]:
    settings, found = caller.context.settings(), []
    for campaign in await caller.context.store.campaigns.list():
        described = settings.campaign.get(campaign.name)
        if reach.sees_pool(described.pool if described is not None else campaign.pool):
            found.append(campaign.name)
    return found


def _row(found: RecordedCall, *, whole: bool) -> dict[str, Any]:
    recording = found.recording
    return {
        "id": recording.id,
        "attempt": recording.attempt_id,
        "campaign": found.campaign,
        "agent": found.agent,
        "number": found.number if whole else masked(found.number),
        "placed_at": found.placed_at,
        "talk_seconds": found.talk_seconds,
        "disposition": found.disposition,
        "state": recording.state.value,
        "seconds": recording.seconds,
        "bytes": recording.bytes,
        "codec": recording.codec,
    }
