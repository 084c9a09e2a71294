"""Safetensors files: 8 bytes of the header's length, the header in JSON, then the tensors."""
import ctypes
import json
import os
import struct
import sys
from typing import Any, BinaryIO, Callable, Collection, Dict, Iterable, Mapping, Tuple

_METADATA = "__metadata__"
_BLOCK = 1 << 20  # bytes copied at a time
_DTYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16",
    "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip

Header = Dict[str, Dict[str, Any]]  # dtype, shape and data_offsets by name


def read_header(path: str) -> Tuple[Header, int]:
    """The tensors of a file by name, and the position from which their offsets count.

    :raises ValueError: the file ends within its header, or it is no JSON
    """
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if length > size - 8:
            raise ValueError(f"{path} ends within its header.")
        header = json.loads(file.read(length))
    header.pop(_METADATA, None)
    return header, 8 + length


def is_whole(path: str) -> bool:
    """Whether the file ends where its header says."""
    try:
        header, start = read_header(path)
    except ValueError:
        return False
    ends = (tensor["data_offsets"][1] for tensor in header.values())
    return start + max(ends, default=0) == os.path.getsize(path)


def write(state_dict: Mapping[str, Any], path: str) -> None:
    """Writes tensors of PyTorch; see :func:`sounding.save_safetensors`."""
    if sys.byteorder != "little":
        raise TypeError("Safetensors files are little endian, which this machine is not.")
    tensors = {name: value for name, value in state_dict.items() if hasattr(value, "data_ptr")}
    for name, tensor in tensors.items():
        if _dtype(tensor) not in _DTYPES:
            raise TypeError(
                f"The tensor {name} is {_dtype(tensor)}, which safetensors files do not have."
            )
    forms = (
        (name, _DTYPES[_dtype(tensor)], list(tensor.shape), _bytes(tensor))
        for name, tensor in tensors.items()
    )
    _write(path, forms, lambda file: _write_tensors(tensors.values(), file))


def select(source: str, names: Collection[str], path: str) -> None:
    """Writes those tensors of a file that have these names to another file."""
    header, start = read_header(source)
    spans = {name: header[name]["data_offsets"] for name in names}
    forms = (
        (name, header[name]["dtype"], header[name]["shape"], end - begin)
        for name, (begin, end) in spans.items()
    )

    def copy(target: BinaryIO) -> None:
        with open(source, "rb") as file:
            for begin, end in spans.values():
                file.seek(start + begin)
                for at in range(begin, end, _BLOCK):
                    target.write(file.read(min(_BLOCK, end - at)))

    _write(path, forms, copy)


def _write(
    path: str,
    forms: Iterable[Tuple[str, str, Any, int]],
    write_data: Callable[[BinaryIO], None],
) -> None:
    header: Dict[str, Any] = {_METADATA: {"format": "pt"}}
    offset = 0
    for name, dtype, shape, size in forms:
        offsets = [offset, offset + size]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)  # so that the tensors are aligned
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        write_data(file)


def _write_tensors(tensors: Iterable[Any], file: BinaryIO) -> None:
    for tensor in tensors:
        whole = tensor.detach().to("cpu").contiguous()
        if whole.numel():  # numpy has no bfloat16, so the memory is written as it lies
            memory = (ctypes.c_char * _bytes(whole)).from_address(whole.data_ptr())
            file.write(memoryview(memory))


def _dtype(tensor: Any) -> str:
    return str(tensor.dtype).rpartition(".")[2]


def _bytes(tensor: Any) -> int:
    return tensor.numel() * tensor.element_size()
