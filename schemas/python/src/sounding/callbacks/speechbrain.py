"""For SpeechBrain's Brain and Checkpointer."""
from typing import Any, Callable, Optional

from ..handover import HandOver


def attach(
    brain: Any,
    hand_over: HandOver,
    module: Callable[[Any], Any],
    every_n_steps: Optional[int] = None,
) -> None:
    """Has a Brain hand its model over, every so many steps or when its checkpointer saves.

        attach(brain, hand_over, lambda brain: brain.modules.encoder, every_n_steps=1000)
        brain.fit(...)

    It wraps ``brain.on_fit_batch_end`` or ``brain.checkpointer.save_checkpoint`` of this object,
    so recipes that override them, with or without super(), need no change.

    :param module: picks the part of the Brain to hand over
    :param every_n_steps: optimiser updates from one checkpoint to the next; None: whenever the
        checkpointer saves one
    """
    if every_n_steps is None:
        _after_each_save(brain, hand_over, module)
    else:
        _after_steps(brain, hand_over, module, every_n_steps)


def _after_steps(brain: Any, hand_over: HandOver, module: Any, every: int) -> None:
    original = brain.on_fit_batch_end

    def give(loss: Any) -> None:
        if brain.optimizer_step % every == 0:
            hand_over.model(brain.optimizer_step, lambda: module(brain), loss)

    def on_fit_batch_end(batch: Any, outputs: Any, loss: Any, should_step: Any) -> Any:
        result = original(batch, outputs, loss, should_step)
        if should_step:
            hand_over.quietly(lambda: give(loss))
        return result

    brain.on_fit_batch_end = on_fit_batch_end


def _after_each_save(brain: Any, hand_over: HandOver, module: Any) -> None:
    original = brain.checkpointer.save_checkpoint

    def give() -> None:
        loss = getattr(brain, "avg_train_loss", None)
        hand_over.model(brain.optimizer_step, lambda: module(brain), loss)

    def save_checkpoint(*arguments: Any, **named: Any) -> Any:
        result = original(*arguments, **named)
        hand_over.quietly(give)
        return result

    brain.checkpointer.save_checkpoint = save_checkpoint
