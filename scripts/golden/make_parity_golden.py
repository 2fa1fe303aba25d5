#!/usr/bin/env python3
"""Runs the official pipeline on a checkpoint of make_small_checkpoint.py and keeps what the parity tests compare with.

python scripts/golden/make_parity_golden.py --official CHECKOUT --checkpoint DIR
    --out runtime/src/test/resources/golden/parity
python scripts/golden/make_parity_golden.py --nano --official CHECKOUT --checkpoint RUN/checkpoint-int8
    --out runtime/src/test/resources/golden/nano

The second one is for the checkpoint of which models/nano was made (scripts/nano/train.py), whose lyric encoder has the
same sizes. CHECKOUT is ACE-Step/ACE-Step at commit d612523, with the packages that it needs. Per case, written to
OUT/NAME/:
    case.json       the arguments of the official call
    text_ids.npy    int64, the prompt's token ids
    lyric_ids.npy   int64, the lyrics' token ids (only with lyrics)
    latents.npy     float32 [batch, 8, 16, frames], what the decoder gets
    audio.npy       int16 [batch, 2, 24000], the half second from 0.25 s on, over the peak in peak.npy (not TASKS)
    length.npy      int64, the number of samples of each item (TASKS only)

Sources are the sounds of make_latent_golden.py, by their names.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import torch
from make_latent_golden import SOUNDS, synthesise

PROMPT = "funk, pop, soul, melodic, guitar, drums, 105 BPM, energetic"
LYRICS = """[verse]
The lamps along the harbour burn until the morning comes
I paid $20 for the 2nd ticket & it's 100% mine

[chorus]
Mr. Brown counts 1,234.5 miles from St. Mary to the sea
Oh, oh, oh - the lights are going down!"""

CASES: dict[str, dict[str, Any]] = {
    "defaults_4s": {"lyrics": LYRICS, "audio_duration": 4.0, "infer_step": 60, "manual_seeds": [42]},
    "instrumental_1s_1step": {"lyrics": "", "audio_duration": 1.0, "infer_step": 1, "manual_seeds": [1]},
    "unguided_scale_1": {
        "lyrics": LYRICS, "audio_duration": 2.0, "infer_step": 8, "guidance_scale": 1.0, "manual_seeds": [7],
    },
    "unguided_scale_0": {
        "lyrics": "", "audio_duration": 2.5, "infer_step": 5, "guidance_scale": 0.0, "manual_seeds": [4294967295],
    },
    "full_interval_decay": {
        "lyrics": LYRICS, "audio_duration": 3.0, "infer_step": 12, "guidance_scale": 7.5, "guidance_interval": 1.0,
        "guidance_interval_decay": 0.8, "min_guidance_scale": 2.0, "manual_seeds": [123456789],
    },
    "no_erg": {
        "lyrics": LYRICS, "audio_duration": 2.0, "infer_step": 10, "use_erg_tag": False, "use_erg_lyric": False,
        "use_erg_diffusion": False, "manual_seeds": [3],
    },
    "erg_lyric_without_tag": {
        "lyrics": LYRICS, "audio_duration": 2.0, "infer_step": 10, "use_erg_tag": False, "manual_seeds": [4],
    },
    "omega_batch_2": {
        "lyrics": LYRICS, "audio_duration": 1.5, "infer_step": 9, "omega_scale": -8.0, "batch_size": 2,
        "manual_seeds": [11, 12], "guidance_interval": 0.7,
    },
    "instrumental_12s": {
        "lyrics": "", "audio_duration": 12.0, "infer_step": 27, "guidance_interval": 0.3, "omega_scale": 0.0,
        "manual_seeds": [2026],
    },
    "long_prompt": {
        "prompt": ", ".join([PROMPT] * 20), "lyrics": "[inst]", "audio_duration": 1.7, "infer_step": 3,
        "use_erg_lyric": False, "manual_seeds": [99],
    },
}  # fmt: skip


OTHER_LYRICS = "[verse]\nAnother line about the sea and sky\n[chorus]\nOh, nothing ever stays"
STUDIO = {"src_audio_path": "studio_48k", "audio_duration": 100003 / 48000}
RADIO = {"src_audio_path": "radio_mono_22k", "audio_duration": 33333 / 22050}
TO_METAL = {"edit_target_prompt": "metal, fast drums", "edit_target_lyrics": OTHER_LYRICS}

# Schedulers, step lists, guidance and tasks, each in two cases or more.
TASKS: dict[str, dict[str, Any]] = {
    "heun": {"lyrics": LYRICS, "audio_duration": 2.0, "infer_step": 5, "scheduler_type": "heun", "manual_seeds": [1]},
    "heun_decay_batch": {
        "lyrics": "", "audio_duration": 1.2, "infer_step": 6, "scheduler_type": "heun", "guidance_interval": 1.0,
        "guidance_interval_decay": 0.6, "omega_scale": 3.0, "batch_size": 2, "manual_seeds": [2, 3],
    },
    "pingpong": {
        "lyrics": LYRICS, "audio_duration": 2.0, "infer_step": 8, "scheduler_type": "pingpong", "manual_seeds": [4],
    },
    "pingpong_batch": {
        "lyrics": "", "audio_duration": 1.1, "infer_step": 5, "scheduler_type": "pingpong", "guidance_scale": 4.0,
        "batch_size": 2, "manual_seeds": [5, 6],
    },
    "steps_euler": {"lyrics": LYRICS, "audio_duration": 1.5, "oss_steps": "2, 7, 11, 19, 26, 30", "manual_seeds": [7]},
    "steps_pingpong": {
        "lyrics": "", "audio_duration": 1.5, "oss_steps": "16, 29, 52, 96, 129, 158, 172, 183, 189, 200",
        "scheduler_type": "pingpong", "guidance_interval": 0.8, "manual_seeds": [8],
    },
    "cfg": {
        "lyrics": LYRICS, "audio_duration": 2.0, "infer_step": 8, "cfg_type": "cfg", "guidance_scale": 5.0,
        "manual_seeds": [9],
    },
    "cfg_decay": {
        "lyrics": "", "audio_duration": 1.2, "infer_step": 8, "cfg_type": "cfg", "guidance_scale": 7.0,
        "guidance_interval": 0.9, "guidance_interval_decay": 1.0, "min_guidance_scale": 1.5,
        "use_erg_diffusion": False, "manual_seeds": [10],
    },
    "cfg_star_from_the_start": {
        "lyrics": LYRICS, "audio_duration": 1.5, "infer_step": 6, "cfg_type": "cfg_star", "guidance_scale": 4.0,
        "guidance_interval": 1.0, "manual_seeds": [11],
    },
    "cfg_star_batch": {
        "lyrics": LYRICS, "audio_duration": 1.1, "infer_step": 8, "cfg_type": "cfg_star", "guidance_scale": 6.0,
        "use_erg_lyric": False, "batch_size": 2, "manual_seeds": [12, 13],
    },
    "double_condition": {
        "lyrics": LYRICS, "audio_duration": 1.5, "infer_step": 6, "guidance_scale_text": 5.0,
        "guidance_scale_lyric": 1.5, "manual_seeds": [14],
    },
    "double_condition_no_erg": {
        "lyrics": LYRICS, "audio_duration": 1.1, "infer_step": 5, "guidance_scale_text": 3.0,
        "guidance_scale_lyric": 6.0, "use_erg_lyric": False, "use_erg_tag": False, "use_erg_diffusion": False,
        "guidance_interval": 1.0, "batch_size": 2, "manual_seeds": [15, 16],
    },
    "retake": {
        "task": "retake", "lyrics": LYRICS, "audio_duration": 2.0, "infer_step": 6, "retake_variance": 0.5,
        "manual_seeds": [17], "retake_seeds": [18],
    },
    "retake_batch": {
        "task": "retake", "lyrics": "", "audio_duration": 1.2, "infer_step": 5, "retake_variance": 0.13,
        "scheduler_type": "pingpong", "batch_size": 2, "manual_seeds": [19, 20], "retake_seeds": [21, 22],
    },
    "repaint": {
        **STUDIO, "task": "repaint", "lyrics": LYRICS, "infer_step": 8, "repaint_start": 0.5, "repaint_end": 1.25,
        "retake_variance": 0.7, "manual_seeds": [23], "retake_seeds": [24],
    },
    "repaint_batch": {
        **RADIO, "task": "repaint", "lyrics": "", "infer_step": 6, "repaint_start": 0, "repaint_end": 0.6,
        "retake_variance": 1.0, "cfg_type": "cfg", "guidance_interval": 1.0, "guidance_scale": 5.0, "batch_size": 2,
        "manual_seeds": [25, 26], "retake_seeds": [27, 28],
    },
    "extend_right": {
        **STUDIO, "task": "extend", "lyrics": LYRICS, "infer_step": 6, "repaint_start": 0, "repaint_end": 3.5,
        "retake_variance": 1.0, "manual_seeds": [31], "retake_seeds": [32],
    },
    "extend_left": {
        **RADIO, "task": "extend", "lyrics": "", "infer_step": 8, "repaint_start": -1.2, "repaint_end": 1.5,
        "retake_variance": 0.6, "guidance_interval": 1.0, "manual_seeds": [33], "retake_seeds": [34],
    },
    # With both sides the official code counts the end from the new beginning: 1 second after 1 second before.
    "extend_both": {
        **STUDIO, "task": "extend", "lyrics": LYRICS, "infer_step": 6, "repaint_start": -0.93, "repaint_end": 4.03,
        "retake_variance": 1.0, "manual_seeds": [35], "retake_seeds": [36],
    },
    "edit_only_lyrics": {
        **STUDIO, "task": "edit", "lyrics": LYRICS, "infer_step": 8, "edit_target_prompt": PROMPT,
        "edit_target_lyrics": OTHER_LYRICS, "edit_n_min": 0.6, "edit_n_max": 1.0, "retake_seeds": [38],
    },
    "edit_remix": {
        **RADIO, "task": "edit", "lyrics": LYRICS, "infer_step": 8, "edit_target_prompt": "slow ambient piano",
        "edit_target_lyrics": "", "edit_n_min": 0.2, "edit_n_max": 0.4, "guidance_scale": 7.0, "retake_seeds": [40],
    },
    "edit_average": {
        **STUDIO, **TO_METAL, "task": "edit", "lyrics": "", "infer_step": 5, "edit_n_min": 0.0, "edit_n_max": 0.8,
        "edit_n_avg": 3, "guidance_scale": 5.0, "retake_seeds": [42],
    },
    "edit_unguided": {
        **RADIO, **TO_METAL, "task": "edit", "lyrics": "", "infer_step": 6, "edit_n_min": 0.1, "edit_n_max": 1.0,
        "guidance_scale": 1.0, "retake_seeds": [43],
    },
    "edit_pingpong": {
        **RADIO, **TO_METAL, "task": "edit", "lyrics": "", "infer_step": 6, "edit_n_min": 0.34, "edit_n_max": 0.34,
        "scheduler_type": "pingpong", "retake_seeds": [44],
    },
    "audio_to_audio": {
        "audio2audio_enable": True, "ref_audio_input": "studio_48k", "ref_audio_strength": 0.5, "lyrics": LYRICS,
        "infer_step": 12, "manual_seeds": [45],
    },
    "audio_to_audio_heun": {
        "audio2audio_enable": True, "ref_audio_input": "radio_mono_22k", "ref_audio_strength": 0.3, "lyrics": "",
        "infer_step": 8, "scheduler_type": "heun", "manual_seeds": [46],
    },
    "audio_to_audio_pingpong_batch": {
        "audio2audio_enable": True, "ref_audio_input": "studio_48k", "ref_audio_strength": 0.75, "lyrics": LYRICS,
        "infer_step": 20, "scheduler_type": "pingpong", "cfg_type": "cfg", "guidance_scale": 4.0, "batch_size": 2,
        "manual_seeds": [47, 48],
    },
}  # fmt: skip


_NANO_DEFAULTS = {
    "lyrics": "", "infer_step": 30, "cfg_type": "cfg", "guidance_scale": 3.5, "guidance_interval": 1.0,
    "use_erg_tag": False, "use_erg_lyric": False, "use_erg_diffusion": False,
}  # fmt: skip
# The bundle's own defaults, the official ones, and what goes through the latent encoder.
NANO: dict[str, dict[str, Any]] = {
    "defaults_4s": {
        **_NANO_DEFAULTS, "prompt": "chiptune, fast tempo, major", "audio_duration": 4.0, "manual_seeds": [1],
    },
    "official_defaults_2s": {
        "prompt": "ambient pads, slow tempo", "lyrics": "", "audio_duration": 2.0, "infer_step": 60, "cfg_type": "apg",
        "guidance_scale": 15.0, "guidance_interval": 0.5, "use_erg_tag": True, "use_erg_lyric": True,
        "use_erg_diffusion": True, "manual_seeds": [2],
    },
    "repaint": {
        **_NANO_DEFAULTS, **STUDIO, "prompt": "solo piano", "task": "repaint", "repaint_start": 0.5,
        "repaint_end": 1.25, "retake_variance": 0.7, "manual_seeds": [3], "retake_seeds": [4],
    },
    "audio_to_audio": {
        **_NANO_DEFAULTS, "prompt": "rock, slow tempo", "audio2audio_enable": True, "ref_audio_input": "radio_mono_22k",
        "ref_audio_strength": 0.3, "manual_seeds": [5],
    },
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--nano", action="store_true", help="the cases of the nano model")
    a = parser.parse_args()
    sys.path.insert(0, str(a.official))
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import make_small_checkpoint as small

    pipeline, kept = _official_pipeline(a.checkpoint, small)
    for name, settings in (NANO if a.nano else {**CASES, **TASKS}).items():
        folder = a.out / name
        folder.mkdir(parents=True, exist_ok=True)
        case = {"prompt": PROMPT, **settings}
        kept.clear()
        pipeline(**case, save_path=str(folder / "unused.wav"))
        (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n", encoding="utf-8")
        for key in ("text_ids", "lyric_ids", "latents"):
            if key in kept and (key != "lyric_ids" or case["lyrics"]):
                np.save(folder / f"{key}.npy", kept[key])
        audio = np.stack(kept["audio"])
        if name in TASKS and not a.nano:
            np.save(folder / "length.npy", np.array([audio.shape[2]]))
        else:
            _save_audio(folder, audio[:, :, 12000:36000])
        (folder / "unused_input_params.json").unlink()
        print(name, file=sys.stderr)


def _save_audio(folder: Path, audio: np.ndarray) -> None:
    peak = np.abs(audio).max()
    np.save(folder / "audio.npy", np.round(audio / peak * 32767).astype(np.int16))
    np.save(folder / "peak.npy", np.array([peak], np.float32))


class _AnyFileExists:
    """The module os, but for names of sounds, which count as files."""

    path = types.SimpleNamespace(
        **{key: getattr(os.path, key) for key in ("join", "dirname", "abspath", "isdir")},
        exists=lambda path: path in SOUNDS or os.path.exists(path),
    )

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def _official_pipeline(checkpoint: Path, small: Any) -> tuple[Any, dict[str, Any]]:
    import acestep.models.ace_step_transformer as dit
    import acestep.pipeline_ace_step as official
    import torchaudio

    # Sizes that the published config leaves to the code's defaults.
    dit.LyricEncoder = functools.partial(
        dit.LyricEncoder,
        output_size=small.TRANSFORMER["lyric_hidden_size"],
        attention_heads=small.LYRIC_HEADS,
        linear_units=small.LYRIC_HIDDEN,
    )
    tokenizer = official.VoiceBpeTokenizer
    official.VoiceBpeTokenizer = functools.partial(tokenizer, vocab_file=str(checkpoint / "lyric_vocab.json"))
    torchaudio.save = lambda *args, **kwargs: None
    torchaudio.load = lambda name: (torch.from_numpy(synthesise(SOUNDS[name])), SOUNDS[name].rate)
    official.os = _AnyFileExists()
    torch.set_num_threads(1)
    pipeline = official.ACEStepPipeline(checkpoint_dir=str(checkpoint), dtype="float32")
    pipeline.load_checkpoint(str(checkpoint))
    kept: dict[str, Any] = {}

    text_tokenizer, tokenize, decode, save = (
        pipeline.text_tokenizer, pipeline.tokenize_lyrics, pipeline.latents2audio, pipeline.save_wav_file,
    )  # fmt: skip

    def keep_text_ids(*args: Any, **kwargs: Any) -> Any:
        result = text_tokenizer(*args, **kwargs)
        kept.setdefault("text_ids", result["input_ids"].numpy()[0])
        return result

    def keep_lyric_ids(*args: Any, **kwargs: Any) -> Any:
        result = tokenize(*args, **kwargs)
        kept.setdefault("lyric_ids", np.array(result, np.int64))
        return result

    def keep_latents(latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        kept["latents"] = np.ascontiguousarray(latents.numpy())
        return decode(latents, *args, **kwargs)

    def keep_audio(audio: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        kept.setdefault("audio", []).append(audio.numpy().copy())
        return save(audio, *args, **kwargs)

    pipeline.text_tokenizer, pipeline.tokenize_lyrics = keep_text_ids, keep_lyric_ids
    pipeline.latents2audio, pipeline.save_wav_file = keep_latents, keep_audio
    return pipeline, kept


if __name__ == "__main__":
    main()
