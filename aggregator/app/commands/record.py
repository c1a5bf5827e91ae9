"""`jobbfyr record`: a source's answers saved as a case for the tests, without the people in them."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import Progress, emit, say, warn
from aggregator.errors import JobbfyrError, UsageError


@click.command()
@shared_options
@click.argument("kind")
@click.argument("url")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The case's folder; it must not be there yet."
)
@click.option(
    "--option", "told", multiple=True, metavar="NAME=VALUE", help="An option of the kind, its value as in YAML."
)
@click.option("--most", default=30, show_default=True, type=click.IntRange(1, 500), help="Pages fetched at most.")
def record(
    folder: Path | None, *, as_json: bool, kind: str, url: str, out: Path, told: tuple[str, ...], most: int
) -> None:
    """Save a source's answers as a case for the tests, contact persons replaced.

    Fetches what the kind asks for, puts an invented person in the place of every contact person found, freezes the
    time, and writes what the kind makes of it all as the expectation, which a person must then read.
    """
    from aggregator.app.clock import SystemClock
    from aggregator.app.collect import manners_of
    from aggregator.app.detecting import settings_of
    from aggregator.model import Source
    from spiders.base import kinds
    from spiders.crawl import record as fetch_all
    from spiders.recording import make_case

    if kind not in kinds():
        raise UsageError(f"there is no source kind {kind!r}", hint=f"the kinds are {', '.join(sorted(kinds()))}")
    if out.exists():
        raise UsageError(f"{out} is there already", hint="name a folder that is not")
    settings = settings_of(region_folder(folder))
    source = Source(key="case/source", partner="case", kind=kind, url=url, options=_options(kind, told))
    now = SystemClock().now().replace(microsecond=0)
    with Progress().step("fetching its pages") as step:
        timeout = settings.collect.run_timeout
        recorded = fetch_all(source, manners_of(settings), most=most, timeout=timeout, now=now)
        step.note = f"{len(recorded.pages)} pages"
    if recorded.failure:
        hint = "narrow it with --option, or raise --most" if "more than" in recorded.failure else "nothing was written"
        raise JobbfyrError(f"{url}: {recorded.failure}", hint=hint)
    try:
        case = make_case(kinds()[kind], source, recorded.pages, now)
    except ValueError as error:
        raise JobbfyrError(str(error), hint="nothing was written; write this case by hand") from error
    out.mkdir(parents=True)
    for name, body in case.files.items():
        (out / name).write_bytes(body)
    if as_json:
        emit({"folder": str(out), "files": sorted(case.files), "replaced": case.replaced, "left": case.left})
        return
    say(
        f"{out}: {len(recorded.pages)} pages, {case.postings} postings, {case.replaced} personal details replaced.",
        bold=True,
    )
    for problem in case.problems:
        warn(f"  {problem}")
    for detail in case.left:
        warn(f"  may still be a person: {detail}")
    say("Review before it counts:")
    say(f"  1. read {out / 'expected.jsonl'} against the pages, field by field")
    say("  2. search the pages for names, numbers and addresses that are still there")
    say("  3. see that the pages may be shown: a case in the open needs its publisher's licence, or words of your own")


def _options(kind: str, told: tuple[str, ...]) -> dict[str, object]:
    """Options given as NAME=VALUE. Raises `UsageError` for what is none, or what the kind refuses."""
    from pydantic import ValidationError

    from aggregator.settings.yamltree import parse
    from spiders.base import kinds

    if odd := next((one for one in told if "=" not in one), ""):
        raise UsageError(f"--option {odd}: no NAME=VALUE")
    text = "".join(f"{name}: {value}\n" for name, _, value in (one.partition("=") for one in told))
    parsed = parse(text, "--option")
    if parsed.faults:
        raise UsageError(f"--option: {parsed.faults[0].message}")
    options: dict[str, object] = dict(parsed.root.data()) if parsed.root else {}
    try:
        kinds()[kind].Options.model_validate(options)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise UsageError(f"the kind {kind} does not take these options: {faults}", hint="see docs/kinds.md") from error
    return options
