#!/usr/bin/env python3
"""Measures one plain step of the official transformer: its method decode, under a condition of random states."""

from __future__ import annotations

import time

import official


def main() -> None:
    flags = official.parser(__doc__)
    flags.add_argument("--condition-tokens", type=int, required=True)
    flags.add_argument("--repeats", type=int, default=5)
    a = flags.parse_args()
    official.prepare(a)
    import torch
    from acestep.models.ace_step_transformer import ACEStepTransformer2DModel

    torch.manual_seed(1)
    dtype = getattr(torch, a.precision)
    model = ACEStepTransformer2DModel.from_pretrained(a.checkpoint / "ace_step_transformer", torch_dtype=dtype)
    model = model.to(a.device).eval().to(dtype)
    frames = int(a.seconds * 44100 / 512 / 8)
    width = model.config.num_attention_heads * model.config.attention_head_dim
    like = {"device": a.device, "dtype": dtype}
    arguments = {
        "hidden_states": torch.randn(1, model.config.in_channels, model.config.max_height, frames).to(**like),
        "attention_mask": torch.ones(1, frames, **like),
        "encoder_hidden_states": torch.randn(1, a.condition_tokens, width).to(**like),
        "encoder_hidden_mask": torch.ones(1, a.condition_tokens, **like),
        "timestep": torch.tensor([500.0]).to(**like),
        "output_length": frames,
    }
    decode = model.decode if a.compile == "none" else torch.compile(model.decode)

    def step() -> float:
        began = time.perf_counter()
        with torch.no_grad():
            decode(**arguments).sample.float().cpu()
        return time.perf_counter() - began

    warm_up = [step() for _ in range(2)]
    times = [step() for _ in range(a.repeats)]
    row = official.row(
        a, "step", condition_tokens=a.condition_tokens, warm_up_times_seconds=warm_up, times_seconds=times
    )
    official.write(a, row)


if __name__ == "__main__":
    main()
