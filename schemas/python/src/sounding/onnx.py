"""The outline of an ONNX file: a message of Protocol Buffers (onnx.proto: ModelProto)."""
import mmap
import os
from typing import Any, Iterator, List, Tuple

_GRAPH, _OPSET = 7, 8  # fields of ModelProto
_INITIALIZER = 5  # field of GraphProto
_NAME = 8  # field of TensorProto

Field = Tuple[int, int, int]  # number, start, end of what is length-delimited


def initialisers(path: "str | os.PathLike[str]") -> List[str]:
    """The names of the weights of a graph."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return [
            data[start:end].decode("utf-8")
            for graph in _fields(data, _GRAPH, 0, len(data))
            for tensor in _fields(data, _INITIALIZER, *graph)
            for start, end in _fields(data, _NAME, *tensor)
        ]


def is_whole(path: "str | os.PathLike[str]") -> bool:
    """Whether the file is a model and each of its fields ends within it; tensors are not read."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return {_GRAPH, _OPSET} <= {number for number, _, _ in _walk(data, 0, len(data))}
        except (IndexError, ValueError):
            return False


def _fields(data: Any, wanted: int, start: int, end: int) -> List[Tuple[int, int]]:
    return [(start, end) for number, start, end in _walk(data, start, end) if number == wanted]


def _walk(data: Any, at: int, end: int) -> Iterator[Field]:
    while at < end:
        tag, at = _varint(data, at)
        length = 0
        if tag & 7 == 2:
            length, at = _varint(data, at)
        elif tag & 7 == 0:
            _, at = _varint(data, at)
        elif tag & 7 in (1, 5):
            at += 8 if tag & 7 == 1 else 4
        else:
            raise ValueError("no Protocol Buffers")
        if at + length > end:
            raise ValueError("a field ends behind its message")
        yield tag >> 3, at, at + length
        at += length


def _varint(data: Any, at: int) -> Tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
