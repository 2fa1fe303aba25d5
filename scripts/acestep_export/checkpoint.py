"""Reads one model part of a checkpoint: its config.json and, tensor by tensor, its safetensors files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from . import ExportError

_DTYPES = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
}
_WEIGHT_NAMES = ("diffusion_pytorch_model.safetensors", "model.safetensors")


class Part:
    """One folder of a checkpoint. Tensors are mapped from disk and read when asked for, so that memory holds one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise ExportError(f"{folder}: folder of the checkpoint is missing")
        self.config = read_json(folder / "config.json")
        self._tensors: dict[str, tuple[Path, np.dtype, tuple[int, ...], int]] = {}
        for file in self._weight_files():
            self._index(file)

    def _weight_files(self) -> list[Path]:
        for name in _WEIGHT_NAMES:
            if (self.folder / name).is_file():
                return [self.folder / name]
            index = self.folder / f"{name}.index.json"
            if index.is_file():
                shards = sorted(set(read_json(index)["weight_map"].values()))
                return [self.folder / shard for shard in shards]
        raise ExportError(f"{self.folder / _WEIGHT_NAMES[0]}: file of the checkpoint is missing")

    def _index(self, file: Path) -> None:
        try:
            with file.open("rb") as f:
                length = int.from_bytes(f.read(8), "little")
                size = file.stat().st_size
                if not 0 < length <= size - 8:
                    raise ValueError("header length out of range")
                header = dict(json.loads(f.read(length)))
            for name, entry in header.items():
                if name == "__metadata__":
                    continue
                dtype = _DTYPES.get(entry["dtype"])
                if dtype is None:
                    raise ExportError(
                        f"{file}: tensor '{name}' has type {entry['dtype']}, expected {', '.join(_DTYPES)}"
                    )
                begin, end = (8 + length + offset for offset in entry["data_offsets"])
                if begin < 8 + length:
                    raise ValueError(f"tensor '{name}' begins inside the header")
                shape = tuple(entry["shape"])
                if end - begin != dtype.itemsize * int(np.prod(shape, dtype=np.int64)) or end > size:
                    raise ExportError(f"{file}: tensor '{name}' is cut off; get the file again")
                self._tensors[name] = (file, dtype, shape, begin)
        except FileNotFoundError:
            raise ExportError(f"{file}: file of the checkpoint is missing") from None
        except (ValueError, KeyError, TypeError) as e:
            raise ExportError(f"{file}: not a safetensors file ({e})") from None

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def shape(self, name: str, *expected: int | None) -> tuple[int, ...]:
        """The tensor's shape; with `expected`, checked against it (None fits any size)."""
        if name not in self._tensors:
            raise ExportError(f"{self.folder}: tensor '{name}' is missing")
        shape = self._tensors[name][2]
        if expected and (
            len(shape) != len(expected) or any(e not in (None, s) for s, e in zip(shape, expected, strict=True))
        ):
            wanted = ", ".join("any" if e is None else str(e) for e in expected)
            raise ExportError(f"{self.folder}: tensor '{name}' has shape {list(shape)}, expected [{wanted}]")
        return shape

    def tensor(self, name: str, *expected: int | None) -> np.ndarray:
        """The tensor as float32, its shape checked against `expected`."""
        self.shape(name, *expected)
        file, dtype, shape, offset = self._tensors[name]
        return np.memmap(file, dtype, "r", offset, shape or (1,)).reshape(shape).astype(np.float32)

    def setting(self, name: str, kind: type | tuple[type, ...], *allowed: Any) -> Any:
        """A value of config.json, checked for its type and, with `allowed`, for being one of these."""
        path = self.folder / "config.json"
        if name not in self.config:
            raise ExportError(f"{path}: '{name}' is missing")
        value = self.config[name]
        if not isinstance(value, kind):
            raise ExportError(f"{path}: '{name}' is {value!r}, expected {getattr(kind, '__name__', kind)}")
        if allowed and value not in allowed:
            expected = " or ".join(repr(a) for a in allowed)
            raise ExportError(f"{path}: '{name}' is {value!r}, this exporter knows {expected}")
        return value

    def setting_or(self, name: str, default: Any) -> Any:
        """A value of config.json that older checkpoints leave out."""
        return self.config.get(name, default)

    def count(self, pattern: str) -> int:
        """How many of `pattern` (with one {}) the part holds, counted from 0 without a gap."""
        n = 0
        while pattern.format(n) in self._tensors:
            n += 1
        return n

    def require_count(self, setting: str, wanted: int, pattern: str) -> None:
        """That `setting` asks for a layer at least and leaves none out of which there are tensors of `pattern`."""
        found = self.count(pattern)
        self.require(
            wanted >= max(found, 1), f"'{setting}' asks for {wanted} layers, but tensors '{pattern}' number {found}"
        )

    def require(self, condition: bool, problem: str) -> None:
        if not condition:
            raise ExportError(f"{self.folder / 'config.json'}: {problem}")


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file of the checkpoint."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExportError(f"{path}: file of the checkpoint is missing") from None
    except (ValueError, UnicodeDecodeError) as e:
        raise ExportError(f"{path}: not JSON ({e})") from None
    if not isinstance(value, dict):
        raise ExportError(f"{path}: not a JSON object")
    return value


def per_block(value: Any, blocks: int) -> Sequence[Any]:
    """A setting that a config gives once for all blocks or as a list."""
    return value if isinstance(value, list) else [value] * blocks
