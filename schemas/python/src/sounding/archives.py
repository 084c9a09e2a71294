"""What torch.save wrote: a zip archive of a pickle, which names the tensors, and of their data."""
import pickle
import zipfile
from collections import OrderedDict
from typing import Any, List


def names(path: str) -> List[str]:
    """The keys of a dict that torch.save wrote; no tensor is read, and nothing in it is run.

    Empty if there is something else in the file, or if a PyTorch before 1.6 wrote it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entry = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            with archive.open(entry) as file:
                saved = _Outline(file).load()
        return [str(key) for key in saved] if isinstance(saved, dict) else []
    except (zipfile.BadZipFile, StopIteration, pickle.UnpicklingError, TypeError, AttributeError):
        return []


class _Outline(pickle.Unpickler):
    """Makes dicts as they were, and of everything else a stand-in."""

    def find_class(self, module: str, name: str) -> Any:
        return OrderedDict if (module, name) == ("collections", "OrderedDict") else _Something

    def persistent_load(self, pid: Any) -> Any:
        return None


class _Something:
    def __init__(self, *_: Any):
        pass

    def __setstate__(self, state: Any) -> None:
        pass
