"""For the Trainer of Hugging Face's transformers."""
import os
from typing import Any, List, Mapping, Optional

from ..handover import HandOver

try:
    from transformers import TrainerCallback
except ImportError:  # for tests, which call the methods as the Trainer does
    TrainerCallback = object


class SoundingCallback(TrainerCallback):
    """Hands over every checkpoint that the Trainer saves.

        hand_over = HandOver(publisher, "runs/a/sounding", normalise=True, forward=hidden_states)
        Trainer(..., callbacks=[SoundingCallback(hand_over)])

    with, for wav2vec 2.0 and its kin,

        def hidden_states(model, samples):
            return model(samples, output_hidden_states=True).hidden_states

    The weights are those of checkpoint-STEP/model.safetensors or pytorch_model.bin (see
    :meth:`HandOver.file`); where there is neither (sharded files, other output folders), they are
    the model's.
    """

    def __init__(self, hand_over: HandOver):
        self._hand_over = hand_over

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the Trainer when a checkpoint has been saved."""
        self._hand_over.quietly(lambda: self._give(args, state, kwargs.get("model")))

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called by the Trainer at the end of training; what waits is sent."""
        self._hand_over.publisher.flush(10.0)

    def _give(self, args: Any, state: Any, model: Any) -> None:
        step, loss = state.global_step, last_loss(state.log_history)
        folder = os.path.join(args.output_dir, f"checkpoint-{step}")
        for name in ("model.safetensors", "pytorch_model.bin"):
            if os.path.isfile(os.path.join(folder, name)):
                self._hand_over.file(step, os.path.join(folder, name), model, loss)
                return
        self._hand_over.model(step, model, loss)


def last_loss(log_history: List[Mapping[str, Any]]) -> Optional[float]:
    """The training loss that was logged last; None: none was."""
    return next((entry["loss"] for entry in reversed(log_history) if "loss" in entry), None)
