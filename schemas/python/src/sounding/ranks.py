"""Which process of a distributed training this is."""
import os
import sys


def distributed_rank() -> int:
    """What torch.distributed says, where it is in use; else RANK, else LOCAL_RANK, else 0."""
    torch = sys.modules.get("torch")
    distributed = getattr(torch, "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank()
    for variable in ("RANK", "LOCAL_RANK"):
        if os.environ.get(variable, "").isdigit():
            return int(os.environ[variable])
    return 0
