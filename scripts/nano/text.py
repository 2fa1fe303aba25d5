"""The text side: a tokenizer trained on our prompts, and a small UMT5 encoder taught what they say, then frozen.

The encoder learns to tell style, tempo, mode and lead from the mean of its states; the transformer then reads the
states themselves. Both are in the layout that the official pipeline loads (folder umt5-base).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors, trainers
from tokenizers import models as tokenizer_models
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import UMT5Config, UMT5EncoderModel

from . import prompts, synth
from .state import Stage, generator, write_atomically

VOCABULARY = 400
BATCH = 48
SIZES: dict[str, Any] = {
    "d_model": 64, "d_kv": 16, "d_ff": 96, "num_heads": 4, "num_layers": 12, "relative_attention_num_buckets": 32,
    "relative_attention_max_distance": 128, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False,
    "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0, "dropout_rate": 0.0,
}  # fmt: skip


def train_tokenizer(seed: int) -> Tokenizer:
    """A unigram tokenizer of UMT5's form, in lower case; its pieces come from BPE, which is the same every time."""
    rng = generator(seed, "tokenizer")
    lines = [prompts.training_prompt(rng, synth.draw_labels(rng)).text.lower() for _ in range(6000)]
    letters = list("abcdefghijklmnopqrstuvwxyz0123456789")
    special = ["<pad>", "</s>", "<unk>"]
    pieces = Tokenizer(tokenizer_models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=special, initial_alphabet=letters, show_progress=False
    )
    pieces.train_from_iterator(lines, trainer)
    vocabulary = sorted(pieces.get_vocab().items(), key=lambda item: item[1])
    scores = [(piece, 0.0 if piece in special else -math.log(index)) for piece, index in vocabulary]
    tokenizer = Tokenizer(tokenizer_models.Unigram(scores, unk_id=2, byte_fallback=False))
    tokenizer.add_special_tokens(special)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(" {2,}", " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return tokenizer


def batch(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Token ids and attention mask, int64 [batch, tokens]."""
    rows = [tokenizer.encode(text).ids[:256] for text in texts]
    width = max(map(len, rows))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask


class Reader(nn.Module):
    """The encoder with one linear head per kind of label."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.encoder = UMT5EncoderModel(UMT5Config(vocab_size=vocabulary, **SIZES))
        sizes = (len(synth.STYLES), len(synth.BEATS), 3, 2, len(prompts.LEAD_WORDS))
        self.heads = nn.ModuleList(nn.Linear(SIZES["d_model"], size) for size in sizes)

    def forward(self, ids: Tensor, mask: Tensor) -> list[Tensor]:
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask[..., None].float()
        mean = (states * weight).sum(1) / weight.sum(1)
        return [head(mean) for head in self.heads]


def run(folder: Path, seed: int, steps: int) -> None:
    torch.manual_seed(seed)
    path = folder / "tokenizer.json"
    if not path.exists():
        write_atomically(path, train_tokenizer(seed).to_str().encode())
    tokenizer = load_tokenizer(folder)
    stage = Stage("text", folder, seed, Reader(tokenizer.get_vocab_size()), steps, 2e-3, decay_from=0.4)

    def step(n: int) -> tuple[Tensor, dict[str, float]]:
        rng = generator(seed, "text", n)
        said = [prompts.training_prompt(rng, synth.draw_labels(rng)) for _ in range(BATCH)]
        wanted = torch.tensor([(p.style, p.beat, p.tempo, p.mode, p.lead) for p in said])
        answers = stage.model(*batch(tokenizer, [p.text for p in said]))
        losses = [F.cross_entropy(a, wanted[:, i]) for i, a in enumerate(answers) if (wanted[:, i] >= 0).any()]
        hits = answers[0].argmax(1) == wanted[:, 0]
        return torch.stack(losses).sum(), {"style": float(hits[wanted[:, 0] >= 0].float().mean())}

    stage.train(step)
    if stage.done:
        right = held_out_hits(load_reader(folder), tokenizer)
        print("text: held-out prompts read right, of 60: " + json.dumps(right), flush=True)


@torch.no_grad()
def held_out_hits(reader: Reader, tokenizer: Tokenizer) -> dict[str, int]:
    asked = prompts.held_out()
    style, _, tempo, mode, _ = reader(*batch(tokenizer, [h.text for h in asked]))
    wanted = {"style": [synth.STYLES.index(h.style) for h in asked], "tempo": [h.tempo for h in asked],
              "mode": [h.mode for h in asked]}  # fmt: skip
    answers = {"style": style, "tempo": tempo, "mode": mode}
    return {k: int((answers[k].argmax(1) == torch.tensor(v)).sum()) for k, v in wanted.items()}


def load_tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def load_reader(folder: Path) -> Reader:
    reader = Reader(load_tokenizer(folder).get_vocab_size())
    reader.load_state_dict(torch.load(folder / "text.pt"))
    return reader.eval().requires_grad_(False)
