"""For the Trainer of Lightning, as lightning.pytorch or pytorch_lightning."""
import sys
from typing import Any, Callable, Dict, Optional

from ..handover import HandOver


def _base() -> Any:
    """The Callback of the package that is in use; they are two, and not one another's."""
    names = ["lightning.pytorch", "pytorch_lightning"]
    for name in sorted(names, key=lambda name: name not in sys.modules):
        try:
            return __import__(name, fromlist=["Callback"]).Callback
        except ImportError:
            continue
    return object  # for tests, which call the methods as the Trainer does


class SoundingCallback(_base()):  # type: ignore[misc]
    """Hands the model over every so many steps, and whenever Lightning saves a checkpoint.

    Trainer(..., callbacks=[SoundingCallback(hand_over, every_n_steps=1000)])
    """

    def __init__(
        self,
        hand_over: HandOver,
        every_n_steps: Optional[int] = None,
        module: Callable[[Any], Any] = lambda lightning_module: lightning_module,
        loss: str = "loss",
    ):
        """
        :param every_n_steps: optimiser updates from one checkpoint to the next; None: only when
            Lightning saves one
        :param module: picks the part of the LightningModule to hand over, such as its encoder
        :param loss: the key of the training loss, in what training_step returns or has logged
        """
        self._hand_over = hand_over
        self._every_n_steps = every_n_steps
        self._module = module
        self._loss = loss

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int, *_: Any
    ) -> None:
        """Called by Lightning after each batch, of which several may make one optimiser update."""
        step = trainer.global_step
        if self._every_n_steps and step > 0 and step % self._every_n_steps == 0:
            self._hand_over.quietly(lambda: self._give(trainer, pl_module, outputs))

    def on_save_checkpoint(self, trainer: Any, pl_module: Any, checkpoint: Dict[str, Any]) -> None:
        """Called by Lightning when it saves a checkpoint."""
        self._hand_over.quietly(lambda: self._give(trainer, pl_module, None))

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Called by Lightning at the end of training; what waits is sent."""
        self._hand_over.publisher.flush(10.0)

    def _give(self, trainer: Any, pl_module: Any, outputs: Any) -> None:
        loss = outputs.get(self._loss) if isinstance(outputs, dict) else outputs
        if loss is None:
            loss = trainer.callback_metrics.get(self._loss)
        self._hand_over.model(trainer.global_step, lambda: self._module(pl_module), loss)
