#!/usr/bin/env python3
"""Measures the nano model, or audio that anything made from the held-out prompts.

python scripts/nano/evaluate.py --audio DIR --jar cli/target/acestep4j.jar --bundle models/nano
    --run RUN --official CHECKOUT --docs docs/nano.md

makes DIR/00.wav ... DIR/59.wav by the command line, each of the 60 held-out prompts with its number as the seed (those
that DIR has already are left alone), judges them, adds the vocoder path of the weights that train.py left in RUN, and
writes the tables into docs/nano.md between its markers. Each of these is optional but --audio: without a bundle DIR has
to hold the files. Ends with 1 when a bound is missed.

python scripts/nano/evaluate.py --prompts          prints the 60 held-out prompts as JSON
python scripts/nano/evaluate.py --probe FILE       writes the style probe that the Java tests use

The vocoder path is synthesised clips through mel, DCAE and vocoder, compared with the originals. `train.py --stages
evaluate` measures a run by its own sampler (Euler, plain classifier-free guidance).
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from torch import Tensor, nn

from nano import measure, models, prompts, synth
from nano.clips import clip
from nano.export import DEFAULTS, quantise
from nano.features import denormalise
from nano.models import LATENT_CHANNELS, LATENT_HEIGHT, from_latents
from nano.state import generator, write_atomically

STEPS, GUIDANCE, SHIFT, OMEGA = DEFAULTS["steps"], DEFAULTS["guidance_scale"], 3.0, 10.0
_VOCODER_CLIPS = 3
BEGIN, END = "<!-- evaluation -->", "<!-- /evaluation -->"

LEAST_PROBE, LEAST_STYLE, LEAST_RATIO, LEAST_CHROMA = 0.95, 0.8, 1.6, 0.75
"""Bounds: the probe on the synthesiser, styles recognised, fast over slow onset density, chroma correlation."""


@torch.no_grad()
def sample(
    model: nn.Module, states: Tensor, mask: Tensor, frames: int, seeds: Sequence[int], *, steps: int = STEPS,
    guidance: float = GUIDANCE,
) -> Tensor:  # fmt: skip
    """Latents [batch, 8, 16, frames] after Euler steps as the official scheduler takes them, item by item."""
    from nano.transformer import velocity

    shape = (1, LATENT_CHANNELS, LATENT_HEIGHT, frames)
    latents = torch.cat([torch.randn(shape, generator=torch.Generator().manual_seed(s)) for s in seeds])
    last = SHIFT * 0.001 / (1 + (SHIFT - 1) * 0.001)
    times = torch.linspace(1, last, steps)
    sigmas = torch.cat([SHIFT * times / (1 + (SHIFT - 1) * times), torch.zeros(1)])
    omega = 0.9 + 0.2 / (1 + np.exp(-0.1 * OMEGA))
    both, both_masks = torch.cat([states, torch.zeros_like(states)]), torch.cat([mask, mask])
    for now, then in itertools.pairwise(sigmas):
        timestep = (1000 * now).expand(2 * len(latents))
        with_prompt, without = velocity(model, torch.cat([latents, latents]), timestep, both, both_masks).chunk(2)
        step = (then - now) * (without + guidance * (with_prompt - without))
        mean = step.mean((1, 2, 3), keepdim=True)
        latents = latents + (step - mean) * omega + mean
    return latents


@torch.no_grad()
def decode(autoencoder: nn.Module, vocoder: nn.Module, latents: Tensor) -> Tensor:
    """Latents [8, 16, frames] -> waveform [2, samples]."""
    mel = autoencoder.decoder(from_latents(latents[None]))[0]
    return vocoder(denormalise(mel))[:, 0]


@dataclasses.dataclass(frozen=True)
class Judgement:
    """One clip of a held-out prompt."""

    asked: prompts.HeldOut
    heard: str
    onsets: float
    soundness: measure.Soundness


def judge(waves: Sequence[Tensor], probe: measure.StyleProbe) -> list[Judgement]:
    """One wave [2, samples] at 44.1 kHz for each of the held-out prompts, in their order."""
    asked = prompts.held_out()[: len(waves)]
    return [
        Judgement(a, probe.style(w), measure.onset_density(w), measure.Soundness.of(w))
        for a, w in zip(asked, waves, strict=True)
    ]


def _recognised(judged: Sequence[Judgement]) -> float:
    return float(np.mean([j.heard == j.asked.style for j in judged]))


def _density(judged: Sequence[Judgement], style: str, tempo: int) -> float:
    return float(np.mean([j.onsets for j in judged if (j.asked.style, j.asked.tempo) == (style, tempo)] or [np.nan]))


def _ratio(judged: Sequence[Judgement], style: str) -> float:
    return _density(judged, style, 2) / max(_density(judged, style, 0), 1e-6)


def missed(judged: Sequence[Judgement], probe: measure.StyleProbe) -> list[str]:
    """Which bounds the clips miss."""
    ratio = np.nanmean([_ratio(judged, style) for style in synth.DRUM_STYLES])
    return [
        *([f"probe {probe.accuracy:.2f}, at least {LEAST_PROBE}"] if probe.accuracy < LEAST_PROBE else []),
        *([f"style {_recognised(judged):.2f}, at least {LEAST_STYLE}"] if _recognised(judged) < LEAST_STYLE else []),
        *([f"fast over slow {ratio:.2f}, at least {LEAST_RATIO}"] if not ratio >= LEAST_RATIO else []),
        *(f"'{j.asked.text}': {j.soundness}" for j in judged if not j.soundness.sound),
    ]


def table(judged: Sequence[Judgement], probe: measure.StyleProbe) -> str:
    lines = ["| style | recognised | onsets/s slow | medium | fast | fast/slow |", "|---|---|---|---|---|---|"]
    ratios = []
    for style in synth.STYLES:
        mine = [j for j in judged if j.asked.style == style]
        right = sum(j.heard == style for j in mine)
        if style in synth.DRUM_STYLES:
            ratios.append(_ratio(judged, style))
        shown = " | ".join(f"{_density(judged, style, t):.1f}" for t in range(3))
        lines.append(f"| {style} | {right} of {len(mine)} | {shown} | {_ratio(judged, style):.2f} |")
    right = sum(j.heard == j.asked.style for j in judged)
    unsound = [j for j in judged if not j.soundness.sound]
    peak = max(j.soundness.peak for j in judged)
    lines += [
        "",
        f"Style recognised: {right} of {len(judged)} ({100 * _recognised(judged):.0f} %); "
        f"the probe's own accuracy on the synthesiser: {100 * probe.accuracy:.0f} %.",
        f"Onset density fast / slow in styles with drums: mean {np.nanmean(ratios):.2f}, "
        f"lowest {np.nanmin(ratios):.2f}.",
        f"Clips with silence, clipping or a value that is no number: {len(unsound)}; highest peak {peak:.2f}.",
    ]
    wrong = [f"{j.asked.style} heard as {j.heard}" for j in judged if j.heard != j.asked.style]
    if wrong:
        lines.append("Not recognised: " + ", ".join(sorted(wrong)) + ".")
    return "\n".join(lines) + "\n"


@torch.no_grad()
def vocoder_path(
    autoencoder: nn.Module, vocoder: nn.Module, seed: int, clips: int = _VOCODER_CLIPS
) -> tuple[str, float]:
    """Chroma correlation by style of the whole path, and of the vocoder alone on true mels; the first one's mean."""
    lines = ["| style | chroma, mel -> DCAE -> vocoder | chroma, mel -> vocoder |", "|---|---|---|"]
    both = []
    for style in synth.STYLES:
        found = []
        for i in range(clips):
            rng = generator(seed, "vocoder path", style, i)
            mix, mel = clip(rng, 512, synth.draw_labels(rng, style, tempo=i % 3))
            wanted = torch.tanh(mix)
            decoded = autoencoder.decoder(autoencoder.encoder(mel[None]))[0]
            made = [vocoder(denormalise(m))[:, 0] for m in (decoded, mel)]
            found.append([measure.chroma_correlation(m, wanted) for m in made])
        both.append(np.mean(found, 0))
        lines.append(f"| {style} | {both[-1][0]:.2f} | {both[-1][1]:.2f} |")
    mean = np.mean(both, 0)
    lines.append(f"| **mean** | **{mean[0]:.2f}** | **{mean[1]:.2f}** |")
    return "\n".join(lines) + "\n", float(mean[0])


@torch.no_grad()
def generate(folder: Path, frames: int, count: int, batch: int = 4) -> list[Tensor]:
    """The first `count` held-out prompts as waveforms, prompt i from seed i."""
    from nano import dcae, text, transformer, vocoder

    reader, tokenizer = text.load_reader(folder), text.load_tokenizer(folder)
    model, autoencoder, last = transformer.load_transformer(folder), dcae.load(folder), vocoder.load(folder)
    asked = prompts.held_out()[:count]
    waves = []
    for start in range(0, count, batch):
        states, mask = transformer.condition(reader, tokenizer, [a.text for a in asked[start : start + batch]])
        latents = sample(model, states, mask, frames, range(start, start + len(states)))
        waves += [decode(autoencoder, last, item) for item in latents]
    return waves


def run(folder: Path, seed: int, count: int = 60) -> None:
    """The evaluation as the last stage of a run: writes evaluation.md."""
    from nano import dcae, vocoder

    path = vocoder_path(dcae.load(folder), vocoder.load(folder), seed)[0]
    print(path, flush=True)
    probe = measure.StyleProbe(seed)
    waves = generate(folder, measure.FRAMES // synth.LATENT_FRAMES, count)
    result = path + "\n" + table(judge(waves, probe), probe)
    print(result, flush=True)
    write_atomically(folder / "evaluation.md", result.encode())


def read(path: Path) -> Tensor:
    """Any sampling rate -> [channels, samples] at 44.1 kHz."""
    import soundfile
    import torchaudio

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    wave = torch.from_numpy(samples.T)
    return torchaudio.functional.resample(wave, rate, synth.SAMPLE_RATE) if rate != synth.SAMPLE_RATE else wave


def make_audio(jar: Path, bundle: Path, paths: Sequence[Path]) -> None:
    """The held-out prompts by the command line with the bundle's own settings, prompt i from seed i."""
    for seed, (asked, path) in enumerate(zip(prompts.held_out(), paths, strict=True)):
        if path.is_file():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        command = ["java", "-jar", jar, "generate", "--bundle", bundle, "--prompt", asked.text]
        made = subprocess.run([*command, "--seed", str(seed), "--out", path], capture_output=True, text=True)
        if made.returncode != 0:
            raise SystemExit(f"{path}: {made.stderr.strip()}")
        print(path, flush=True)


def write_docs(path: Path, result: str) -> None:
    before, begin, rest = path.read_text(encoding="utf-8").partition(f"{BEGIN}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not begin or not end:
        raise SystemExit(f"--docs {path}: expected the lines {BEGIN} and {END}, found none; add them")
    write_atomically(path, f"{before}{BEGIN}\n{result}{END}\n{after}".encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--audio", type=Path)
    what.add_argument("--prompts", action="store_true")
    what.add_argument("--probe", type=Path)
    parser.add_argument("--jar", type=Path)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--official", type=Path)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    for one, other in (("jar", "bundle"), ("run", "official")):
        if (getattr(a, one) is None) != (getattr(a, other) is None):
            parser.error(f"--{one} and --{other} belong together")
    torch.set_num_threads(1)
    if a.prompts:
        print(json.dumps([dataclasses.asdict(h) for h in prompts.held_out()], indent=1))
    elif a.probe:
        write_atomically(a.probe, measure.StyleProbe(a.seed).text().encode())
    else:
        _evaluate(parser, a)


def _evaluate(parser: argparse.ArgumentParser, a: argparse.Namespace) -> None:
    paths = [a.audio / f"{i:02}.wav" for i in range(len(prompts.held_out()))]
    if a.bundle:
        make_audio(a.jar, a.bundle, paths)
    missing = [p.name for p in paths if not p.is_file()]
    if missing:
        parser.error(f"--audio {a.audio}: {missing[0]} is missing ({len(missing)} of {len(paths)} are)")
    probe = measure.StyleProbe(a.seed)
    judged = judge([read(p) for p in paths], probe)
    result, problems = table(judged, probe), missed(judged, probe)
    if a.run:
        models.use_official(a.official)
        from nano import dcae, vocoder

        nets = dcae.load(a.run), vocoder.load(a.run)
        for net in nets:
            quantise(net)
        path, chroma = vocoder_path(*nets, a.seed)
        result = f"{path}\n{result}"
        problems += [f"chroma {chroma:.2f}, at least {LEAST_CHROMA}"] if not chroma >= LEAST_CHROMA else []
    print(result)
    if a.docs:
        write_docs(a.docs, result)
    if problems:
        raise SystemExit("missed: " + "; ".join(problems))


if __name__ == "__main__":
    main()
