"""What the YAML parser did not understand, said to an operator and placed where the mistake was made. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

Told = tuple[int, int, str]
"""Line and column from 1, and a sentence."""

_PLAIN: Final = {
    "could not find expected ':'": "a key without its ':'",
    "but found '<stream end>'": "the file ends here, inside an open bracket",
    "expected '<document start>'": "this is indented less than what stands above it: check the indentation",
    "expected alphabetic or numeric character": "a text that begins with & or * wants quotes",
    "expected chomping": "a text that begins with > or | wants quotes",
    "expected <block end>": "this does not continue what stands above: check the indentation",
}


def in_words(error: Any, text: str) -> Told:  # noqa: ANN401 - ruamel.yaml's MarkedYAMLError
    """The parser's error; an open bracket or quote is named where it opens, not where the parser noticed."""
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = re.split(r"\r\n|\r|\n", text)
    here = lines[line - 1] if line <= len(lines) else ""
    found = _marks(here, line, column) or _open(error, problem, lines[:line])
    if found is not None:
        return found
    if "mapping values are not allowed" in problem:
        if ": " in here[: column - 1]:
            return line, column, "a second ': ' in one line; put the text in quotes"
        return line, column, "this line is indented deeper than the one above it, which is already complete"
    if "cannot start any token" in problem:
        return line, column, f"a text cannot begin with {here[column - 1 : column]!r}; put it in quotes"
    if "expected the node content" in problem and here[column - 1 :].strip():
        return line, column, f"a value is expected here, not {here[column - 1 : column]!r}"
    told = next((told for sign, told in _PLAIN.items() if sign in problem), "")
    return line, column, told or f"cannot be read as YAML{': ' if problem else ''}{problem}"


def _marks(here: str, line: int, column: int) -> Told | None:
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return line, column, "a tab indents this line; YAML wants spaces"
    if here[column - 1 : column] == "\t":
        return line, column, "a tab stands where YAML wants a space"
    dash = re.match(r" *-(?=[^ \-])", here)
    return (line, dash.end(), "a list's dash wants a space after it") if dash is not None else None


def _open(error: Any, problem: str, lines: list[str]) -> Told | None:  # noqa: ANN401 - as above
    """A quote or bracket that is opened and never closed, or closed by a later one."""
    context, mark = error.context or "", error.context_mark
    if mark is not None and "quoted" in context:
        return mark.line + 1, mark.column + 1, "a quote is opened here and never closed"
    if mark is not None and "flow" in context and "expected ','" in problem:
        return mark.line + 1, mark.column + 1, "a bracket opens here and is not closed, or lacks a comma"
    if "expected <block end>" in problem:
        return _odd_quote(lines)
    return None


def _odd_quote(lines: list[str]) -> Told | None:
    """A value's opening quote that its line does not close, the first there is."""
    for number, line in enumerate(lines, start=1):
        opening = re.search(r"""(?:: +|- +|^ *)(["'])""", line)
        if opening is not None and line.count(opening[1]) % 2:
            return number, opening.start(1) + 1, "a quote is opened here and not closed in its line"
    return None
