"""The documentation is true: what it names exists, and what exists is named."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from aggregator.app.attention import TODO
from aggregator.app.cli import VERBS
from spiders.fetching import CODES

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
GENERATED = {"commands.md", "settings.md"}
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
ROOMS = ("spiders", "aggregator", "publishers")
CODE_FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
SHIPPED = sorted(path for path in (ROOT / "config").rglob("*") if path.suffix in {".yml", ".md", ".example"})


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def spans(text: str) -> list[str]:
    """What a page sets as code: fenced blocks and spans in backticks."""
    fenced = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    return [*fenced, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))]


# --- commands -------------------------------------------------------------------------------------------------------


def invocations(text: str) -> Iterator[tuple[str, set[str]]]:
    """Each `jobbfyr VERB … --option …`, by verb and its options."""
    for line in text.splitlines():
        for verb, rest in re.findall(r"(?<![\w:/@.-])(?:\.venv/bin/)?jobbfyr ([a-z]+)\b([^`#|;&]*)", line):
            yield verb, set(re.findall(r"(?<!\S)--[a-z][a-z-]+", rest))


def options_of(verb: str) -> set[str]:
    module, _ = VERBS[verb]
    command: click.Command = getattr(importlib.import_module(f"aggregator.app.commands.{module}"), verb)
    own = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    return own | {"--help"}


@pytest.mark.parametrize("path", [*PAGES, *SHIPPED], ids=name_of)
def test_every_command_and_option_that_is_told_exists(path):
    text = path.read_text("utf-8")
    for verb, options in invocations("\n".join(spans(text)) if path.suffix == ".md" else text):
        assert verb in VERBS, f"jobbfyr {verb}"
        assert options <= options_of(verb), f"jobbfyr {verb}"


def test_every_command_that_the_code_advises_exists():
    told = 0
    for path in CODE_FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for verb, options in invocations("\n".join(re.findall(r"`(jobbfyr [^`]+)`", node.value))):
                    told += 1
                    assert verb in VERBS, f"{name_of(path)}: {node.value}"
                    assert options <= options_of(verb), f"{name_of(path)}: {node.value}"
    assert told > 20


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_is_told_by_a_person(verb):
    written = "\n".join(path.read_text("utf-8") for path in PAGES if path.name not in GENERATED)
    assert verb in {told for told, _ in invocations("\n".join(spans(written)))}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_make_target_that_is_told_exists(path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for span in spans(path.read_text("utf-8")):
        for line in re.findall(r"(?m)^make ([a-z ]+)", span):
            assert set(line.split()) <= targets, line


# --- names and links ------------------------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(path):
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if not re.match(r"[a-z]+:", link):
            file, _, anchor = link.partition("#")
            target = path.parent / file if file else path
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_file_that_is_named_exists(path):
    for span in re.findall(r"`([^`\n]+)`", path.read_text("utf-8")):
        if re.fullmatch(r"(spiders|aggregator|publishers|tests|benchmarks|docs|config)/[a-z0-9_./-]*", span):
            assert (ROOT / span).exists(), span


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_name_of_the_code_that_is_told_exists(path):
    for span in re.findall(r"`([^`\n]+)`", path.read_text("utf-8")):
        if re.fullmatch(r"(spiders|aggregator|publishers)(\.\w+)+", span):
            assert exists(span), span


def exists(dotted: str) -> bool:
    module, _, name = dotted.rpartition(".")
    try:
        importlib.import_module(dotted)
    except ImportError:
        return bool(module) and hasattr(importlib.import_module(module), name)
    return True


def contracts() -> list[tuple[str, str]]:
    """Room and call of each row of the table in docs/design.md."""
    text = (DOCS / "design.md").read_text("utf-8").partition("## Contracts between the rooms")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| (.+?) \| .+\|$", text, re.MULTILINE)
    return [(room, call) for room, calls in rows for call in re.findall(r"`([\w.]+\([^`]*\)[^`]*)`", calls)]


def test_the_table_of_contracts_is_read():
    assert len({room for room, _ in contracts()}) > 15


@pytest.mark.parametrize(("room", "call"), contracts())
def test_every_contract_stands_in_the_code_as_it_is_told(room, call):
    """Names of parameters in their order; `…` stands for those that are not told."""
    name, _, rest = call.partition("(")
    arguments = re.sub(r"\[[^\]]*\]", "", rest.partition(")")[0]).split(",")
    told = [re.split(r"[:=]", argument)[0].strip() for argument in arguments]
    thing: Any = importlib.import_module(room)
    for part in name.split("."):
        thing = getattr(thing, part)
    real = [parameter for parameter in inspect.signature(thing).parameters if parameter != "self"]
    told = [one for one in told if one not in {"", "*"}]
    if "…" in told:
        told = told[: told.index("…")]
        real = real[: len(told)]
    assert told == real


# --- problems -------------------------------------------------------------------------------------------------------

PLACES = {"problem": 1, "_problem": 0, "say": 1, "FetchFailed": 0, "_hold": 2, "_later": 4, "failed": 1}
"""Where the code stands among the arguments of the functions that make problems."""


def codes_of(path: Path) -> Iterator[str]:
    """Every problem code that a file gives; also through a variable called `code`, and `*` where a word is put in."""
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "Problem":
                given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            elif name in PLACES:
                given = node.args[PLACES[name] :][:1]
        elif isinstance(node, ast.Assign) and re.search(r"\bProblem\(|\.say\(", text):
            names = {one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            given = [node.value] if "code" in names else []
        for part in (part for one in given for part in ast.walk(one)):
            if isinstance(part, ast.JoinedStr):
                yield "".join(str(word.value) if isinstance(word, ast.Constant) else "*" for word in part.values)
            elif isinstance(part, ast.Constant) and re.fullmatch(
                r"[a-z]+(-[a-z]+)+|moved|stopped|database", str(part.value)
            ):
                yield str(part.value)


def emitted() -> set[str]:
    found = {code for path in CODE_FILES for code in codes_of(path)} | set(CODES)
    patterns = {code for code in found if "*" in code}
    assert patterns == {"*-failed", "too-many-*"}, "a code made from a word: say below which codes it can become"
    steps = {"recognising-failed", "site-failed", "settling-failed", "sending-failed", "closing-failed"}
    return (found - patterns) | steps | {"too-many-pages", "too-many-ads"}


def told() -> set[str]:
    rows = re.findall(r"^\| (`[^|]+`) \|", (DOCS / "problems.md").read_text("utf-8"), re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`([^`]+)`", row)}


def test_every_problem_is_told_with_what_to_do_and_none_that_cannot_happen():
    assert len(told()) > 80
    assert emitted() - told() == set(), "not in docs/problems.md"
    assert told() - emitted() == set(), "in docs/problems.md, but nothing gives it"
    rows = re.findall(r"^\| `.+\|$", (DOCS / "problems.md").read_text("utf-8"), re.MULTILINE)
    assert all(all(cell.strip() for cell in row.strip("|").split("|")) for row in rows)


def test_advice_is_kept_for_problems_that_can_happen():
    assert TODO.keys() - emitted() == set()
