"""What pydantic found wrong, said to an operator: where it stands, what is there, what was wanted, what was meant.

No sentence made here repeats a value that stands where a secret is due.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from aggregator.errors import Fault
from aggregator.settings.secrets import EnvSecret
from aggregator.settings.yamltree import Node, Path, Step, show

NOT_HERE: Final = (
    "a secret never stands here: put it in an environment variable and write that variable's name, {env: NAME}"
)
_WANTED: Final = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping (keys with values)",
    "model_type": "a mapping (keys with values)",
    "model_attributes_type": "a mapping (keys with values)",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
    "date_from_datetime_inexact": "a date such as 2026-01-31",
}
_PATTERNS: Final = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": "may hold only small letters a-z, digits and single hyphens, as in hoga-kusten",
    "^[a-z]{2}$": "is no language code; write two small letters, as in sv",
    "^[A-Z]{2}$": "is no country code; write two capitals, as in SE",
    "^#[0-9a-fA-F]{6}$": 'is no colour; write it as "#0b3954", with the quotes',
    "^[0-9]{4}$": 'must be four digits in quotes, such as "7212"',
    "^[0-9]{1,4}$": 'must be one to four digits in quotes, such as "72"',
}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean 'greenhouse'?)` when something known is near, else what is known when that is short, else ""."""
    from rapidfuzz import fuzz, process, utils

    choices = sorted(set(known))
    near = process.extractOne(word, choices, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=60)
    if near is not None:
        return f" (did you mean {near[0]!r}?)"
    if choices and len(choices) <= 15:
        return f" (known: {', '.join(choices)})"
    return ""


def faults_of(
    error: ValidationError, model: type[BaseModel], node: Node, file: str, *, text: str, prefix: Path = ()
) -> list[Fault]:
    """A fault for each of pydantic's errors. `node` is what was validated and stands at `prefix` in `file`, whose
    whole text is `text`.
    """
    found: dict[tuple[int, int, str], Fault] = {}
    for item in error.errors(include_url=False):
        fault = _fault(item, model, node, file, text=text, prefix=prefix)
        found.setdefault((fault.line, fault.column, fault.path), fault)  # one word on one place is enough
    return list(found.values())


def _fault(item: Any, model: type[BaseModel], node: Node, file: str, *, text: str, prefix: Path) -> Fault:  # noqa: ANN401 - pydantic's ErrorDetails
    loc: Path = tuple(item["loc"])
    kind = item["type"]
    at, here = _follow(node, loc)
    path = loc if kind in {"missing", "extra_forbidden"} else at
    line, column = here.line, here.column
    if at != loc and loc and loc[-1] == "[key]" and str(loc[-2]) in here.keys:  # pydantic's word for a mapping's key
        path = loc[:-1]
        line, column = here.keys[str(loc[-2])].line, here.keys[str(loc[-2])].column
    if kind == "extra_forbidden":
        owner, _ = _follow(node, loc[:-1])
        holder = node.find(owner) or node
        key = holder.keys.get(str(loc[-1]), here)
        line, column = key.line, key.column
    message = _message(item, model, here, text)
    return Fault(file=file, line=line, column=column, path=show((*prefix, *path)), message=message)


def _follow(node: Node, loc: Path) -> tuple[Path, Node]:
    """As far along `loc` as the document goes; pydantic's own steps (a union's branches) are passed over."""
    at: list[Step] = []
    for step in loc:
        below = node.child(step)
        if below is not None:
            at.append(step)
            node = below
    return tuple(at), node


def _message(item: Any, model: type[BaseModel], here: Node, text: str) -> str:  # noqa: ANN401 - as above
    loc, kind, ctx = tuple(item["loc"]), item["type"], item.get("ctx") or {}
    if ctx.get("class_name") == EnvSecret.__name__ or _is_secret(_annotation(model, loc[:-1])):
        return _secret(kind, loc)
    if kind == "missing":
        return f"is missing{': write {env: NAME}' if _is_secret(_annotation(model, loc)) else ''}"
    if kind == "extra_forbidden":
        known = set(_fields(_annotation(model, loc[:-1]))) - set(here.entries)
        return f"unknown key {str(loc[-1])!r}{did_you_mean(str(loc[-1]), known)}"
    if kind in {"enum", "literal_error"}:
        known = set(re.findall(r"'([^']*)'", str(ctx.get("expected", ""))))
        word = str(loc[-2]) if loc and loc[-1] == "[key]" else here.text  # pydantic's word for a mapping's key
        return f"unknown value {word[:60]!r}{did_you_mean(word, known)}"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(ctx.get("pattern")), f"does not fit the pattern {ctx.get('pattern')}")
    if kind == "value_error":
        return str(ctx.get("error", item["msg"]))
    if kind in _WANTED:
        return _wrong_type(_WANTED[kind], here, text)
    if kind in {"too_short", "string_too_short"}:
        return "is empty" if ctx.get("min_length") == 1 else f"needs at least {ctx.get('min_length')}"
    return str(item["msg"]).replace("Input should be", "must be")


def _secret(kind: str, loc: Path) -> str:
    if kind == "missing":
        return "is missing: write {env: NAME}"
    if kind == "extra_forbidden":
        return f"unknown key {str(loc[-1])!r}: a secret is written {{env: NAME}}"
    if kind == "string_pattern_mismatch":
        return "must be the name of an environment variable in capitals, digits and _; never the secret itself"
    return NOT_HERE


def _wrong_type(wanted: str, here: Node, text: str) -> str:
    """`here` is of another type than `wanted`; texts are not repeated, they might be anything."""
    if here.kind == "map":
        return f"{wanted} is expected here, not a mapping"
    if here.kind == "list":
        return f"{wanted} is expected here, not a list"
    if here.value is None:
        if re.match(r"[ \t]*#\S", text[here.start :]):
            return f"is empty, for # begins a comment; put the value in quotes ({wanted} is expected)"
        return f"is empty; {wanted} is expected"
    if isinstance(here.value, str):
        return f"{wanted} is expected here{_remedy(wanted, here)}"
    what = f"the word {here.text}" if isinstance(here.value, bool) else f"the number {here.value}"
    quote = f'; quote it: "{here.text}"' if wanted == "a text" else ""
    return f"{wanted} is expected here, not {what}{quote}"


def _remedy(wanted: str, here: Node) -> str:
    """What to write instead of a text, where that is plain to see."""
    if wanted == "true or false":
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(here.text.lower())
        return f"; write {meant}" if meant else ""
    digits = re.sub(r"[\s_]", "", here.text)
    if "number" in wanted and digits.isdigit():
        return f"; write {digits}, without quotes and spaces"
    return ""


# --- walking along a model ------------------------------------------------------------------------------------------


def _annotation(model: Any, loc: Path) -> Any:  # noqa: ANN401 - annotations are of any type
    """The annotation at `loc`, None when the walk loses its way."""
    here: Any = model
    for step in loc:
        here = _step(here, step)
        if here is None:
            return None
    return here


def _step(annotation: Any, step: Step) -> Any:  # noqa: ANN401 - as above
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, info in option.model_fields.items():
                if step in {name, info.alias}:
                    return info.annotation
        args = typing.get_args(option)
        if args and typing.get_origin(option) is dict:
            return args[1]
        if args and isinstance(step, int):
            return args[0]
    return None


def _options(annotation: Any) -> list[Any]:  # noqa: ANN401 - as above
    """An annotation without its wrappers: `Annotated[X | None, …]` -> [X, None]."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _options(typing.get_args(annotation)[0])
    if origin in {typing.Union, types.UnionType}:
        return [option for arg in typing.get_args(annotation) for option in _options(arg)]
    return [annotation]


def _is_secret(annotation: Any) -> bool:  # noqa: ANN401 - as above
    return any(option is EnvSecret for option in _options(annotation))


def _fields(annotation: Any) -> list[str]:  # noqa: ANN401 - as above
    return [
        info.alias or name
        for option in _options(annotation)
        if isinstance(option, type) and issubclass(option, BaseModel)
        for name, info in option.model_fields.items()
    ]
