"""The front door: every verb is there, says what its docstring says, and a wrong word is answered in one line."""

import importlib
import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from aggregator.app.cli import VERBS, main_group


def jobbfyr(*words: str, cwd=None, env=None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "aggregator.app", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=env,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_verb_exists_and_its_sentence_is_its_docstrings_first_line(verb: str) -> None:
    module, sentence = VERBS[verb]
    command = getattr(importlib.import_module(f"aggregator.app.commands.{module}"), verb)
    assert isinstance(command, click.Command)
    assert command.help is not None
    assert command.help.split("\n")[0].rstrip(".") == sentence.rstrip(".")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_verb_takes_json_config_and_debug(verb: str) -> None:
    module, _ = VERBS[verb]
    command = getattr(importlib.import_module(f"aggregator.app.commands.{module}"), verb)
    names = {option for parameter in command.params for option in parameter.opts}
    assert {"--json", "--config", "--debug"} <= names


def test_help_lists_every_verb() -> None:
    shown = CliRunner().invoke(main_group, ["--help"])
    assert shown.exit_code == 0
    for verb, (_, sentence) in VERBS.items():
        assert f"  {verb} " in shown.output
        assert sentence.split()[0] in shown.output


def test_help_imports_no_heavy_library() -> None:
    heavy = ["scrapy", "sqlalchemy", "pydantic", "feedparser", "bs4", "typst", "rich", "httpx", "jinja2", "ruamel"]
    script = (
        "import sys; sys.argv = ['jobbfyr', '--help']\n"
        "from aggregator.app.cli import main\n"
        "try: main()\n"
        f"except SystemExit: print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == "[]"


def test_an_unknown_verb_gets_a_suggestion_and_exit_code_2() -> None:
    done = jobbfyr("statsu")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == ["jobbfyr: there is no command 'statsu'", "  → did you mean `jobbfyr status`?"]


@pytest.mark.parametrize("verb", ["run", "status", "check", "plan", "why svetsare", "problems", "export", "stop"])
def test_without_a_region_every_verb_says_so_in_one_line(verb: str, tmp_path) -> None:
    done = jobbfyr(*verb.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no jobbfyr.yml here" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_error(tmp_path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps({"identifier": str(n), "title": "Svetsare"}) + "\n" for n in range(3000)))
    script = f"{sys.executable} -m aggregator.app tag {lines} | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["identifier"] == "0"
    assert "Traceback" not in done.stderr
