"""`dialer recordings …`: find what was recorded, take it out as WAV, delete what is old."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dialer.cli.failure import Failure
from dialer.cli.here import settings_from, with_store
from dialer.cli.options import ConfigOption, JsonOption
from dialer.cli.output import print_json, print_table

if TYPE_CHECKING:
    from dialer.ports.store import Recording, Store
    from dialer.settings import Settings
    from recordings.library import KeptFile, Library

app = typer.Typer(help="Recordings.", no_args_is_help=True, rich_markup_mode=None)


@app.command(epilog="Example: dialer recordings find --campaign spring --since 2026-01-05")
def find(
    *,
    attempt: Annotated[str | None, typer.Option(help="Only this attempt's.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Only this campaign's.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="From this UTC day on: 2026-01-31.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Up to this UTC day, it included.")
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List finished recordings, oldest day first."""
    library = library_of(settings_from(config), needs_key=False)
    found = library.find(attempt=attempt, campaign=campaign, since=_day(since), until=_day(until))
    _show(list(found), json_)


@app.command(epilog="Example: dialer recordings export 01KEV… --out call.wav")
def export(
    recording: Annotated[str, typer.Argument(metavar="ID", help="As call records name it.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to. Default: ID.wav here.")
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Write one recording as WAV: left the callee, right the rep. Decrypted, so mind the file."""
    settings = settings_from(config)
    row = with_store(settings, lambda store: _row(store, recording))
    target = out or Path(f"{Path(recording).name}.wav")
    seconds = _exported(library_of(settings), row, target)
    if json_:
        print_json({"recording": row.id, "file": str(target.absolute()), "seconds": seconds})
    else:
        typer.echo(f"{target}: {seconds:.1f} s")


@app.command(epilog="Example: dialer recordings expire --keep-days 90 --dry-run")
def expire(
    *,
    keep_days: Annotated[
        int | None,
        typer.Option(min=1, help="Whole days to keep. Default: recording.keep_days."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be deleted, and delete nothing.")
    ] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Delete what is older than so many days; the store keeps a note of each."""
    settings = settings_from(config)
    days = keep_days or settings.recording.keep_days
    if days is None:
        raise Failure("how long to keep is not said: give --keep-days, or set recording.keep_days")
    library = library_of(settings, needs_key=False)
    old = library.expired(datetime.now(UTC).date(), days)
    if not dry_run and old:
        with_store(settings, lambda store: library.delete(old, store.recordings))
    if json_:
        print_json({**_described(old), "keep_days": days, "deleted": not dry_run})
        return
    what = "would be deleted" if dry_run else "deleted"
    if dry_run and old:
        _show(old, json_)
    total = sum(kept.bytes for kept in old)
    typer.echo(f"{len(old)} recordings {what}, {total / 2**20:.1f} MB")


@app.command("make-key")
def make_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    json_: JsonOption = False,
) -> None:
    """Make a key for [recording] key_file. Keep a copy: without it recordings are lost."""
    from recordings.encryption import make_key as make  # noqa: PLC0415

    try:
        key = make(file)
    except FileExistsError:
        raise Failure(f"{file} exists already: a key is never overwritten") from None
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    if json_:
        print_json({"file": str(file.absolute()), "key_id": key.id.hex()})
    else:
        typer.echo(f"{file}: key {key.id.hex()}")


def library_of(settings: Settings, *, needs_key: bool = True) -> Library:
    from dialer.features.recordings.keys import recording_key  # noqa: PLC0415
    from dialer.kit.start_errors import StartError  # noqa: PLC0415
    from recordings.library import Library  # noqa: PLC0415

    try:
        key = recording_key(settings) if needs_key else None
    except StartError as error:
        raise Failure(str(error)) from None
    return Library(settings.recording_dir, key=key)


async def _row(store: Store, recording: str) -> Recording:
    row = await store.recordings.get(recording)
    if row is None:
        raise Failure(f"no recording {recording!r}: 'dialer recordings find' lists them")
    return row


def _exported(library: Library, row: Recording, target: Path) -> float:
    import soundfile  # noqa: PLC0415

    from recordings.encryption import KeyProblemError  # noqa: PLC0415
    from recordings.export import export_wav  # noqa: PLC0415
    from recordings.library import NoSuchRecordingError  # noqa: PLC0415

    try:
        return export_wav(library, row, target)
    except (NoSuchRecordingError, KeyProblemError) as error:
        raise Failure(str(error)) from None
    except soundfile.SoundFileError as error:
        raise Failure(f"recording {row.id} is damaged: {error}") from None
    except OSError as error:
        raise Failure(f"{error.filename or target}: {error.strerror}") from None


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day: write it as 2026-01-31") from None


def _show(found: list[KeptFile], json_: bool) -> None:
    if json_:
        print_json(_described(found))
        return
    rows = [(kept.attempt, kept.campaign, kept.day, kept.bytes, kept.path) for kept in found]
    print_table(("recording", "campaign", "day", "bytes", "file"), rows)


def _described(found: list[KeptFile]) -> dict[str, object]:
    return {
        "recordings": [
            {
                "recording": kept.attempt,
                "campaign": kept.campaign,
                "day": kept.day.isoformat(),
                "bytes": kept.bytes,
                "file": str(kept.path),
            }
            for kept in found
        ]
    }
