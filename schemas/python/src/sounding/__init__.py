"""Publishes the checkpoints and scores of a training run to Sounding, and reads its metrics."""
from .publisher import Publisher

__all__ = ["Publisher"]
