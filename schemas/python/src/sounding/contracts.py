"""The Avro schemas of the contracts: names resolved, and their fingerprints.

They are the released ones of the repository, ``NAME.VERSION.avsc`` in ``released/``; ``INDEX``
lists them, of each type the latest last.
"""
import json
import pkgutil
import struct
from functools import lru_cache
from typing import Any, Dict, List, Optional, Tuple

Schema = Any  # the name of a primitive type, a list of branches, or a dict

_PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
_EMPTY = 0xC15D213AA4D7A795  # the fingerprint of no bytes at all


@lru_cache(maxsize=None)
def latest(name: str) -> Tuple[Dict[str, Any], bytes]:
    """The latest released schema of a record type, and its fingerprint (8 bytes)."""
    schema = _released()[0][name]
    return schema, fingerprint(schema)


def by_fingerprint(fingerprint: bytes) -> Optional[Dict[str, Any]]:
    """The released schema with this fingerprint (8 bytes, little endian); None: not known."""
    return _released()[1].get(fingerprint)


@lru_cache(maxsize=None)
def _released() -> Tuple[Dict[str, Any], Dict[bytes, Any]]:
    """Schemas by type (the latest) and by fingerprint (all)."""
    by_name: Dict[str, Any] = {}
    by_fingerprint: Dict[bytes, Any] = {}
    for file in _resource("INDEX").split():
        schema = resolve(json.loads(_resource(file)))
        by_name[file.split(".")[0]] = schema
        by_fingerprint[fingerprint(schema)] = schema
    return by_name, by_fingerprint


def _resource(file: str) -> str:
    try:
        data = pkgutil.get_data("sounding", "released/" + file)
    except OSError as failure:
        raise ImportError(
            "The package sounding was installed without its schemas: schemas/python was copied "
            "without what src/sounding/released links to. Install it from the whole repository."
        ) from failure
    assert data is not None
    return data.decode("utf-8")


def resolve(schema: Schema, namespace: str = "", named: Any = None) -> Schema:
    """The schema with full names, and with every name replaced by what it stands for."""
    named = {} if named is None else named
    if isinstance(schema, list):
        return [resolve(branch, namespace, named) for branch in schema]
    if isinstance(schema, str):
        if schema in _PRIMITIVES:
            return schema
        return named[_full_name(schema, namespace)]
    kind = schema["type"]
    if kind in ("record", "enum"):
        namespace = schema.get("namespace", namespace)
        resolved = dict(schema, name=_full_name(schema["name"], namespace))
        named[resolved["name"]] = resolved
        if kind == "record":
            resolved["fields"] = [
                dict(field, type=resolve(field["type"], namespace, named))
                for field in schema["fields"]
            ]
        return resolved
    if kind == "array":
        return dict(schema, items=resolve(schema["items"], namespace, named))
    if kind == "map":
        return dict(schema, values=resolve(schema["values"], namespace, named))
    return resolve(kind, namespace, named)  # a primitive with attributes, such as a logical type


def _full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


def canonical(schema: Schema, seen: Any = None) -> str:
    """The Parsing Canonical Form of a resolved schema."""
    seen = set() if seen is None else seen
    if isinstance(schema, str):
        return f'"{schema}"'
    if isinstance(schema, list):
        return "[" + ",".join(canonical(branch, seen) for branch in schema) + "]"
    kind = schema["type"]
    if kind == "array":
        return '{"type":"array","items":' + canonical(schema["items"], seen) + "}"
    if kind == "map":
        return '{"type":"map","values":' + canonical(schema["values"], seen) + "}"
    name = schema["name"]
    if name in seen:
        return f'"{name}"'
    seen.add(name)
    if kind == "enum":
        inner = '"symbols":[' + ",".join(f'"{symbol}"' for symbol in schema["symbols"]) + "]"
    else:
        inner = (
            '"fields":['
            + ",".join(
                f'{{"name":"{field["name"]}","type":{canonical(field["type"], seen)}}}'
                for field in schema["fields"]
            )
            + "]"
        )
    return f'{{"name":"{name}","type":"{kind}",{inner}}}'


def fingerprint(schema: Schema) -> bytes:
    """CRC-64-AVRO of the canonical form, little endian (8 bytes)."""
    value = _EMPTY
    for byte in canonical(schema).encode("utf-8"):
        value = (value >> 8) ^ _crc_table()[(value ^ byte) & 0xFF]
    return struct.pack("<Q", value)


@lru_cache(maxsize=None)
def _crc_table() -> List[int]:
    table = []
    for entry in range(256):
        for _ in range(8):
            entry = (entry >> 1) ^ (_EMPTY if entry & 1 else 0)
        table.append(entry)
    return table
