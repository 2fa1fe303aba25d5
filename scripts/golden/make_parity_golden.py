#!/usr/bin/env python3
"""Runs the official pipeline on a checkpoint of make_small_checkpoint.py and keeps what the parity tests compare with.

python scripts/golden/make_parity_golden.py --official CHECKOUT --checkpoint DIR
    --out runtime/src/test/resources/golden/parity

CHECKOUT is ACE-Step/ACE-Step at commit d612523, with the packages that it needs. Per case, written to OUT/NAME/:
    case.json       the arguments of the official call
    text_ids.npy    int64, the prompt's token ids
    lyric_ids.npy   int64, the lyrics' token ids (only with lyrics)
    latents.npy     float32 [batch, 8, 16, frames], what the decoder gets
    audio.npy       int16 [batch, 2, 24000], the half second from 0.25 s on, divided by the peak in peak.npy
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    sys.path.insert(0, str(a.official))
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import make_small_checkpoint as small

    pipeline, kept = _official_pipeline(a.checkpoint, small)
    for name, settings in CASES.items():
        folder = a.out / name
        folder.mkdir(parents=True, exist_ok=True)
        case = {"prompt": PROMPT, **settings}
        kept.clear()
        pipeline(**case, save_path=str(folder / "unused.wav"))
        (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n", encoding="utf-8")
        for key in ("text_ids", "lyric_ids", "latents"):
            if key in kept:
                np.save(folder / f"{key}.npy", kept[key])
        audio = np.stack(kept["audio"])[:, :, 12000:36000]
        peak = np.abs(audio).max()
        np.save(folder / "audio.npy", np.round(audio / peak * 32767).astype(np.int16))
        np.save(folder / "peak.npy", np.array([peak], np.float32))
        (folder / "unused_input_params.json").unlink()
        print(name, file=sys.stderr)


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
    torch.set_num_threads(1)
    pipeline = official.ACEStepPipeline(checkpoint_dir=str(checkpoint), dtype="float32")
    pipeline.load_checkpoint(str(checkpoint))
    kept: dict[str, Any] = {}

    text_tokenizer, tokenize, decode, save = (
        pipeline.text_tokenizer, pipeline.tokenize_lyrics, pipeline.latents2audio, pipeline.save_wav_file,
    )  # fmt: skip

    def keep_text_ids(*args: Any, **kwargs: Any) -> Any:
        result = text_tokenizer(*args, **kwargs)
        kept["text_ids"] = result["input_ids"].numpy()[0]
        return result

    def keep_lyric_ids(*args: Any, **kwargs: Any) -> Any:
        result = tokenize(*args, **kwargs)
        kept["lyric_ids"] = np.array(result, np.int64)
        return result

    def keep_latents(latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        kept["latents"] = latents.numpy().copy()
        return decode(latents, *args, **kwargs)

    def keep_audio(audio: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        kept.setdefault("audio", []).append(audio.numpy().copy())
        return save(audio, *args, **kwargs)

    pipeline.text_tokenizer, pipeline.tokenize_lyrics = keep_text_ids, keep_lyric_ids
    pipeline.latents2audio, pipeline.save_wav_file = keep_latents, keep_audio
    return pipeline, kept


if __name__ == "__main__":
    main()
