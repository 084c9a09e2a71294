"""A small encoder of raw speech.

Three convolutions turn samples into one frame per 20 ms (stride 320, receptive
field 400 samples), pre-norm transformer blocks follow. Of n samples it makes
(n - 400) // 320 + 1 frames.
"""
import math

import torch
from torch import nn
from torch.nn import functional

WIDTH = 64
LAYERS = 3
HEADS = 4
FEED_FORWARD = 128
CHANNELS = (32, 48, 64)
KERNELS = (40, 7, 4)
STRIDES = (20, 4, 4)
POSITION_KERNEL = 31


class NormedConvolution(nn.Module):
    """Convolution, layer norm over the channels, GELU."""

    def __init__(self, channels_in, channels_out, kernel, stride):
        super().__init__()
        self.convolution = nn.Conv1d(channels_in, channels_out, kernel, stride, bias=False)
        self.norm = nn.LayerNorm(channels_out)

    def forward(self, x):
        y = self.convolution(x).transpose(1, 2)
        return functional.gelu(self.norm(y)).transpose(1, 2)


class Block(nn.Module):
    """Pre-norm transformer block without masking or dropout."""

    def __init__(self, width, heads, feed_forward):
        super().__init__()
        self.heads = heads
        self.head_width = width // heads
        self.scale = 1.0 / math.sqrt(self.head_width)
        self.attention_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.feed_forward_norm = nn.LayerNorm(width)
        self.feed_forward_in = nn.Linear(width, feed_forward)
        self.feed_forward_out = nn.Linear(feed_forward, width)

    def forward(self, x):
        x = x + self.attend(self.attention_norm(x))
        y = self.feed_forward_in(self.feed_forward_norm(x))
        return x + self.feed_forward_out(functional.gelu(y))

    def attend(self, x):
        """Multi-head self-attention over all frames."""
        batch, frames, width = x.shape[0], x.shape[1], x.shape[2]
        stacked = self.query_key_value(x).reshape(batch, frames, 3, self.heads, self.head_width)
        query, key, value = stacked.permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(torch.matmul(query * self.scale, key.transpose(2, 3)), -1)
        mixed = torch.matmul(weights, value).transpose(1, 2)
        return self.attention_out(mixed.reshape(batch, frames, width))


class Encoder(nn.Module):
    """Samples (batch, n) in [-1, 1) to the LAYERS + 1 hidden states (batch, frames, WIDTH).

    The first is the input of the first block, the others are the outputs of the
    blocks; the last one has the final layer norm applied.
    """

    def __init__(self):
        super().__init__()
        channels = (1,) + CHANNELS
        self.convolutions = nn.ModuleList(
            NormedConvolution(channels[i], channels[i + 1], KERNELS[i], STRIDES[i])
            for i in range(len(CHANNELS))
        )
        self.feature_norm = nn.LayerNorm(CHANNELS[-1])
        self.projection = nn.Linear(CHANNELS[-1], WIDTH)
        self.position = nn.Conv1d(
            WIDTH, WIDTH, POSITION_KERNEL, padding=POSITION_KERNEL // 2, groups=16
        )
        self.blocks = nn.ModuleList(Block(WIDTH, HEADS, FEED_FORWARD) for _ in range(LAYERS))
        self.final_norm = nn.LayerNorm(WIDTH)
        self.mask_embedding = nn.Parameter(0.1 * torch.randn(WIDTH))

    def features(self, wav):
        """The frames before any context: (batch, frames, WIDTH)."""
        x = wav.unsqueeze(1)
        for convolution in self.convolutions:
            x = convolution(x)
        return self.projection(self.feature_norm(x.transpose(1, 2)))

    def hidden_states(self, features):
        """The list of hidden states that follow from (possibly masked) features."""
        position = self.position(features.transpose(1, 2)).transpose(1, 2)
        x = features + functional.gelu(position)
        states = [x]
        for block in self.blocks:
            x = block(x)
            states.append(x)
        states[-1] = self.final_norm(x)
        return states

    def forward(self, wav):
        """All hidden states in one tensor (LAYERS + 1, batch, frames, WIDTH)."""
        return torch.stack(self.hidden_states(self.features(wav)), 0)
