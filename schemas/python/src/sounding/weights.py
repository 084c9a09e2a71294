"""The weights of a model in training."""
import os
from typing import Any, Collection, Dict, Mapping, Optional

from . import safetensors
from .files import write_whole


def save_safetensors(
    state_dict: Mapping[str, Any],
    path: "str | os.PathLike[str]",
    names: Optional[Collection[str]] = None,
) -> None:
    """Writes tensors as a safetensors file, so that nobody ever sees a part of it.

    Tensors are written contiguous and on their own: those that share memory, such as tied
    weights, are written under each of their names. What is no tensor is left out.

    :param state_dict: tensors by name, on any device; float, integer or bool
    :param names: those to write: what :func:`sounding.export_graph` returned, for the job refuses
        weights that its graph does not know; None: all
    :raises KeyError: with a sentence, if the state_dict lacks one of the names
    :raises TypeError: with a sentence, for a type that safetensors does not have
    :raises OSError: as the file system does
    """
    chosen = selected(state_dict, names)
    write_whole(os.fspath(path), lambda temporary: safetensors.write(chosen, temporary))


def selected(state_dict: Mapping[str, Any], names: Optional[Collection[str]]) -> Dict[str, Any]:
    """The tensors of these names; None: all of them.

    :raises KeyError: with a sentence, if one is missing
    """
    if names is None:
        return dict(state_dict)
    missing = sorted(set(names) - set(state_dict))
    if missing:
        raise KeyError(
            f"{len(missing)} of the graph's {len(names)} weights are not in the model's state_dict "
            f"({', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''})"
        )
    return {name: state_dict[name] for name in names}


def copied_to_cpu(state_dict: Mapping[str, Any]) -> Dict[str, Any]:
    """Copies of the tensors, which the training that goes on does not change."""
    return {
        name: value.detach().to("cpu", copy=True)
        for name, value in state_dict.items()
        if hasattr(value, "data_ptr")
    }
