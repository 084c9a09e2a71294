"""A small model of raw speech with what makes exporting hard, and tests that need PyTorch."""
import unittest

try:
    import torch
except ImportError:
    torch = None

needs_torch = unittest.skipIf(torch is None, "PyTorch is not installed")


def encoder(seed=0):
    """An encoder with weight norm, batch norm, a GRU, tied weights, a head and a buffer."""
    torch.manual_seed(seed)
    torch._C._set_mkldnn_enabled(False)  # its backward pass of conv1d is wrong in Debian's 1.13

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.frames = torch.nn.utils.weight_norm(torch.nn.Conv1d(1, 8, 400, 320), dim=2)
            self.norm = torch.nn.BatchNorm1d(8)
            self.layers = torch.nn.ModuleList(torch.nn.LayerNorm(8) for _ in range(3))
            self.recurrent = torch.nn.GRU(8, 8, batch_first=True)
            self.linear, self.tied = torch.nn.Linear(8, 8), torch.nn.Linear(8, 8)
            self.tied.weight = self.linear.weight
            self.dropout = torch.nn.Dropout(0.5)
            self.head = torch.nn.Linear(8, 1)

        def hidden(self, samples):
            x = self.norm(self.frames(samples[:, None])).transpose(1, 2)
            states = [x]
            for layer in self.layers:
                states.append(torch.tanh(self.dropout(layer(self.tied(self.linear(states[-1]))))))
            return states + [self.recurrent(states[-1])[0]]

        def forward(self, samples):
            return self.head(self.hidden(samples)[-1])

    return Encoder()


def hidden_states(model, samples):
    """What is to be evaluated: (layers, batch, frames, d)."""
    return torch.stack(model.hidden(samples))


def train(model, steps):
    """Trains for some steps, each on noise; yields the step's number and the loss after each."""
    optimiser = torch.optim.SGD(model.parameters(), 0.05)
    generator = torch.Generator().manual_seed(1)
    for step in range(1, steps + 1):
        optimiser.zero_grad()
        loss = model(torch.randn(2, 4000, generator=generator)).pow(2).mean()
        loss.backward()
        optimiser.step()
        yield step, loss


def read_safetensors(path):
    """Tensors by name: a reader of its own, after the format's description."""
    import json
    import struct

    types = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16,
             "BF16": torch.bfloat16, "I64": torch.int64, "BOOL": torch.bool}  # fmt: skip
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors, expected = {}, 0
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        assert start == expected, "the tensors lie one behind the other"
        expected = end
        raw = bytearray(data[8 + length + start : 8 + length + end])
        tensor = torch.frombuffer(raw, dtype=types[entry["dtype"]]) if raw else torch.zeros(0)
        tensors[name] = tensor.reshape(entry["shape"])
    assert 8 + length + expected == len(data) and length % 8 == 0
    return tensors
