"""Files that are whole: written under another name and renamed, or looked at before they are named.
"""
import contextlib
import hashlib
import os
import zipfile
from typing import Callable, Iterator, Tuple

from . import onnx, safetensors

_BLOCK = 1 << 20  # bytes hashed at a time


class NotWhole(ValueError):
    """A file that is still being written, or was cut; the message is a sentence."""


def write_whole(path: str, write: Callable[[str], None]) -> None:
    """Has a file written so that nobody ever sees a part of it.

    ``write`` is given a temporary name in the same folder (it begins with a dot, so that whatever
    watches the folder passes it over); what it wrote is synced to the disk and then renamed.

    :raises OSError: as ``write`` and the file system do; the temporary file is gone then
    """
    with _renamed_to(path) as temporary:
        write(temporary)
        _sync(temporary)
    _sync(os.path.dirname(os.path.abspath(path)))


def link_whole(source: str, path: str) -> None:
    """Gives a file a second name, which is taken from what had it; nothing is synced to the disk.

    :raises OSError: the folder is on another file system, or on one without links
    """
    with _renamed_to(path) as temporary:
        os.link(os.path.realpath(source), temporary)  # a link to a link may lead nowhere from here


def sha256_of_whole(path: str) -> str:
    """The SHA-256 of a file in hexadecimal, if the file is whole.

    That is: it is not empty, it did not change while it was read, and what its format says of its
    length holds (safetensors, ONNX, and zip archives, which TorchScript files are).

    :raises NotWhole: it is not
    """
    before = os.stat(path)
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            digest.update(block)
    if _identity(before) != _identity(os.stat(path)):
        raise NotWhole(f"{path} changed while it was read.")
    if before.st_size == 0:
        raise NotWhole(f"{path} is empty.")
    name = path.lower()
    if name.endswith(".safetensors") and not safetensors.is_whole(path):
        raise NotWhole(f"{path} is no whole safetensors file.")
    if name.endswith(".onnx") and not onnx.is_whole(path):
        raise NotWhole(f"{path} is no whole ONNX file.")
    if name.endswith((".pt", ".pth", ".ts", ".torchscript")) and not zipfile.is_zipfile(path):
        raise NotWhole(f"{path} is no whole archive, as TorchScript files are.")
    return digest.hexdigest()


def is_torchscript(path: str) -> bool:
    """Whether a file is a TorchScript archive, and not what torch.save wrote of tensors."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


@contextlib.contextmanager
def _renamed_to(path: str) -> Iterator[str]:
    folder, name = os.path.split(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


def _identity(status: os.stat_result) -> Tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
