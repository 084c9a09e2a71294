"""Avro in single-object encoding, as far as the contracts of Sounding use it.

The bytes C3 01, the CRC-64-AVRO fingerprint of the writer's schema (8 bytes, little endian), then
the record in Avro's binary encoding.
"""
import struct
from typing import Any, Dict, List, Tuple

from .contracts import Schema, by_fingerprint, latest

MARKER = b"\xc3\x01"


class DecodingError(ValueError):
    """Bytes that are no record this version knows; the message is a sentence."""


def encode(name: str, record: Dict[str, Any]) -> bytes:
    """A record in the latest released schema of its type.

    Fields that are missing take their defaults.

    :param name: the record type, such as ``CheckpointEvent``
    :param record: values by field; enums as text, timestamps in ms since 1970-01-01 UTC
    :raises KeyError: a field without a default is missing
    :raises ValueError: a value does not fit its type, or is text that UTF-8 cannot hold
    """
    schema, fingerprint = latest(name)
    out = bytearray(MARKER + fingerprint)
    _write(out, schema, record)
    return bytes(out)


def decode(data: bytes) -> Tuple[str, Dict[str, Any]]:
    """The type and the values of a record, those of an older version completed by defaults.

    :raises DecodingError: the bytes are cut, changed, or of a schema this version does not know
    """
    if data[:2] != MARKER or len(data) < 10:
        raise DecodingError(f"The {len(data)} bytes are no Avro record in single-object encoding.")
    writer = by_fingerprint(bytes(data[2:10]))
    if writer is None:
        raise DecodingError(
            f"The record's schema fingerprint {data[9:1:-1].hex().upper()} is not one this version "
            "knows. Update sounding-publisher."
        )
    name = writer["name"].rpartition(".")[2]
    try:
        value, end = _read(data, 10, writer)
    except (IndexError, struct.error, UnicodeDecodeError) as damage:
        raise DecodingError(f"The {name} was cut or changed on its way ({damage}).") from damage
    if end != len(data):
        raise DecodingError(f"The {name} has {len(data) - end} bytes too many.")
    return name, _completed(latest(name)[0], value)


def _write(out: bytearray, schema: Schema, value: Any) -> None:
    if isinstance(schema, list):  # here: null or one other type
        branch = schema.index("null") if value is None else 1 - schema.index("null")
        _write_long(out, branch)
        _write(out, schema[branch], value)
    elif schema == "null":
        pass
    elif schema == "boolean":
        out.append(1 if value else 0)
    elif schema in ("int", "long"):
        limit = 1 << (31 if schema == "int" else 63)
        if not -limit <= int(value) < limit:
            raise ValueError(f"{value} does not fit an Avro {schema}")
        _write_long(out, int(value))
    elif schema == "float":
        out += struct.pack("<f", value)
    elif schema == "double":
        out += struct.pack("<d", value)
    elif schema in ("bytes", "string"):
        data = value.encode("utf-8") if schema == "string" else bytes(value)
        _write_long(out, len(data))
        out += data
    elif schema["type"] == "enum":
        _write_long(out, schema["symbols"].index(value))
    elif schema["type"] == "record":
        for field in schema["fields"]:
            name = field["name"]
            _write(out, field["type"], value[name] if name in value else field["default"])
    else:
        _write_block(out, schema, value)


def _write_block(out: bytearray, schema: Dict[str, Any], value: Any) -> None:
    if value:
        _write_long(out, len(value))
        for item in value:
            if schema["type"] == "map":
                _write(out, "string", item)
                _write(out, schema["values"], value[item])
            else:
                _write(out, schema["items"], item)
    _write_long(out, 0)


def _write_long(out: bytearray, value: int) -> None:
    zigzag = (value << 1) ^ (value >> 63)
    while zigzag > 0x7F:
        out.append((zigzag & 0x7F) | 0x80)
        zigzag >>= 7
    out.append(zigzag)


def _read(data: bytes, at: int, schema: Schema) -> Tuple[Any, int]:
    """The value that begins at a position, and the position after it."""
    if isinstance(schema, list):
        branch, at = _read_long(data, at)
        return _read(data, at, schema[_index(branch, schema)])
    if schema == "null":
        return None, at
    if schema == "boolean":
        return data[at] != 0, at + 1
    if schema in ("int", "long"):
        return _read_long(data, at)
    if schema in ("float", "double"):
        form = "<f" if schema == "float" else "<d"
        return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    if schema in ("bytes", "string"):
        length, at = _read_long(data, at)
        if not 0 <= length <= len(data) - at:
            raise IndexError(f"a length of {length} bytes")
        piece = bytes(data[at : at + length])
        return (piece.decode("utf-8") if schema == "string" else piece), at + length
    if schema["type"] == "enum":
        symbol, at = _read_long(data, at)
        return schema["symbols"][_index(symbol, schema["symbols"])], at
    if schema["type"] == "record":
        record = {}
        for field in schema["fields"]:
            record[field["name"]], at = _read(data, at, field["type"])
        return record, at
    return _read_blocks(data, at, schema)


def _read_blocks(data: bytes, at: int, schema: Dict[str, Any]) -> Tuple[Any, int]:
    keyed = schema["type"] == "map"
    items: Any = {} if keyed else []
    count, at = _read_long(data, at)
    while count:
        if count < 0:  # the block's size in bytes follows
            count, (_, at) = -count, _read_long(data, at)
        for _ in range(count):
            if keyed:
                key, at = _read(data, at, "string")
                items[key], at = _read(data, at, schema["values"])
            else:
                item, at = _read(data, at, schema["items"])
                items.append(item)
        count, at = _read_long(data, at)
    return items, at


def _read_long(data: bytes, at: int) -> Tuple[int, int]:
    zigzag = shift = 0
    while True:
        byte = data[at]
        at += 1
        zigzag |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (zigzag >> 1) ^ -(zigzag & 1), at
        shift += 7
        if shift > 63:
            raise IndexError("a number of more than 10 bytes")


def _index(index: int, choices: List[Any]) -> int:
    if not 0 <= index < len(choices):
        raise IndexError(f"choice {index} of {len(choices)}")
    return index


def _completed(schema: Schema, value: Any) -> Any:
    """What an older version wrote, with the defaults of what was added since."""
    if isinstance(schema, list):
        return None if value is None else _completed(schema[1 - schema.index("null")], value)
    if isinstance(schema, str):
        return value
    if schema["type"] == "record":
        return {
            field["name"]: _completed(field["type"], value[field["name"]])
            if field["name"] in value
            else field["default"]
            for field in schema["fields"]
        }
    if schema["type"] == "array":
        return [_completed(schema["items"], item) for item in value]
    if schema["type"] == "enum" and value not in schema["symbols"]:
        return schema["default"]
    return value
