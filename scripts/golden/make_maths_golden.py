#!/usr/bin/env python3
"""Writes the golden numbers for the tests of acestep4j.diffusion and acestep4j.audio.

    python scripts/golden/make_maths_golden.py --official CHECKOUT --out runtime/src/test/resources/golden/maths

CHECKOUT is https://github.com/ACE-Step/ACE-Step at d612523; its requirements and soundfile have to be installed.
Each file is described at the function that makes it.
"""

import argparse
import io
import os
import sys
from types import SimpleNamespace

import numpy as np
import torch

SEEDS = [0, 1, 42, 2**31, 2**32 - 1, 2**32 + 5, -1, -5]
SHORT_SIZES = [1, 2, 3, 4, 15, 16, 17, 5, 31, 32, 33, 1, 40]
LONG_SIZES = [100, 1000, 12800, 330000]
STEPS = [1, 2, 3, 27, 60, 1000]

# duration 0.2 s gives 2 frames; steps, guidance scale, interval, interval decay, minimum scale, omega scale
LOOPS = [
    [1, 15, 0.5, 0, 3, 10],
    [1, 15, 1, 0, 3, 10],
    [2, 15, 0.5, 0, 3, 10],
    [5, 15, 0, 0, 3, 10],
    [7, 15, 0.3, 1, 3, 10],
    [10, 15, 1, 1, 3, 10],
    [10, 7.5, 0.5, 0.4, 5, 0],
    [10, 15, 0.5, 0, 3, -5],
    [10, 0, 0.5, 0, 3, 10],
    [10, 1, 0.5, 0, 3, 10],
    [27, 15, 0.5, 0, 3, 10],
    [60, 15, 0.7, 0.9, 1, 25],
]


def randn(save):
    """randn_short: for each seed the draws of SHORT_SIZES, one after the other from one generator.
    randn_long: for each seed and size of LONG_SIZES, from one generator, the first and last 20 values drawn, then two
    uniforms."""
    short, long = [], []
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        short.append(torch.cat([torch.randn(n, generator=generator) for n in SHORT_SIZES]))
        generator = torch.Generator().manual_seed(seed)
        parts = []
        for n in LONG_SIZES:
            values = torch.randn(n, generator=generator)
            parts += [values[:20], values[-20:], torch.rand(2, generator=generator)]
        long.append(torch.cat(parts))
    save("randn_short", torch.stack(short))
    save("randn_long", torch.stack(long))


def schedules(save, scheduler_class):
    """schedule_N: sigmas [0, :] (N + 1 values) and timesteps [1, :] (N values and a 0) of N steps."""
    for steps in STEPS:
        scheduler = scheduler_class(num_train_timesteps=1000, shift=3.0)
        scheduler.set_timesteps(steps)
        timesteps = torch.cat([scheduler.timesteps, torch.zeros(1)])
        save(f"schedule_{steps}", torch.stack([scheduler.sigmas, timesteps]))


def velocities(generator, call):
    """Random velocities whose differences lie on both sides of the norm threshold, and two degenerate planes."""
    conditional = torch.randn(2, 3, 4, 5, generator=generator)
    spread = torch.tensor([2.0, 0.3, 0.05]).view(1, 3, 1, 1)
    unconditional = conditional - spread * torch.randn(2, 3, 4, 5, generator=generator)
    if call == 0:
        unconditional[0, 0] = conditional[0, 0]
        conditional[1, 2] = 0
    return conditional, unconditional


def apg(save, guidance):
    """apg: [call, (conditional, unconditional, guided), 2, 3, 4, 5], three calls on one momentum, scales 15, 3, 1.5."""
    generator = torch.Generator().manual_seed(7)
    momentum = guidance.MomentumBuffer()
    calls = []
    for call, scale in enumerate([15.0, 3.0, 1.5]):
        conditional, unconditional = velocities(generator, call)
        guided = guidance.apg_forward(conditional, unconditional, scale, momentum)
        calls.append(torch.stack([conditional, unconditional, guided]))
    save("apg", torch.stack(calls))


def euler(save, scheduler_class):
    """euler: [step, (latents, velocity, latents afterwards), 2, 3, 4, 5], three steps, omega scale 0, 10, -5."""
    generator = torch.Generator().manual_seed(8)
    scheduler = scheduler_class(num_train_timesteps=1000, shift=3.0)
    scheduler.set_timesteps(3)
    latents = torch.randn(2, 3, 4, 5, generator=generator)
    steps = []
    for timestep, omega in zip(scheduler.timesteps, [0.0, 10.0, -5.0], strict=False):
        velocity = torch.randn(2, 3, 4, 5, generator=generator) + 0.4
        after = scheduler.step(velocity, timestep, latents, return_dict=False, omega=omega)[0]
        steps.append(torch.stack([latents, velocity, after]))
        latents = after
    save("euler", torch.stack(steps))


class AnalyticTransformer:
    """Stands for the transformer: a velocity that depends on latents, timestep and pass alone."""

    def encode(self, text_states, text_mask, speaker, lyric_ids, lyric_mask):
        return text_states, text_mask

    def decode(self, hidden_states, encoder_hidden_states, timestep, **_):
        noise = timestep.view(-1, 1, 1, 1) / 1000
        if encoder_hidden_states.any():
            velocity = hidden_states * (noise + 0.25) - 0.125
        else:
            velocity = hidden_states * 0.5 + noise
        return SimpleNamespace(sample=velocity)


def loops(save, pipeline_class):
    """loop_settings: LOOPS as float64. loop: [case, 2, 8, 16, 2], the official sampling loop from the noise of seeds
    3 and 4 with the analytic transformer."""
    fake = SimpleNamespace(
        device=torch.device("cpu"), dtype=torch.float32, cpu_offload=False, ace_step_transformer=AnalyticTransformer()
    )
    results = []
    for steps, scale, interval, decay, minimum, omega in LOOPS:
        text = torch.ones(2, 3, 4)
        results.append(
            pipeline_class.text2music_diffusion_process(
                fake,
                0.2,
                text,
                torch.ones(2, 3),
                torch.zeros(2, 512),
                torch.zeros(2, 1, dtype=torch.long),
                torch.zeros(2, 1),
                random_generators=[torch.Generator().manual_seed(s) for s in (3, 4)],
                infer_steps=steps,
                guidance_scale=scale,
                guidance_interval=interval,
                guidance_interval_decay=decay,
                min_guidance_scale=minimum,
                omega_scale=omega,
            )
        )
    np.save(save.path("loop_settings"), np.array(LOOPS, np.float64))
    save("loop", torch.stack(results))


def resampling(save):
    """resample_input: 700 samples. resample_A_B: their torchaudio resampling from rate A to rate B.
    resample_lengths: float64 rows of input length and output length, 44100 to 48000 Hz."""
    import torchaudio

    signal = torch.randn(700, generator=torch.Generator().manual_seed(9)) * 0.3
    save("resample_input", signal)
    for a, b in [(44100, 48000), (48000, 44100), (3, 2), (1, 4), (44100, 16000), (101, 97)]:
        save(f"resample_{a}_{b}", torchaudio.transforms.Resample(a, b)(signal))
    resample = torchaudio.transforms.Resample(44100, 48000)
    lengths = [1, 7, 146, 147, 148, 4096 * 10, 4096 * 646, 4096 * 2582, 4096 * 2583, 10584000]
    rows = [[n, resample(torch.zeros(n)).numel()] for n in lengths]
    np.save(save.path("resample_lengths"), np.array(rows, np.float64))


def pcm(save):
    """pcm_input: samples, some beyond full scale. pcm_16, pcm_24: what soundfile stores for them, as float64."""
    import soundfile

    rng = np.random.default_rng(10)
    edges = [
        0.0,
        1.0,
        -1.0,
        0.99999,
        -0.99999,
        1.5,
        -1.5,
        1e30,
        -1e30,
        0.5 / 32768,
        -0.5 / 32768,
        32767.5 / 32768,
        1e-9,
    ]
    edges += [x / 2**31 for x in (0.5, -0.5, -0.3, -0.7, 255.4, 255.7, -255.7, -256.3, -256.7, 65535.7, -65536.4)]
    samples = np.concatenate([edges, rng.uniform(-1.2, 1.2, 300), rng.uniform(-1e-4, 1e-4, 76)]).astype(np.float32)
    save("pcm_input", torch.from_numpy(samples))
    for bits in 16, 24:
        raw = io.BytesIO()
        soundfile.write(raw, samples, 48000, subtype=f"PCM_{bits}", format="RAW", endian="LITTLE")
        rows = np.frombuffer(raw.getvalue(), np.uint8).reshape(len(samples), bits // 8)
        values = sum(rows[:, i].astype(np.int64) << 8 * i for i in range(bits // 8))
        values = np.where(values >= 1 << bits - 1, values - (1 << bits), values)
        np.save(save.path(f"pcm_{bits}"), values.astype(np.float64))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", required=True, help="checkout of ACE-Step/ACE-Step at d612523")
    parser.add_argument("--out", required=True, help="folder for the golden files")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    os.makedirs(arguments.out, exist_ok=True)

    def save(name, tensor):
        np.save(save.path(name), tensor.numpy())

    save.path = lambda name: os.path.join(arguments.out, name + ".npy")

    sys.path.insert(0, arguments.official)
    from acestep import apg_guidance
    from acestep.pipeline_ace_step import ACEStepPipeline
    from acestep.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler

    randn(save)
    schedules(save, FlowMatchEulerDiscreteScheduler)
    apg(save, apg_guidance)
    euler(save, FlowMatchEulerDiscreteScheduler)
    loops(save, ACEStepPipeline)
    resampling(save)
    pcm(save)


if __name__ == "__main__":
    main()
