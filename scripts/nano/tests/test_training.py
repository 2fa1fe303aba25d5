import numpy as np
import pytest
import torch
from torch import nn

from nano import clips, export, features, state, synth


class Killed(Exception):
    pass


def _stage(folder, steps=20):
    torch.manual_seed(0)
    stage = state.Stage("toy", folder, 3, nn.Linear(4, 1), steps, 1e-2)

    def loss(n):
        x = torch.from_numpy(state.generator(3, "toy", n).standard_normal((8, 4), np.float32))
        noisy = x.sum(1, keepdim=True) + 0.1 * torch.randn(8, 1)
        return (stage.model(x) - noisy).square().mean(), {}

    return stage, loss


def test_killed_training_ends_where_the_uninterrupted_one_does(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "SAVE_SECONDS", 0.0)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    stage, loss = _stage(whole)
    stage.train(loss)

    stage, loss = _stage(parts)

    def dies(n):
        if n == 7:
            raise Killed
        return loss(n)

    with pytest.raises(Killed):
        stage.train(dies)
    resumed, loss = _stage(parts)
    assert resumed.step == 7
    resumed.train(loss)
    for name, value in torch.load(whole / "toy.pt").items():
        assert torch.equal(value, torch.load(parts / "toy.pt")[name])
    assert len((parts / "toy.csv").read_text().splitlines()) == 2


def test_a_write_that_is_cut_off_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.state"
    state.save(path, {"step": 1})

    def dies(_):
        raise Killed

    monkeypatch.setattr(state.os, "fsync", dies)
    with pytest.raises(Killed):
        state.save(path, {"step": 2})
    assert state.load(path) == {"step": 1}


def test_rate_warms_up_holds_and_falls():
    rates = [state.learning_rate(n, 1000, 1.0) for n in (0, 100, 500, 999)]
    assert rates[0] < 0.05 and rates[1] == rates[2] == 1.0 and rates[3] < 0.03


def test_pool_holds_the_newest_clips_whenever_it_starts():
    def pool():
        return clips.Pool(1, "toy", 5, 2, lambda rng: float(rng.random()))

    old = pool()
    for n in range(9):
        last = old.draw(n, 3, state.generator(1, "draw", n))
    assert last == pool().draw(8, 3, state.generator(1, "draw", 8))
    assert sorted(old.items) == [4, 5, 6, 7, 8]


def test_clock_tells_the_places_apart_and_counts_from_sample_0():
    mel = features.with_clock(torch.zeros(2, features.BINS, 24))
    ticks = mel[0, -features.CLOCK_BINS :].T
    assert torch.equal(ticks[3], ticks[11])
    assert min(float((ticks[i] - ticks[j]).norm()) for i in range(8) for j in range(i)) > 1
    assert torch.equal(features.with_clock(mel[..., 8:11], 8), mel[..., 8:11])


def test_mel_has_a_frame_for_every_hop_and_comes_back_from_its_range():
    mel = features.log_mel(torch.from_numpy(np.tile(synth.table("saw", 36), 4))[None])
    assert mel.shape == (1, features.BINS, 32)
    assert torch.allclose(features.denormalise(features.normalise(mel)), mel, atol=1e-5)


def test_rounded_rows_are_off_by_half_a_level():
    weight = torch.randn(7, 5, 3)
    levels, scale = export.round_rows(weight)
    back = levels.float() * scale[:, None]
    assert levels.dtype == torch.int8 and levels.abs().amax(1).eq(127).all()
    assert ((back - weight.flatten(1)).abs() <= 0.6 * scale[:, None]).all()
    assert torch.equal(back.abs().amax(1) / 127, scale)
