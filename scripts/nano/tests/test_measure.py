import numpy as np
import pytest
import torch

from nano import evaluate, measure, prompts, synth


def _clip(style, seed=0, frames=256, tempo=None):
    rng = np.random.default_rng(seed)
    return torch.from_numpy(synth.render(synth.draw_labels(rng, style, tempo), frames, rng))


@pytest.fixture(scope="module")
def probe():
    return measure.StyleProbe(1, clips=60, frames=256)


def test_probe_knows_the_synthesiser(probe):
    assert probe.accuracy >= 0.9


def test_onset_density_counts_clicks():
    wave = torch.zeros(2, 4 * synth.SAMPLE_RATE)
    for i in range(1, 12):
        at = i * synth.SAMPLE_RATE // 3
        wave[:, at : at + 400] = 0.5 * torch.randn(400, generator=torch.Generator().manual_seed(i))
    assert measure.onset_density(wave) == pytest.approx(11 / 4, abs=0.3)


def test_chroma_tells_the_same_music_from_other_music():
    one, other = _clip("folk", 1), _clip("folk", 2)
    assert measure.chroma_correlation(one, one) == pytest.approx(1)
    assert measure.chroma_correlation(other, one) < 0.8


def test_silence_clipping_and_nan_are_found():
    good = _clip("rock")
    assert measure.Soundness.of(good).sound
    assert not measure.Soundness.of(torch.cat([good, torch.zeros(2, 3 * synth.SAMPLE_RATE)], 1)).sound
    assert not measure.Soundness.of((8 * good).clamp(-1, 1)).sound
    broken = good.clone()
    broken[0, 5] = float("nan")
    assert not measure.Soundness.of(broken).sound


def test_table_counts_what_was_recognised(probe):
    asked = prompts.held_out()[:12]
    waves = [_clip(a.style, i, tempo=a.tempo) for i, a in enumerate(asked)]
    judged = evaluate.judge(waves, probe)
    right = sum(j.heard == j.asked.style for j in judged)
    assert right >= 10
    assert f"Style recognised: {right} of 12" in evaluate.table(judged, probe)
