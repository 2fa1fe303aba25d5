from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nano import synth, vocoder_start


def _weights(layer):
    """The layer in the form that torch's old weight normalisation leaves it in."""
    weight = layer.weight.data
    layer.weight_v, layer.weight_g = nn.Parameter(weight.clone()), nn.Parameter(weight.norm(dim=(1, 2), keepdim=True))
    return layer


class Vocoder(nn.Module):
    """As much of the official class as the start touches."""

    def __init__(self):
        super().__init__()
        stem = nn.Sequential(nn.Conv1d(128, 16, 7, padding=3))
        self.backbone = nn.ModuleDict({"channel_layers": nn.ModuleList([stem])})
        self.backbone.channel_layers = self.backbone["channel_layers"]
        width, ups = 256, []
        for rate in (4, 4, 2, 2, 2, 2, 2):
            ups.append(_weights(nn.ConvTranspose1d(width, width // 2, 2 * rate, rate, padding=rate // 2)))
            width //= 2
        self.head = SimpleNamespace(
            conv_pre=_weights(nn.Conv1d(16, 256, 5, padding=2)), ups=ups, resblocks=[],
            conv_post=_weights(nn.Conv1d(2, 1, 5, padding=2)),
        )  # fmt: skip

    def synthesise(self, pairs):
        x = pairs
        for up in self.head.ups:
            x = F.conv_transpose1d(F.silu(x), up.weight_v, up.bias, up.stride, up.padding)
        return F.conv1d(F.silu(x), self.head.conv_post.weight_v, padding=2)[:, 0]


@pytest.fixture(scope="module")
def basis():
    return vocoder_start.find_basis(1, clips=20)


def test_few_components_hold_all_styles(basis):
    rng = np.random.default_rng(9)
    for style in synth.STYLES:
        wave = torch.from_numpy(synth.mix(synth.draw_labels(rng, style), 64, rng))
        error = (basis.wave(basis.values(wave)) - wave).square().sum() / wave.square().sum()
        assert error < 0.01, style


def test_head_starts_as_the_synthesis_of_the_basis(basis):
    vocoder = Vocoder()
    vocoder_start.initialise(vocoder, basis, 1)
    rng = np.random.default_rng(2)
    wave = torch.from_numpy(synth.mix(synth.draw_labels(rng, "folk"), 64, rng))
    values = basis.values(wave)
    made = vocoder.synthesise(torch.cat([values, -values], 1))
    assert made.shape == wave.shape
    assert (made - wave).square().sum() / wave.square().sum() < 0.01
