import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import report
from test_results import song

from results import not_measured

CONTENT = {
    "format": 1,
    "date": "2026-01-02T03:04:05Z",
    "machine": {"cpu": "a CPU", "cores": 2, "memory_bytes": 24 << 30, "os": "Linux", "jdk": "17"},
    "versions": {"acestep4j": "0.1.0", "java": "17.0.1"},
    "git_commit": "0123456789ab",
}
MEMORY = {"open_seconds": 5.0, "peak_resident_bytes": 4_500_000_000, "peak_resident_bytes_by_stage": {"decoding": 1}}
ROWS = [
    song("official", "bfloat16", total=100.0, versions={"torch": "2.11"}, **MEMORY),
    song(
        total=40.0,
        warm_up={"steps": 27, "total_seconds": 44.0},
        streamed={"first_audio_seconds": 12.0},
        **MEMORY,
    ),
    not_measured(song("official", "bfloat16", seconds=240), "signal 9"),
    not_measured(song(seconds=240), "not run yet"),
]


def test_songs_with_ratio_and_without_figures():
    table = report.song_table(ROWS).splitlines()
    assert table[2] == "| Music | Steps | acestep4j int8 | official bfloat16 |"
    assert table[4] == "| 10 s | 27 | 40.0 s (0.25, **2.5x**) | 100 s (0.10) |"
    assert table[5] == "| 240 s | 27 | not measured | not measured |"


def test_no_ratio_against_what_was_not_measured():
    table = report.song_table([not_measured(ROWS[0], "signal 9"), ROWS[1]])
    assert "| 10 s | 27 | 40.0 s (0.25) | not measured |" in table


def test_steps_against_each_official_type():
    step = {"kind": "step", "side": "official", "bundle": "b", "device": "cpu", "seconds": 30, "measured": True}
    rows = [
        {**step, "precision": "bfloat16", "times_seconds": [2.0, 4.0, 3.0]},
        not_measured({**step, "precision": "float32"}, "signal 9"),
        {**step, "side": "acestep4j", "precision": "int8", "times_seconds": [0.5]},
    ]
    table = report.step_table(rows)
    assert "| Music | Side | Time | against official bfloat16 | against official float32 |" in table
    assert "| 30 s | acestep4j int8 | 500 ms | 6.0x | not measured |" in table
    assert "| 30 s | official float32 | not measured |  |  |" in table


def test_devices_and_threads_are_apart():
    rows = [*ROWS, song("official", "bfloat16", device="cuda", total=1.0, **MEMORY), song(threads=0, **MEMORY)]
    text = report.tables([{**CONTENT, "rows": rows}], [])
    assert "Device cpu, 2 threads: prompt to WAV" in text
    assert "| Music | Steps | official bfloat16 on cuda |" in text
    assert "Device cpu, a thread for each core: memory" in text


def test_memory_and_the_first_song():
    lines = report.memory_table(ROWS).splitlines()
    assert "| acestep4j int8 | 10 s | 4.50 | 0.00 | not measured | 5.0 s | +10 % | 12.0 s |" in lines
    assert "| official bfloat16 | 10 s | 4.50 | 0.00 | not measured | 5.0 s | not measured | not measured |" in lines
    assert len(lines) == 6


def test_quality_takes_the_worst_step():
    deviation = {"cosine": 0.999, "relativeError": 0.02}
    velocities = [
        {"same_latents": deviation, "own_latents": deviation},
        {"same_latents": {"cosine": 0.9}, "own_latents": {"cosine": 0.8}},
    ]
    row = {"kind": "quality", "precision": "int8", "reference_precision": "fp32", "seconds": 10, "steps": 27}
    measured = {**row, "measured": True, "velocities": velocities, "final_latents": deviation}
    table = report.quality_table([measured, {**row, "measured": False}])
    assert "| int8 | fp32 | 10 s | 27 | 0.900000 | 0.800000 | cosine 0.999000, relative error 0.0200 |" in table
    assert "| int8 | fp32 | 10 s | 27 | not measured | not measured | not measured |" in table


def frames(work, late_share):
    spread = {"p50": work, "p95": work, "p99": work, "p999": work, "max": 2 * work}
    lateness = {name: time / 100 for name, time in spread.items()}
    return {"frames": 1800, "work_seconds": spread, "lateness_seconds": lateness, "late_share": late_share}


GAME = {"kind": "game-loop", "side": "acestep4j", "bundle": "b", "precision": "int8", "device": "cpu", "threads": 1}
GAME |= {"seconds": 10.0, "steps": 8, "round": 1, "offload": False}


def test_frames_and_cancelled_jobs():
    samples = [{"latency_seconds": 0.03, "step_seconds": 0.8}, {"latency_seconds": 0.01, "step_seconds": 0.7}]
    cancelled = {"latency_seconds": {"p50": 0.01, "max": 0.03}, "most_of_a_step": 0.0375, "samples": samples}
    row = {**GAME, "measured": True, "work_ms": 5.0, "without": frames(0.005, 0), "beside": frames(0.006, 0.0125)}
    row["cancelled"] = {"diffusion": cancelled, "decoding": cancelled}
    text = report.tables([{**CONTENT, "rows": [row]}], [])
    assert "Device cpu, 1 thread: frames of a game at 60 Hz that works 5 ms (ms; " in text
    line = "| acestep4j int8 | 10 s | running | 1800 | 6.0 | 6.0 | 6.0 | 6.0 | 12.0 | 0.1 | 0.1 | 0.1 | 1.25 % |"
    assert line in text
    assert "Device cpu, 1 thread: a cancelled job at random moments\n" in text
    assert "| acestep4j int8 | 10 s | decoding | 2 | 10.0 ms | 30.0 ms | 700 ms | 0.037 |" in text


def test_a_game_that_was_not_measured():
    planned = [not_measured(GAME, "device abacus")]
    cells = "not measured | " * 10
    assert f"| acestep4j int8 | 10 s | none | {cells.strip()}" in report.frame_table(planned).splitlines()
    cells = "not measured | " * 5
    assert f"| acestep4j int8 | 10 s | decoding | {cells.strip()}" in report.cancellation_table(planned).splitlines()


def test_the_gpu_is_named_as_not_measured_until_it_is():
    line = "NVIDIA GPU: not measured"
    assert line in report.tables([{**CONTENT, "rows": ROWS}], [])
    planned = not_measured(song(device="cuda"), "not run yet")
    assert line in report.tables([{**CONTENT, "rows": [planned]}], [])
    assert line not in report.tables([{**CONTENT, "rows": [song(device="cuda", **MEMORY)]}], [])


def test_the_chart_is_svg_with_a_bar_for_each_measured_row():
    root = ElementTree.fromstring(report.chart({**CONTENT, "rows": ROWS}))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[-3:] == ["10 s, 27 steps", "0.25", "0.10"]
    assert not any("240 s" in text for text in texts)


def test_the_command_replaces_the_tables_alone(tmp_path):
    readme, results = tmp_path / "README.md", tmp_path / "results"
    results.mkdir()
    (results / "a.json").write_text(json.dumps({**CONTENT, "rows": ROWS}))
    readme.write_text("before\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nafter\n")
    assert run(readme, results, "--check").returncode == 1
    assert "old" in readme.read_text()
    assert run(readme, results).returncode == 0
    text = readme.read_text()
    assert text.startswith("before\n<!-- benchmarks -->\na CPU, 2 cores, 24 GiB; Linux; Java 17.0.1; PyTorch 2.11; ")
    assert text.endswith("![Real-time factor of whole songs](results/a.svg)\n\n<!-- /benchmarks -->\nafter\n")
    assert "old" not in text
    assert run(readme, results, "--check").returncode == 0


def test_a_readme_without_the_marks_is_left_alone(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("text\n")
    with pytest.raises(SystemExit, match="expected the lines"):
        report.replaced(readme, "tables\n")


def run(readme, results, *more):
    command = [sys.executable, Path(report.__file__), "--readme", readme, "--results", results, *more]
    return subprocess.run(command, check=False, capture_output=True)
