"""How a session and its parent talk: pickles with their length before them, over pipes that only these two hold."""

from __future__ import annotations

import pickle
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">Q")


def write_frame(stream: BinaryIO, value: Any) -> None:  # noqa: ANN401 - both ends are ours and know what they send
    """Write one value whole and flush it."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:  # noqa: ANN401 - as above
    """Read one value. Raises `EOFError` when the stream ended, in the middle of a value or before one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)  # noqa: S301 - written by our own process, on a pipe nobody else can open
