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
from types import MethodType, SimpleNamespace

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


# scheduler, guidance, steps, guidance scale, interval, interval decay, minimum scale, omega scale, text and lyric scale
SCHEDULERS = ["euler", "heun", "pingpong"]
GUIDANCES = ["apg", "cfg", "cfg_star", "double_condition"]
VARIANTS = [
    ["heun", "apg", 1, 15, 1, 0, 3, 10, 0, 0],
    ["heun", "apg", 7, 15, 0.5, 0, 3, 10, 0, 0],
    ["heun", "cfg", 6, 7, 1, 0.5, 3, -5, 0, 0],
    ["heun", "cfg_star", 5, 7, 1, 0, 3, 10, 0, 0],
    ["heun", "double_condition", 4, 7, 0.8, 0, 3, 10, 5, 1.5],
    ["pingpong", "apg", 1, 15, 0.5, 0, 3, 10, 0, 0],
    ["pingpong", "apg", 8, 15, 0.5, 1, 3, 10, 0, 0],
    ["pingpong", "cfg", 6, 3, 1, 0, 3, 10, 0, 0],
    ["euler", "cfg", 10, 7, 0.5, 0, 3, 10, 0, 0],
    ["euler", "cfg", 5, 4, 1, 1, 2, 10, 0, 0],
    ["euler", "cfg_star", 10, 7, 0.5, 0, 3, 10, 0, 0],
    ["euler", "cfg_star", 8, 5, 1, 0.5, 3, 10, 0, 0],
    ["euler", "double_condition", 10, 15, 0.5, 0, 3, 10, 5, 1.5],
    ["euler", "double_condition", 6, 15, 1, 1, 3, 10, 2.5, 4],
    ["euler", "double_condition", 6, 1, 1, 1, 3, 10, 2.5, 4],
]

STEP_LISTS = [[1], [3], [1, 2], [1, 2, 3, 4], [1, 4, 9, 16], [16, 29, 52, 96, 129, 158, 172, 183, 189, 200]]

# sigma maximum, steps
STARTS = [[1, 10], [0.5, 30], [0.3, 18], [1 - 0.7, 8], [0.95, 1], [0.123, 2], [0.01, 3], [0.001, 1]]

# scheduler, steps, strength of the reference
REFERENCES = [["euler", 10, 0.5], ["euler", 27, 0.05], ["heun", 12, 0.3], ["pingpong", 12, 0.4]]

# steps, variance, start and end in seconds (a frame is 0.0929 s), items of the source
REPAINTS = [
    [10, 0.5, 0.19, 0.3, 2],
    [7, 1, 0, 0.2, 2],
    [10, 0.8, 0.3, 0.47, 1],
    [5, 0.2, 0.19, 0.3, 2],
    [8, 0.75, -0.19, 0.46, 2],
    [8, 0.6, 0, 0.66, 1],
]

# steps, guidance scale, n_min, n_max, n_avg, ping-pong, batch
EDITS = [
    [10, 15, 0, 1, 1, 0, 1],
    [10, 15, 0, 1, 1, 0, 2],
    [10, 15, 0.3, 0.8, 1, 0, 2],
    [7, 5, 0.2, 0.6, 3, 0, 2],
    [6, 1, 0, 0.5, 2, 0, 1],
    [6, 0, 0, 1, 1, 0, 2],
    [8, 15, 0, 0, 1, 0, 2],
    [8, 15, 0, 0, 1, 1, 2],
    [8, 7, 0.5, 0.5, 1, 1, 1],
    [8, 7, 1, 1, 1, 0, 1],
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


def starts(save, scheduler_class):
    """starts: float64 rows of sigma maximum, steps, scheduler.sigma_max and the sigmas, filled up with 0."""
    rows = np.zeros((len(STARTS), 3 + 1 + max(steps for _, steps in STARTS)))
    for row, (sigma_max, steps) in zip(rows, STARTS, strict=True):
        scheduler = scheduler_class(num_train_timesteps=1000, shift=3.0, sigma_max=sigma_max)
        row[:3] = sigma_max, steps, scheduler.sigma_max
        scheduler.set_timesteps(steps)
        row[3 : 4 + steps] = scheduler.sigmas
    np.save(save.path("starts"), rows)


def shifts(save, scheduler_class):
    """shifts: float64 rows of shift and the sigmas of five steps."""
    rows = []
    for shift in [1.0, 2.7, 0.3, 6.1, 1.1, 1.003]:
        scheduler = scheduler_class(num_train_timesteps=1000, shift=shift)
        scheduler.set_timesteps(5)
        rows.append([shift, *scheduler.sigmas.tolist()])
    np.save(save.path("shifts"), np.array(rows, np.float64))


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


def other_guidance(save, guidance):
    """guidance: [call, (conditional, unconditional, text only, guided), 2, 3, 4, 5]. CFG with scales 15, 3;
    CFG-zero-star in evaluations 0, 1, 2, 7 with scale 7; double condition with the scales (5, 1.5), (2, 3)."""
    generator = torch.Generator().manual_seed(11)
    kinds = [lambda c, u, t, g=g: guidance.cfg_forward(c, u, g) for g in (15.0, 3.0)]
    kinds += [lambda c, u, t, i=i: guidance.cfg_zero_star(c, u, 7.0, i) for i in (0, 1, 2, 7)]
    kinds += [
        lambda c, u, t, g=g: guidance.cfg_double_condition_forward(c, u, t, g[0], g[1])
        for g in ((5.0, 1.5), (2.0, 3.0))
    ]
    calls = []
    for call, kind in enumerate(kinds):
        conditional, unconditional = velocities(generator, call)
        text_only = torch.randn(2, 3, 4, 5, generator=generator)
        guided = kind(conditional, unconditional, text_only)
        calls.append(torch.stack([conditional, unconditional, text_only, guided]))
    save("guidance", torch.stack(calls))


def other_schedulers(save, heun_class, pingpong_class):
    """heun, pingpong: [evaluation, (latents, velocity, latents afterwards), 2, 3, 4, 5], three steps; omega scale 10
    for Heun, noise of seed 13 for ping-pong."""
    for name, scheduler_class, omega in ("heun", heun_class, 10.0), ("pingpong", pingpong_class, 0.0):
        generator = torch.Generator().manual_seed(12)
        noise_generator = torch.Generator().manual_seed(13)
        scheduler = scheduler_class(num_train_timesteps=1000, shift=3.0)
        scheduler.set_timesteps(3)
        latents = torch.randn(2, 3, 4, 5, generator=generator)
        evaluations = []
        for timestep in scheduler.timesteps:
            velocity = torch.randn(2, 3, 4, 5, generator=generator) + 0.4
            after = scheduler.step(
                velocity, timestep, latents, return_dict=False, omega=omega, generator=noise_generator
            )[0]
            evaluations.append(torch.stack([latents, velocity, after]))
            latents = after
        save(name, torch.stack(evaluations))


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
    """Stands for the transformer: a velocity that depends on latents, timestep and pass alone. Text states are 1, those
    of an edit's target 2; blank ones 0."""

    def __init__(self):
        self.timesteps = []

    def encode(self, text_states, text_mask, speaker, lyric_ids, lyric_mask):
        return (text_states, lyric_ids), text_mask

    def decode(self, hidden_states, encoder_hidden_states, timestep, **_):
        self.timesteps.append(timestep[0])
        noise = timestep.view(-1, 1, 1, 1) / 1000
        text_states, lyric_ids = encoder_hidden_states
        if not text_states.any():
            velocity = self.unconditional(hidden_states, noise)
        elif lyric_ids.any():
            velocity = self.conditional(hidden_states, noise)
        else:
            velocity = hidden_states * 0.75 - noise * 0.5
        return SimpleNamespace(sample=velocity)

    def __call__(self, hidden_states, encoder_text_hidden_states, timestep, **_):
        noise = timestep.view(-1, 1, 1, 1) / 1000
        text = encoder_text_hidden_states[:, 0, 0].view(-1, 1, 1, 1)
        velocity = torch.where(text == 0, self.unconditional(hidden_states, noise), hidden_states * noise + 0.25)
        velocity = torch.where(text == 1, self.conditional(hidden_states, noise), velocity)
        return SimpleNamespace(sample=velocity)

    def conditional(self, latents, noise):
        return latents * (noise + 0.25) - 0.125

    def unconditional(self, latents, noise):
        return latents * 0.5 + noise


class Loop:
    """The official sampling loops with the analytic transformer, from the noise of seeds 3 and 4."""

    def __init__(self, pipeline_class):
        self.pipeline_class = pipeline_class
        self.transformer = AnalyticTransformer()
        self.fake = SimpleNamespace(
            device=torch.device("cpu"),
            dtype=torch.float32,
            cpu_offload=False,
            ace_step_transformer=self.transformer,
        )
        for name in "add_latents_noise", "calc_v":
            setattr(self.fake, name, MethodType(getattr(pipeline_class, name), self.fake))

    def run(self, **settings):
        """Latents [2, 8, 16, 2], or with as many frames as the source in the settings."""
        return self.pipeline_class.text2music_diffusion_process(
            self.fake,
            0.2,
            torch.ones(2, 3, 4),
            torch.ones(2, 3),
            torch.zeros(2, 512),
            torch.ones(2, 1, dtype=torch.long),
            torch.zeros(2, 1),
            random_generators=self.generators(3, 4),
            **settings,
        )

    def edit(self, source, **settings):
        batch = len(source)
        side = [torch.ones(batch, 3), torch.zeros(batch, 512), torch.ones(batch, 1), torch.zeros(batch, 1)]
        return self.pipeline_class.flowedit_diffusion_process(
            self.fake,
            torch.ones(batch, 3, 4),
            *side,
            torch.full((batch, 3, 4), 2.0),
            *side,
            source,
            random_generators=self.generators(3, 4)[:batch],
            **settings,
        )

    @staticmethod
    def generators(*seeds):
        return [torch.Generator().manual_seed(seed) for seed in seeds]

    @staticmethod
    def source(batch, frames):
        """What stands for the latents of an existing piece, laid out in memory as the official encoder does."""
        latents = torch.randn(batch, 8, 16, frames, generator=torch.Generator().manual_seed(20))
        return latents.to(memory_format=torch.channels_last)


def loops(save, loop):
    """loop_settings: LOOPS as float64. loop: [case, 2, 8, 16, 2]. loop_variant_settings, loop_variant: the same of
    VARIANTS, with the indices in SCHEDULERS and GUIDANCES for their names."""
    results = []
    for steps, scale, interval, decay, minimum, omega in LOOPS:
        results.append(
            loop.run(
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

    results = []
    for scheduler, guidance, steps, scale, interval, decay, minimum, omega, text_scale, lyric_scale in VARIANTS:
        results.append(
            loop.run(
                scheduler_type=scheduler,
                cfg_type=guidance,
                infer_steps=steps,
                guidance_scale=scale,
                guidance_interval=interval,
                guidance_interval_decay=decay,
                min_guidance_scale=minimum,
                omega_scale=omega,
                guidance_scale_text=text_scale,
                guidance_scale_lyric=lyric_scale,
            )
        )
    rows = [[SCHEDULERS.index(s), GUIDANCES.index(g), *rest] for s, g, *rest in VARIANTS]
    np.save(save.path("loop_variant_settings"), np.array(rows, np.float64))
    save("loop_variant", torch.stack(results))


def step_lists(save, loop):
    """steps_I: the transformer's timesteps for STEP_LISTS[I]. loop_steps_I: [(euler, pingpong), 2, 8, 16, 2],
    all steps guided."""
    for i, steps in enumerate(STEP_LISTS):
        loop.transformer.timesteps = []
        results = []
        for scheduler in "euler", "pingpong":
            results.append(
                loop.run(
                    scheduler_type=scheduler,
                    oss_steps=steps,
                    guidance_interval=1.0,
                    guidance_interval_decay=0.0,
                )
            )
        save(f"loop_steps_{i}", torch.stack(results))
        save(f"steps_{i}", torch.unique(torch.stack(loop.transformer.timesteps)).flip(0))


def references(save, loop):
    """loop_reference_settings: REFERENCES as float64, with the index in SCHEDULERS. loop_reference:
    [case, 2, 8, 16, 2], from a reference of one item."""
    results = []
    for scheduler, steps, strength in REFERENCES:
        results.append(
            loop.run(
                scheduler_type=scheduler,
                infer_steps=steps,
                audio2audio_enable=True,
                ref_audio_strength=strength,
                ref_latents=loop.source(1, 2),
                guidance_interval_decay=0.0,
            )
        )
    rows = [[SCHEDULERS.index(scheduler), *rest] for scheduler, *rest in REFERENCES]
    np.save(save.path("loop_reference_settings"), np.array(rows, np.float64))
    save("loop_reference", torch.stack(results))


def repaints(save, loop):
    """loop_repaint_settings: REPAINTS as float64. loop_repaint_I: [2, 8, 16, frames] of the case I, from a source of
    five frames and the retake noise of seeds 5 and 6."""
    np.save(save.path("loop_repaint_settings"), np.array(REPAINTS, np.float64))
    for i, (steps, variance, start, end, batch) in enumerate(REPAINTS):
        latents = loop.run(
            infer_steps=steps,
            add_retake_noise=True,
            retake_random_generators=loop.generators(5, 6),
            retake_variance=variance,
            repaint_start=start,
            repaint_end=end,
            src_latents=loop.source(batch, 5),
            guidance_interval_decay=0.0,
        )
        save(f"loop_repaint_{i}", latents)


def edits(save, loop):
    """flow_edit_settings: EDITS as float64. flow_edit_I: [batch, 8, 16, 2] of the case I."""
    np.save(save.path("flow_edit_settings"), np.array(EDITS, np.float64))
    for i, (steps, scale, n_min, n_max, n_avg, pingpong, batch) in enumerate(EDITS):
        latents = loop.edit(
            loop.source(batch, 2),
            infer_steps=steps,
            guidance_scale=scale,
            n_min=n_min,
            n_max=n_max,
            n_avg=n_avg,
            scheduler_type="pingpong" if pingpong else "euler",
        )
        save(f"flow_edit_{i}", latents)


# What audio is resampled from before it is encoded; 44056 Hz is that of video at the NTSC rate.
SOURCE_RATES = [8000, 11025, 22050, 32000, 44056, 96000, 192000]


def resampling(save):
    """resample_input: 700 samples. resample_A_B: their torchaudio resampling from rate A to rate B.
    resample_lengths: float64 rows of input length and output length, 44100 to 48000 Hz.
    resample_source_lengths: float64 rows of input rate, input length and output length at 44100 Hz."""
    import torchaudio

    signal = torch.randn(700, generator=torch.Generator().manual_seed(9)) * 0.3
    save("resample_input", signal)
    rates = [(44100, 48000), (48000, 44100), (3, 2), (1, 4), (44100, 16000), (101, 97)]
    for a, b in rates + [(rate, 44100) for rate in SOURCE_RATES]:
        save(f"resample_{a}_{b}", torchaudio.transforms.Resample(a, b)(signal))
    resample = torchaudio.transforms.Resample(44100, 48000)
    lengths = [1, 7, 146, 147, 148, 4096 * 10, 4096 * 646, 4096 * 2582, 4096 * 2583, 10584000]
    rows = [[n, resample(torch.zeros(n)).numel()] for n in lengths]
    np.save(save.path("resample_lengths"), np.array(rows, np.float64))
    rows = []
    for rate in SOURCE_RATES:
        resample = torchaudio.transforms.Resample(rate, 44100)
        long = 2**24 * rate // 44100  # what comes out of more can't be counted in single precision
        lengths = [1, 2, 99, 4096 * 50 + 1, rate * 60 + 7, long + 1, long + 2, long + 3]
        rows += [[rate, n, resample(torch.zeros(n)).numel()] for n in lengths]
    np.save(save.path("resample_source_lengths"), np.array(rows, np.float64))


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
    from acestep.schedulers.scheduling_flow_match_heun_discrete import FlowMatchHeunDiscreteScheduler
    from acestep.schedulers.scheduling_flow_match_pingpong import FlowMatchPingPongScheduler

    randn(save)
    schedules(save, FlowMatchEulerDiscreteScheduler)
    starts(save, FlowMatchEulerDiscreteScheduler)
    shifts(save, FlowMatchEulerDiscreteScheduler)
    apg(save, apg_guidance)
    other_guidance(save, apg_guidance)
    euler(save, FlowMatchEulerDiscreteScheduler)
    other_schedulers(save, FlowMatchHeunDiscreteScheduler, FlowMatchPingPongScheduler)
    loop = Loop(ACEStepPipeline)
    loops(save, loop)
    step_lists(save, loop)
    references(save, loop)
    repaints(save, loop)
    edits(save, loop)
    resampling(save)
    pcm(save)


if __name__ == "__main__":
    main()
