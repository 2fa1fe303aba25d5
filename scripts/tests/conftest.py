from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1]
sys.path.insert(0, str(SCRIPTS))


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small checkpoint in the official layout, seed 0."""
    folder = tmp_path_factory.mktemp("checkpoint") / "small"
    subprocess.run([sys.executable, SCRIPTS / "make_small_checkpoint.py", "--out", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def bundle(checkpoint: Path) -> Path:
    """The bundle exported from it."""
    out = checkpoint.parent / "bundle"
    command = [SCRIPTS / "export_onnx.py", "--checkpoint", checkpoint, "--out", out, "--without-japanese"]
    subprocess.run([sys.executable, *command, "--lyric-vocab", checkpoint / "lyric_vocab.json"], check=True)
    return out


@pytest.fixture
def without_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs are saved without following what they cost, which tries them at many sizes."""
    monkeypatch.setattr("acestep_export.costs.of", lambda model: {})
