"""`jobbfyr work`: cycles one after another, for servers without cron."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, warn


@click.command()
@shared_options
@click.option(
    "--every", type=click.FloatRange(0.01, 1440), default=15, show_default=True, help="Minutes between cycles."
)
@click.option(
    "--timeout", type=click.FloatRange(0.1, 1440), default=60, show_default=True, help="Minutes a cycle may take."
)
@click.option("--times", type=click.IntRange(1), help="Stop after so many cycles. [default: never]")
def work(folder: Path | None, *, as_json: bool, every: float, timeout: float, times: int | None) -> None:
    """Keep running cycles, one every quarter of an hour unless told otherwise.

    Each cycle is a `jobbfyr run` of its own, ended when it takes too long. Stop it with SIGTERM or Ctrl-C: it asks
    the run under way to end and leaves with exit code 0; else its code is the last run's.
    """
    from aggregator.app.worker import Worker, run_command

    def say(level: str, line: str) -> None:
        if as_json:
            emit({"level": level, "message": line})
        else:
            warn(f"{level}: {line}", level=level)

    command = run_command(region_folder(folder).resolve()) + (["--json"] if as_json else [])
    worker = Worker(command, every=max(1, round(every * 60)), timeout=timeout * 60, say=say)
    code = worker.run(at_most=times)
    click.get_current_context().exit(0 if worker.stopped else code)
