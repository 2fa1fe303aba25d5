import numpy as np

from nano import prompts, synth, text


def test_held_out_prompts_ask_for_everything_once():
    asked = prompts.held_out()
    assert len({h.text for h in asked}) == 60
    assert len({(h.style, h.tempo, h.mode) for h in asked}) == 60


def test_training_never_uses_a_word_of_the_held_out_prompts():
    rng = np.random.default_rng(0)
    trained = set()
    for _ in range(4000):
        trained |= prompts.words_of(prompts.training_prompt(rng, synth.draw_labels(rng)).text)
    assert {"jazz", "slow", "minor"} <= trained
    held = {w for h in prompts.held_out() for w in prompts.words_of(h.text)}
    assert held & trained <= prompts.SMALL_WORDS


def test_training_prompts_say_what_their_labels_say():
    rng = np.random.default_rng(0)
    for _ in range(200):
        labels = synth.draw_labels(rng)
        prompt = prompts.training_prompt(rng, labels)
        assert prompt.text.strip()
        assert prompt.style in (-100, synth.STYLES.index(labels.style))
        assert prompt.tempo in (-100, labels.tempo)
        assert prompt.mode in (-100, labels.mode)


def test_every_bpm_belongs_to_the_nearest_beat():
    tempos = [60 * synth.SAMPLE_RATE / (synth.PERIOD * b) for b in synth.BEATS]
    for i, beat in enumerate(synth.BEATS):
        for bpm in prompts.bpm_choices(beat):
            assert np.argmin([abs(np.log(bpm / t)) for t in tempos]) == i


def test_tokenizer_is_the_same_every_time_and_blind_to_case():
    first, second = text.train_tokenizer(1), text.train_tokenizer(1)
    assert first.to_str() == second.to_str()
    assert first.encode("Slow JAZZ").ids == first.encode("slow jazz").ids
    assert first.encode("slow jazz").ids[-1] == 1
