"""Where the vocoder's weights start: its head as an exact linear synthesiser, its backbone at unit variance.

All sounds of synth.py are fixed waveforms on one clock, so 512-sample frames of them span few dimensions: 128
principal components hold 99.98 % of the power. The head is set to turn 128 signed values per frame into that basis,
sample for sample: silu(x) - silu(-x) = x, so a pair of channels (x, -x) passes any SiLU unchanged. Its first two
transposed convolutions hold the components (of a frame, then of a quarter frame), the others only deal out samples.
What is left for the backbone is to say, once per mel frame, how much of each component sounds; that can be trained
without running the head, and everything together afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from . import synth
from .features import MEL_MAX, MEL_MIN, NAT
from .state import generator

COMPONENTS, QUARTER_COMPONENTS = 128, 64
_QUARTER = synth.HOP // 4


@dataclass(frozen=True)
class Basis:
    """`frame` [512, 128] and `quarter` [128, 64] orthonormal; `scale` [128] makes the values about equally large."""

    frame: Tensor
    quarter: Tensor
    scale: Tensor

    def values(self, wave: Tensor) -> Tensor:
        """Waveform before tanh [..., 512 * frames] -> the head's inputs [..., 128, frames]."""
        frames = wave.unflatten(-1, (-1, synth.HOP))
        return (frames @ self.frame * self.scale).transpose(-1, -2)

    def wave(self, values: Tensor) -> Tensor:
        return ((values.transpose(-1, -2) / self.scale) @ self.frame.T).flatten(-2)


def find_basis(seed: int, clips: int = 60) -> Basis:
    rng = generator(seed, "basis")
    styles = [synth.STYLES[i % len(synth.STYLES)] for i in range(clips)]
    waves = [synth.mix(synth.draw_labels(rng, style), 512, rng) for style in styles]
    frames = np.concatenate([w.reshape(-1, synth.HOP) for w in waves])
    vectors, power = _components(frames, COMPONENTS)
    quarter, _ = _components(frames.reshape(-1, _QUARTER), QUARTER_COMPONENTS)
    deviation = np.sqrt(power)
    scale = 1 / np.sqrt(deviation * deviation[0] + 0.01 * power[0])
    return Basis(*(torch.tensor(a.copy(), dtype=torch.float32) for a in (vectors, quarter, scale)))


def _components(rows: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    power, vectors = np.linalg.eigh(rows.T.astype(np.float64) @ rows / len(rows))
    return vectors[:, ::-1][:, :count], np.maximum(power[::-1][:count], 1e-12)


def _set(layer: nn.Module, weight: Tensor) -> None:
    layer.weight_v.data.copy_(weight)
    layer.weight_g.data.copy_(weight.norm(dim=(1, 2), keepdim=True))
    layer.bias.data.zero_()


def _paired(matrix: Tensor) -> Tensor:
    """A map of signed values [in, out, taps] -> the map of channel pairs [2 in, 2 out, taps]."""
    both = torch.cat([matrix, -matrix], 1)
    return torch.cat([both, -both], 0)


@torch.no_grad()
def initialise(vocoder: nn.Module, basis: Basis, seed: int) -> None:
    torch.manual_seed(seed)
    head = vocoder.head
    first = torch.zeros(COMPONENTS, QUARTER_COMPONENTS, 8)
    quarters = (basis.frame / basis.scale).T.reshape(COMPONENTS, 4, _QUARTER) @ basis.quarter
    first[:, :, 2:6] = quarters.transpose(1, 2)
    _set(head.ups[0], _paired(first))
    width = _QUARTER // 4
    second = torch.zeros(QUARTER_COMPONENTS, width, 8)
    second[:, :, 2:6] = basis.quarter.T.reshape(QUARTER_COMPONENTS, 4, width).transpose(1, 2)
    _set(head.ups[1], _paired(second))
    for up in head.ups[2:]:
        deal = torch.zeros(width, width // 2, 4)
        for i in range(width):
            deal[i, i % (width // 2), 1 + i // (width // 2)] = 1
        _set(up, _paired(deal))
        width //= 2
    last = torch.zeros_like(head.conv_post.weight_v)
    middle = last.shape[-1] // 2
    last[0, 0, middle], last[0, 1, middle] = 1, -1
    _set(head.conv_post, last)
    for block in head.resblocks:
        for layer in block.convs1:
            _set(layer, torch.randn_like(layer.weight_v) / layer.weight_v[0].numel() ** 0.5)
        for layer in block.convs2:
            _set(layer, torch.randn_like(layer.weight_v) / layer.weight_v[0].numel() ** 0.5)
            layer.weight_g.zero_()
    half = torch.randn(COMPONENTS, *head.conv_pre.weight_v.shape[1:]) * 0.3 / head.conv_pre.weight_v[0].numel() ** 0.5
    _set(head.conv_pre, torch.cat([half, -half]))
    _initialise_backbone(vocoder.backbone)


def _initialise_backbone(backbone: nn.Module) -> None:
    for module in backbone.modules():
        if isinstance(module, nn.Conv1d | nn.Linear):
            module.weight.normal_(0, module.weight[0].numel() ** -0.5)
            module.bias.zero_()
    for name, parameter in backbone.named_parameters():
        if name.endswith("gamma"):
            parameter.fill_(0.3)
    stem = backbone.channel_layers[0][0]
    stem.weight.div_(NAT)
    stem.bias.copy_(-stem.weight.sum((1, 2)) * (MEL_MIN + MEL_MAX) / 2)


def values_of(vocoder: nn.Module, mel: Tensor) -> Tensor:
    """Log-mel [batch, 128, frames] -> the head's signed inputs [batch, 128, frames]."""
    pairs = vocoder.head.conv_pre(vocoder.backbone(mel))
    return (pairs[:, :COMPONENTS] - pairs[:, COMPONENTS:]) / 2
