"""The command line's front door. It knows every verb by name and one sentence, and imports only the one that is used.

Exit codes: 0 all well, 1 some source or post failed, 2 wrong configuration or wrong words, 3 already running,
130 interrupted.
"""

from __future__ import annotations

import errno
import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from aggregator.errors import JobbfyrError, SettingsError, UsageError

VERBS: dict[str, tuple[str, str]] = {
    "init": ("setup", "Start a region's folder from one of the shipped regions."),
    "add": ("add", "Add a partner's career page: detect it, show its vacancies, write the file."),
    "detect": ("detect", "Tell which job system a career page belongs to."),
    "check": ("check", "Read the settings and tell everything wrong, missing or costly."),
    "run": ("cycle", "Do one whole cycle: collect, understand, choose, publish."),
    "work": ("work", "Keep running cycles, one every quarter of an hour unless told otherwise."),
    "collect": ("cycle", "Fetch all sources and take in what changed, without publishing."),
    "plan": ("plan", "Choose what to show in the coming week, with the reasons."),
    "preview": ("preview", "Show the texts of the coming posts exactly as they would go out."),
    "publish": ("cycle", "Send what is due now, from what was collected before."),
    "status": ("status", "Tell in one screen how the region is doing."),
    "problems": ("status", "List what needs a person, the most urgent first."),
    "report": ("status", "Tell each partner's promised and delivered posts."),
    "why": ("why", "Explain a vacancy: where it came from, its tags, its posts."),
    "pin": ("rulings", "Show a vacancy as soon as the rules allow."),
    "block": ("rulings", "Keep a vacancy from being posted."),
    "split": ("rulings", "Say that two postings are two jobs, for good."),
    "merge": ("rulings", "Say that two vacancies are one job, for good."),
    "stop": ("rulings", "Stop all sending until `resume`."),
    "resume": ("rulings", "Let sending go on after `stop`."),
    "export": ("pipes", "Write the open vacancies as JSON lines, JSON Feed, Atom or XML."),
    "parse": ("pipes", "Read a saved page or feed as one source kind would."),
    "tag": ("pipes", "Tag JobPosting lines: region, occupation, level, education."),
    "dedupe": ("pipes", "Tell which JobPosting lines are the same vacancy."),
    "record": ("record", "Save a source's answers as a case for the tests, contact persons replaced."),
    "serve": ("serve", "Look at the built web site in a browser on this machine."),
    "demo": ("demo", "Run the main job against a region served on this machine."),
}


class LazyGroup(click.Group):
    """A group whose verbs are imported when they are called, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"aggregator.app.commands.{VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], VERBS, n=1)
            hint = f"did you mean `jobbfyr {near[0]}`?" if near else "see `jobbfyr --help`"
            raise UsageError(f"there is no command {args[0]!r}", hint=hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the verb. A reader that has seen enough (`jobbfyr export | head`) is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            with suppress(OSError, ValueError):  # so that nothing complains when the rest is flushed at the end
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in VERBS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="jobbfyr", message="jobbfyr %(version)s")
def main_group() -> None:
    """Jobbfyr gathers the vacancies of a region's partner companies and shows them to people who might move there.

    Start with `jobbfyr init DIR --region dalarna`, then `jobbfyr check` and `jobbfyr run`.
    """


def shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every verb understands: `--config`, `--json` and `--debug`."""
    for option in (
        click.option("--debug", is_flag=True, expose_value=False, callback=_note_debug, help="Show tracebacks."),
        click.option("--json", "as_json", is_flag=True, help="Answer in JSON."),
        click.option(
            "--config",
            "folder",
            type=click.Path(path_type=Path),
            envvar="JOBBFYR_CONFIG",
            help="The region's folder. [default: $JOBBFYR_CONFIG or the current folder]",
        ),
    ):
        command = option(command)
    return command


def _note_debug(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click's signature
    if value:
        os.environ["JOBBFYR_DEBUG"] = "1"


def region_folder(folder: Path | None) -> Path:
    """The region's folder to work in; raises `UsageError` when there is none."""
    chosen = folder or Path()
    if not (chosen / "jobbfyr.yml").is_file():
        raise UsageError(
            f"{chosen.resolve()}: there is no jobbfyr.yml here",
            hint="name the folder with --config or JOBBFYR_CONFIG, or start one with `jobbfyr init DIR`",
        )
    return chosen


class Terminated(KeyboardInterrupt):
    """SIGTERM came: whatever is open is closed on the way out, as with Ctrl-C."""


def _terminate(*_: object) -> None:
    raise Terminated


def main() -> None:
    """The `jobbfyr` command. Every error becomes one line on stderr, what to do about it, and an exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    gc.set_threshold(50_000, 20, 50)  # imports make objects that stay: looking through them again and again costs 40 ms
    try:
        code = main_group.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _tell("interrupted; what was done stays done, and the next run takes up the rest")
        sys.exit(130)
    except click.ClickException as error:
        _tell_click(error)
        sys.exit(2)
    except JobbfyrError as error:
        if os.environ.get("JOBBFYR_DEBUG"):
            raise
        _show(error)
        sys.exit(error.exit_code)
    except OSError as error:
        if os.environ.get("JOBBFYR_DEBUG"):
            raise
        where = f"{error.filename}: " if error.filename else ""
        hint = _HINTS.get(error.errno or 0, "look at the path and its rights, then run again")
        _tell(f"{where}{error.strerror or error}", hint)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("JOBBFYR_DEBUG"):
            raise
        what = f"something broke that should not: {type(error).__name__}: {error}"
        _tell(" ".join(what.split()), "run it again with --debug to see where, and please report it")
        sys.exit(1)


_HINTS = {
    errno.ENOSPC: "free space on the disk, then run again",
    errno.EDQUOT: "free space under the quota, then run again",
    errno.EROFS: "the disk is read-only: mount it writable, then run again",
}


def _tell(what: str, hint: str = "") -> None:
    """A line on stderr, and one on what to do; a stderr that nobody reads is no reason to fail differently."""
    with suppress(OSError):
        click.echo(f"jobbfyr: {what}", err=True)
        if hint:
            click.echo(f"  → {hint}", err=True)


def _tell_click(error: click.ClickException) -> None:
    """What click complains of, in one line instead of its three."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "jobbfyr"
    _tell(error.format_message().rstrip("."), f"`{path} --help` tells how it is used")


def _show(error: JobbfyrError) -> None:
    if not isinstance(error, SettingsError):
        _tell(error.what, error.hint)
        return
    with suppress(OSError):
        for fault in error.faults:
            click.echo(str(fault), err=True)
        number = len(error.faults)
        click.echo(f"{number} fault{'s' if number != 1 else ''} in the settings", err=True)
        if error.hint:
            click.echo(f"  → {error.hint}", err=True)
