"""Weights as safetensors files: 8 bytes of the header's length, the header in JSON, the tensors."""
import ctypes
import json
import os
import struct
import sys
from typing import Any, Dict, Mapping

from .files import write_whole

_DTYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16",
    "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip


def save_safetensors(state_dict: Mapping[str, Any], path: "str | os.PathLike[str]") -> None:
    """Writes tensors as a safetensors file, so that nobody ever sees a part of it.

    Tensors are written contiguous and on their own: those that share memory, such as tied
    weights, are written under each of their names. What is no tensor is left out.

    :param state_dict: tensors by name, on any device; float, integer or bool
    :raises TypeError: with a sentence, for a type that safetensors does not have
    :raises OSError: as the file system does
    """
    write_whole(os.fspath(path), lambda temporary: write_safetensors(state_dict, temporary))


def write_safetensors(state_dict: Mapping[str, Any], path: str) -> None:
    """The same, straight to the path."""
    if sys.byteorder != "little":
        raise TypeError("Safetensors files are little endian, which this machine is not.")
    tensors = {name: value for name, value in state_dict.items() if hasattr(value, "data_ptr")}
    header: Dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, tensor in tensors.items():
        dtype = str(tensor.dtype).rpartition(".")[2]
        if dtype not in _DTYPES:
            raise TypeError(f"The tensor {name} is {dtype}, which safetensors files do not have.")
        end = offset + tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": _DTYPES[dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)  # so that the data is aligned
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for tensor in tensors.values():
            whole = tensor.detach().to("cpu").contiguous()
            size = whole.numel() * whole.element_size()
            if size:  # numpy has no bfloat16, so the memory is written as it lies
                file.write((ctypes.c_char * size).from_address(whole.data_ptr()))


def copied_to_cpu(state_dict: Mapping[str, Any]) -> Dict[str, Any]:
    """Copies of the tensors, which the training that goes on does not change."""
    return {
        name: value.detach().to("cpu", copy=True)
        for name, value in state_dict.items()
        if hasattr(value, "data_ptr")
    }
