"""Publishes the checkpoints and scores of a training run to Sounding, and reads its metrics."""
from .export import export_graph
from .handover import HandOver
from .metrics import read_metrics
from .publisher import Publisher
from .weights import save_safetensors

__all__ = ["HandOver", "Publisher", "export_graph", "read_metrics", "save_safetensors"]
