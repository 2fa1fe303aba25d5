import numpy as np
import pytest

from nano import synth


@pytest.mark.parametrize("style", synth.STYLES)
def test_clip_is_sound_and_the_same_every_time(style):
    def make():
        rng = np.random.default_rng(4)
        return synth.render(synth.draw_labels(rng, style), 256, rng)

    wave = make()
    assert wave.shape == (2, 256 * synth.HOP) and wave.dtype == np.float32
    assert np.isfinite(wave).all() and np.abs(wave).max() < 0.95
    assert wave.std() > 0.05
    np.testing.assert_array_equal(wave, make())


@pytest.mark.parametrize("style", synth.STYLES)
def test_everything_begins_on_the_grid(style):
    for seed in range(8):
        rng = np.random.default_rng(seed)
        score = synth.compose(synth.draw_labels(rng, style), 1024, rng)
        starts = [n[1] for n in score.notes] + [h[1] for h in score.hits]
        assert starts and all(s % 4 == 0 for s in starts)


def test_held_note_repeats_every_period():
    wave = synth.table("saw", 36)
    spectrum = np.abs(np.fft.rfft(wave))
    assert wave.shape == (synth.PERIOD,)
    assert set(np.flatnonzero(spectrum > 1e-3 * spectrum.max())) <= set(range(36, 2048, 36))


def test_tempo_doubles_from_slow_to_fast():
    hits = []
    for beat in (8, 4):
        rng = np.random.default_rng(0)
        hits.append(len(synth.compose(synth.Labels("rock", beat, 0, "organ"), 1024, rng).hits))
    assert hits[1] / hits[0] == pytest.approx(2, rel=0.1)


def test_labels_name_tempo_class_and_bpm():
    labels = synth.Labels("jazz", 4, 1, "sax")
    assert labels.tempo == 2 and labels.bpm == pytest.approx(161.5, abs=0.1)
