"""Find recordings and listen to them; who listens is noted before anything is heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from dialer.features.cdr.public import CallChoices, CallRow, CallSearch, looking
from dialer.features.recordings.parts import HEARD, LIBRARY, WAVES
from dialer.features.recordings.ranges import wanted
from dialer.features.recordings.schemas import OF_CALL, Recording, RecordingList
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import conflict, not_found
from dialer.kit.moments import Moment
from dialer.kit.problems import responses
from dialer.kit.scope import OfAgent, is_seen
from dialer.kit.shapes import record
from dialer.ports.past_calls import CallFilter
from dialer.ports.store import RecordedCall
from dialer.ports.store import Recording as Kept
from recordings.encryption import KeyProblemError
from recordings.library import MEDIA_TYPES, NoSuchRecordingError, Sound
from recordings.wave import Wave, WaveError

router = APIRouter(prefix="/recordings", tags=["recordings"])
_Listener = Annotated[Caller, Needs("recordings.listen")]
#: A player asks for a file in many parts: who listens to it is noted once in so long.
NOTED_FOR_S = 600.0
_AUDIO: dict[int | str, dict[str, Any]] = {
    status: {"description": what, "content": {kind: {} for kind in MEDIA_TYPES.values()}}
    for status, what in ((200, "All of it."), (206, "The part that was asked for."))
}
_NO_RANGE: dict[int | str, dict[str, Any]] = {416: {"description": "There is no such part."}}


@router.get(
    "",
    summary="Find recordings",
    responses={200: {"model": RecordingList}, **responses(404)},
)
async def list_recordings(  # noqa: PLR0917  (query parameters)
    caller: _Listener,
    campaign: Annotated[str | None, Query(max_length=64)] = None,
    agent: Annotated[str | None, Query(max_length=40)] = None,
    since: Annotated[Moment | None, Query(description="placed at or after, unix seconds")] = None,
    until: Annotated[Moment | None, Query(description="placed before, unix seconds")] = None,
    below: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Those of calls in your reach. Newest first."""
    scope, store = await caller.scope(), caller.context.store
    if campaign is not None and await store.campaigns.known(campaign, scope) is None:
        raise not_found("campaign", campaign)
    if agent is not None and not is_seen(OfAgent(agent), scope):
        raise not_found("rep", agent)
    wanted = CallFilter(
        campaigns=(campaign,) if campaign is not None else (),
        agents=(agent,) if agent is not None else None,
        since=since,
        until=until,
    )
    return await _page(caller, wanted, below, limit)


@router.post(
    "/search",
    summary="Find recordings by anything on the call",
    responses={200: {"model": RecordingList}, **responses(422)},
)
async def search(body: CallSearch, caller: _Listener) -> Response:
    """Those of calls in your reach. Newest first."""
    return await _page(caller, await looking.wanted(caller, body), body.below, body.limit)


@router.get(
    "/choices",
    summary="What recordings can be looked for by",
    responses={200: record(CallChoices)},
)
async def choices(caller: _Listener) -> Response:
    """Campaigns, reps, teams, trunks and results in your reach, with their names."""
    return json_answer(await looking.choices(caller))


async def _page(caller: Caller, wanted: CallFilter, below: str | None, limit: int) -> Response:
    found = await caller.context.store.recordings.page(
        wanted, await caller.scope(), below=below, limit=limit + 1
    )
    shown = _rows(caller, found[:limit])
    following = shown[-1]["id"] if len(found) > limit else None
    return json_answer({"recordings": shown, "next": following})


@router.get(
    "/{recording}", summary="One recording", responses={200: {"model": Recording}, **responses(404)}
)
async def get_recording(recording: str, caller: _Listener) -> Response:
    found = await _seen(caller, recording)
    return json_answer(_rows(caller, [found])[0])


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


@router.get(
    "/{recording}/wave",
    summary="How loud a recording is over its time",
    responses={200: record(Wave), **responses(404, 409)},
)
async def get_wave(recording: str, caller: _Listener) -> Response:
    """Of callee and rep apart, 0 to 255: what a player draws. Nothing can be heard of it, so it is
    not noted.
    """
    found = await _seen(caller, recording)
    sound = _sound(caller, found)
    try:
        wave = await WAVES.of(caller.context).of(found.recording.id, sound)
    except (WaveError, KeyProblemError, OSError) as error:
        raise conflict("cannot-be-played", str(error)) from None
    return json_answer(wave)


def _sound(caller: Caller, found: RecordedCall) -> Sound:
    library = LIBRARY.of(caller.context)
    if library is None:
        raise conflict("no-recordings", "no recordings are kept here")
    try:
        return library.sound(found.recording)
    except NoSuchRecordingError as error:
        raise conflict("nothing-to-play", str(error)) from None
    except (KeyProblemError, OSError) as error:
        raise conflict("cannot-be-played", str(error)) from None


async def _note(caller: Caller, found: RecordedCall) -> None:
    heard, now = HEARD.of(caller.context), caller.context.clock.now()
    key = (caller.grant.who, found.recording.id)
    if now - heard.get(key, -NOTED_FOR_S) < NOTED_FOR_S:
        return
    call = found.found.call
    after = {"campaign": call.campaign, "agent": call.agent}
    await caller.note("recording.listen", found.recording.id, after=after)
    for old in [it for it, at in heard.items() if now - at >= NOTED_FOR_S]:
        del heard[old]
    heard[key] = now


async def _seen(caller: Caller, recording: str) -> RecordedCall:
    """Raises Refused, also for a call of another team."""
    found = await caller.context.store.recordings.call(recording, await caller.scope())
    if found is None:
        raise not_found("recording", recording)
    return found


def _rows(caller: Caller, found: Sequence[RecordedCall]) -> list[dict[str, Any]]:
    calls = looking.rows(caller, [it.found for it in found])
    return [_row(it.recording, call) for it, call in zip(found, calls, strict=True)]


def _row(recording: Kept, call: CallRow) -> dict[str, Any]:
    return {
        "id": recording.id,
        "attempt": recording.attempt_id,
        "state": recording.state.value,
        "seconds": recording.seconds,
        "bytes": recording.bytes,
        "codec": recording.codec,
        **{name: getattr(call, name) for name in OF_CALL},
    }
