"""A region's folder -> `Settings`, or every fault in it at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from aggregator.errors import Fault, SettingsError
from aggregator.settings import models
from aggregator.settings.build import build
from aggregator.settings.crosscheck import crosscheck
from aggregator.settings.documents import MAIN, Document, Folder, read_folder
from aggregator.settings.faults import did_you_mean, faults_of
from aggregator.settings.templates import check_templates
from aggregator.settings.types import Registry, Settings
from aggregator.settings.yamltree import Path as Steps


@dataclass(slots=True, kw_only=True)
class Read:
    """The files as models. A file that could not be validated is not in `files`; options are by file and path."""

    folder: Folder
    files: dict[str, Any] = field(default_factory=dict)
    options: dict[tuple[str, Steps], BaseModel] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def load(
    folder: Path,
    registry: Registry,
    *,
    environ: Mapping[str, str] | None = None,
    overlay: Mapping[str, bytes] | None = None,
) -> Settings:
    """Read and check the region in `folder`.

    `environ` is asked whether the database's password is there (default: the process's). `overlay` gives files, by
    their path relative to the folder, as they are about to be written. Raises `SettingsError` with all faults, in the
    order of the files.
    """
    folder = folder.absolute()
    read = Read(folder=read_folder(folder, overlay))
    read.faults.extend(read.folder.faults)
    _validate(read)
    _validate_options(read, registry)
    read.faults.extend(crosscheck(read.folder, registry))
    read.faults.extend(check_templates(read.folder, registry))
    read.faults.extend(_missing_password(read.folder[MAIN], os.environ if environ is None else environ))
    if read.faults:
        raise SettingsError(_in_order(read.faults, read.folder.order()))
    return build(folder, registry, read.files, read.options)


def _in_order(faults: list[Fault], files: list[str]) -> list[Fault]:
    place = {file: at for at, file in enumerate(files)}
    unique = dict.fromkeys(faults)
    return sorted(unique, key=lambda fault: (place.get(fault.file, len(place)), fault))


def _validate(read: Read) -> None:
    for file, model in models.FILES.items():
        _one(read, read.folder[file], model)
    for document in read.folder.partners:
        _one(read, document, models.PartnerFile)


def _one(read: Read, document: Document, model: type[BaseModel]) -> None:
    if not document.whole:
        return
    try:
        read.files[document.file] = _strictly(model, document.root.data())
    except ValidationError as error:
        read.faults.extend(faults_of(error, model, document.root, document.file, text=document.text))


def _strictly(model: type[BaseModel], data: Any) -> BaseModel:  # noqa: ANN401 - whatever the YAML holds
    """Validate as JSON: strict, yet dates are written as texts and tuples as lists."""
    return model.model_validate_json(json.dumps(data), strict=True)


def _validate_options(read: Read, registry: Registry) -> None:
    for document in read.folder.partners:
        sources = document.find("sources")
        for at, source in enumerate(sources.items if sources is not None else ()):
            kind = source.child("kind")
            if kind is not None and kind.text in registry.kinds:
                _options(read, document, ("sources", at, "options"), registry.kinds[kind.text])
    channels = read.folder["channels.yml"]
    listed = channels.find("channels")
    for name, channel in (listed.entries if listed is not None else {}).items():
        read.faults.extend(_channel_kind(channels, name, registry))
        kind = channel.child("kind")
        if kind is not None and kind.text in registry.channels:
            _options(read, channels, ("channels", name), registry.channels[kind.text], without="kind")


def _channel_kind(channels: Document, name: str, registry: Registry) -> Iterator[Fault]:
    channel = channels.find("channels", name)
    if channel is None or channel.kind != "map":
        return  # the file's model says so
    kind = channel.child("kind")
    if kind is None:
        hint = f": write kind: {name}" if name in registry.channels else did_you_mean(name, registry.channels)
        yield channels.fault(("channels", name, "kind"), f"is missing{hint}", node=channel)
    elif not isinstance(kind.value, str) or kind.value not in registry.channels:
        message = f"unknown channel kind {kind.text[:60]!r}{did_you_mean(kind.text, registry.channels)}"
        yield channels.fault(("channels", name, "kind"), message)


def _options(read: Read, document: Document, path: Steps, model: type[BaseModel], *, without: str = "") -> None:
    node = document.root.find(path) or document.root.find(path[:-1])
    there = document.root.find(path)
    data = there.data() if there is not None else {}
    if node is None or not isinstance(data, dict):
        return  # the file's model says so
    data.pop(without, None)
    try:
        read.options[document.file, path] = _strictly(model, data)
    except ValidationError as error:
        read.faults.extend(faults_of(error, model, node, document.file, text=document.text, prefix=path))


def _missing_password(main: Document, environ: Mapping[str, str]) -> Iterator[Fault]:
    path = ("database", "password", "env")
    variable = main.find(*path)
    if variable is not None and variable.kind == "scalar" and variable.text and not environ.get(variable.text):
        if not variable.text.replace("_", "").isalnum() or not variable.text.isupper():
            return  # it may be the secret itself; the model says what is wrong without repeating it
        message = f"the environment variable {variable.text} is not set; the database's password is expected in it"
        yield main.fault(path, message)
