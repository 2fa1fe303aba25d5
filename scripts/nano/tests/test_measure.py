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


def test_the_synthesiser_meets_the_bounds_and_noise_does_not(probe):
    asked = prompts.held_out()
    waves = [_clip(a.style, i, tempo=a.tempo) for i, a in enumerate(asked)]
    assert evaluate.missed(evaluate.judge(waves, probe), probe) == []
    noise = torch.Generator().manual_seed(1)
    waves = [0.2 * torch.randn(2, 2 * synth.SAMPLE_RATE, generator=noise) for _ in asked[:-1]]
    waves.append(torch.zeros(2, 3 * synth.SAMPLE_RATE))
    problems = evaluate.missed(evaluate.judge(waves, probe), probe)
    assert [p.split(" ")[0] for p in problems[:2]] == ["style", "fast"]
    assert len(problems) == 3 and problems[2].startswith(f"'{asked[-1].text}'")


def test_probe_as_text_is_the_same_probe(probe):
    rows = [line.split(" ") for line in probe.text().splitlines() if not line.startswith("#")]
    assert [row[0] for row in rows] == list(synth.STYLES)
    weights = torch.tensor([[float(value) for value in row[1:]] for row in rows])
    for i, style in enumerate(synth.STYLES):
        features = measure.style_features(_clip(style, i))
        scores = weights[:, 0] + weights[:, 1:] @ features
        assert torch.allclose(scores, probe.scores(features[None])[0], atol=0.02)


def test_docs_keep_what_is_outside_the_markers(tmp_path):
    path = tmp_path / "nano.md"
    path.write_text(f"before\n{evaluate.BEGIN}\nold\n{evaluate.END}\nafter\n")
    evaluate.write_docs(path, "new\n")
    assert path.read_text() == f"before\n{evaluate.BEGIN}\nnew\n{evaluate.END}\nafter\n"
    path.write_text("nothing")
    with pytest.raises(SystemExit, match="expected the lines"):
        evaluate.write_docs(path, "new\n")
