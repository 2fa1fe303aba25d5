#!/usr/bin/env python3
"""Writes the tables of a README and the charts from results files.

    python benchmarks/report.py [--readme README.md] [--results benchmarks/results] [--check]

The tables replace what is between the lines "<!-- benchmarks -->" and "<!-- /benchmarks -->". A chart
results/NAME.svg is drawn for each results file NAME.json with measured songs. A row that wasn't measured says so.
--check writes nothing and fails when something isn't up to date. Needs Python 3.11 and no packages.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(Path(__file__).resolve().parent / "peer"))
from results import Row, configuration, median_seconds, read, write  # noqa: E402

BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"
NOT_MEASURED = "not measured"
GB = 1e9
COLOURS = ("#2a6f97", "#e07a5f", "#81b29a", "#f2cc8f", "#6d597a", "#3d405b", "#a44a3f", "#588157")
BAR, GAP, LABELS, CHART, VALUES = 16, 10, 110, 520, 90


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readme", type=Path, default=ROOT / "README.md")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    parser.add_argument("--check", action="store_true")
    a = parser.parse_args()
    files = {path: read(path) for path in sorted(a.results.glob("*.json"))}
    wanted = {path.with_suffix(".svg"): chart(content) for path, content in files.items() if songs(content)}
    charts = [Path(os.path.relpath(path, a.readme.resolve().parent)) for path in wanted]
    wanted[a.readme] = replaced(a.readme, tables(list(files.values()), charts))
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if a.check and stale:
        raise SystemExit(f"{', '.join(map(str, stale))}: not up to date with {a.results}; run benchmarks/report.py")
    for path in stale:
        write(path, wanted[path])
        print(path)


def replaced(readme: Path, text: str) -> str:
    """The README with other tables."""
    before, begin, rest = readme.read_text(encoding="utf-8").partition(f"{BEGIN}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not begin or not end:
        raise SystemExit(
            f"{readme}: expected the lines {BEGIN} and {END}, found none; add them where the tables belong"
        )
    return f"{before}{BEGIN}\n{text}{END}\n{after}"


def tables(contents: list[Row], charts: list[Path]) -> str:
    """The tables of all results files in Markdown."""
    parts = []
    for content in contents:
        parts += [ran_on(content), *_tables(content["rows"])]
    if not any(row["measured"] for content in contents for row in _of(content["rows"], "song", "cuda")):
        parts.append(f"NVIDIA GPU: {NOT_MEASURED}; `benchmarks/gpu.sh` does it on a machine that has one.")
    parts += [f"![Real-time factor of whole songs]({path.as_posix()})" for path in charts]
    return "".join(f"{part}\n\n" for part in parts)


def _tables(rows: list[Row]) -> list[str]:
    """The tables of each device and number of threads, which aren't compared with one another."""
    found = []
    for device, threads in dict.fromkeys((row["device"], row["threads"]) for row in rows):
        group = [row for row in rows if (row["device"], row["threads"]) == (device, threads)]
        made = [
            table(group)
            for table in (song_table, step_table, memory_table, quality_table, frame_table, cancellation_table)
        ]
        count = f"{threads} thread{'s' if threads > 1 else ''}" if threads else "a thread for each core"
        on = f"Device {device}, {count}: "
        found += [on + table for table in made if table]
    return found


def ran_on(content: Row) -> str:
    """On what the rows of a file were measured, in one line."""
    machine, versions = content["machine"], content["versions"]
    parts = [f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB"]
    parts += [machine["gpu"]] if machine.get("gpu") else []
    parts += [machine["os"], f"Java {versions['java']}"]
    parts += [f"PyTorch {version}" for version in sorted({_torch(row) for row in content["rows"]} - {None})]
    parts.append(f"acestep4j {versions['acestep4j']} ({content.get('git_commit') or 'commit unknown'})")
    sources = sorted({row["bundle_source"] for row in content["rows"] if row.get("bundle_source")})
    parts += [f"weights: {source}" for source in sources]
    return f"{'; '.join(parts)}; {content['date'][:10]}."


def _torch(row: Row) -> str | None:
    return row.get("versions", {}).get("torch")


def song_table(rows: list[Row]) -> str:
    """Whole songs: time, real-time factor and how many times as fast as the first official configuration."""
    rows = _of(rows, "song")
    configurations = _configurations(rows)
    official = next((name for name in configurations if name[0] == "official"), None)
    header = ["Music", "Steps", *(_name(name) for name in configurations)]
    lines = []
    for seconds, steps in sorted({(row["seconds"], row["steps"]) for row in rows}):
        group = [row for row in rows if (row["seconds"], row["steps"]) == (seconds, steps)]
        peer = _median(group, official)
        cells = []
        for name in configurations:
            time = _median(group, name)
            ratio = f", **{peer / time:.1f}x**" if time and peer and name[0] == "acestep4j" else ""
            cells.append(f"{_seconds(time)} ({seconds / time:.2f}{ratio})" if time else NOT_MEASURED)
        lines.append([f"{seconds:g} s", str(steps), *cells])
    note = "prompt to WAV on an open model: time (seconds of music per second"
    note += f", **times as fast as {_name(official)}**" if official else ""
    return f"{note})\n\n{_markdown(header, lines)}" if lines else ""


def step_table(rows: list[Row]) -> str:
    """One transformer step: time, and each of ours over each official one."""
    rows = _of(rows, "step")
    configurations = _configurations(rows)
    peers = [name for name in configurations if name[0] == "official"]
    lines = []
    for seconds in sorted({row["seconds"] for row in rows}):
        group = [row for row in rows if row["seconds"] == seconds]
        for name in configurations:
            time = _median(group, name)
            cells = [_against(time, _median(group, peer)) if name[0] == "acestep4j" else "" for peer in peers]
            lines.append([f"{seconds:g} s", _name(name), _seconds(time) if time else NOT_MEASURED, *cells])
    header = ["Music", "Side", "Time", *(f"against {_name(peer)}" for peer in peers)]
    return f"one transformer step\n\n{_markdown(header, lines)}" if lines else ""


def _against(time: float | None, peer: float | None) -> str:
    return f"{peer / time:.1f}x" if time and peer else NOT_MEASURED


def memory_table(rows: list[Row]) -> str:
    """Peak memory, time to open, the first song against the later ones, and the first sound of a streamed one."""
    rows = _of(rows, "song")
    lines = []
    for name in _configurations(rows):
        for seconds in sorted({row["seconds"] for row in rows}):
            group = [
                row for row in rows if row["measured"] and configuration(row) == name and row["seconds"] == seconds
            ]
            if group:
                lines.append([_name(name), f"{seconds:g} s", *_memory_cells(group)])
    header = ["Side", "Music", "Peak resident", "while decoding", "Peak on device", "Opened in", "First song"]
    title = "memory (GB), opening, the first song against those after it, and the first sound of a streamed song"
    return f"{title}\n\n{_markdown([*header, 'First audio'], lines)}" if lines else ""


def _memory_cells(rows: list[Row]) -> list[str]:
    decoding = [(row.get("peak_resident_bytes_by_stage") or {}).get("decoding") for row in rows]
    firsts = [_first_song(row) for row in rows]
    known = [first for first in firsts if first is not None]
    sounds = [row["streamed"]["first_audio_seconds"] for row in rows if "streamed" in row]
    return [
        _gigabytes([row.get("peak_resident_bytes") for row in rows]),
        _gigabytes(decoding),
        _gigabytes([row.get("peak_device_bytes") for row in rows]),
        _seconds(statistics.median(row["open_seconds"] for row in rows)),
        f"{statistics.median(known) * 100 - 100:+.0f} %" if known else NOT_MEASURED,
        _seconds(statistics.median(sounds)) if sounds else NOT_MEASURED,
    ]


def _first_song(row: Row) -> float | None:
    """The first song's time over that of the songs after it, when it had as many steps."""
    warm_up = row.get("warm_up")
    if not warm_up or warm_up["steps"] != row["steps"]:
        return None
    return warm_up["total_seconds"] / statistics.median(song["total_seconds"] for song in row["songs"])


def quality_table(rows: list[Row]) -> str:
    """A precision against another over a whole song."""
    header = ["Precision", "against", "Music", "Steps", "Lowest velocity cosine", "on its own way", "Final latents"]
    lines = []
    for row in _of(rows, "quality"):
        song = [row["precision"], row.get("reference_precision", ""), f"{row['seconds']:g} s", str(row["steps"])]
        if not row["measured"]:
            lines.append([*song, NOT_MEASURED, NOT_MEASURED, NOT_MEASURED])
            continue
        lowest = [
            f"{min(velocity[way]['cosine'] for velocity in row['velocities']):.6f}"
            for way in ("same_latents", "own_latents")
        ]
        final = row["final_latents"]
        lines.append([*song, *lowest, f"cosine {final['cosine']:.6f}, relative error {final['relativeError']:.4f}"])
    return f"precision against precision, same noise\n\n{_markdown(header, lines)}" if lines else ""


def frame_table(rows: list[Row]) -> str:
    """A game's frames without and beside a generation."""
    percentiles = {"p50": "p50", "p95": "p95", "p99": "p99", "p999": "p99.9", "max": "max"}
    work = [f"Work {name}" if key == "p50" else name for key, name in percentiles.items()]
    header = ["Side", "Music", "Generation", "Frames", *work, "Late by p50", "p99", "max", "Over 16.67 ms"]
    lines = []
    for row in _of(rows, "game-loop"):
        for phase, generation in (("without", "none"), ("beside", "running")):
            line = [_name(configuration(row)), f"{row['seconds']:g} s", generation]
            if not row["measured"]:
                lines.append([*line, *[NOT_MEASURED] * (len(header) - len(line))])
                continue
            frames = row[phase]
            lines.append([*line, str(frames["frames"])])
            lines[-1] += [_milliseconds(frames["work_seconds"][key]) for key in percentiles]
            lines[-1] += [_milliseconds(frames["lateness_seconds"][key]) for key in ("p50", "p99", "max")]
            lines[-1].append(f"{100 * frames['late_share']:.2f} %")
    works = sorted({row["work_ms"] for row in rows if "work_ms" in row})
    title = "frames of a game at 60 Hz" + (f" that works {' or '.join(f'{ms:g}' for ms in works)} ms" if works else "")
    return (
        f"{title} (ms; the last column is late start and work together)\n\n{_markdown(header, lines)}" if lines else ""
    )


def cancellation_table(rows: list[Row]) -> str:
    """From the cancelling of a job to its end, against a diffusion step of the same job."""
    header = ["Side", "Music", "Cancelled in", "Jobs", "Ended after p50", "max", "Shortest step", "At most of a step"]
    lines = []
    for row in _of(rows, "game-loop"):
        for stage in ("diffusion", "decoding"):
            line = [_name(configuration(row)), f"{row['seconds']:g} s", stage]
            if not row["measured"]:
                lines.append([*line, *[NOT_MEASURED] * (len(header) - len(line))])
                continue
            jobs = row["cancelled"][stage]
            latency, samples = jobs["latency_seconds"], jobs["samples"]
            step = min(sample["step_seconds"] for sample in samples)
            lines.append([*line, str(len(samples)), f"{_milliseconds(latency['p50'])} ms"])
            lines[-1] += [f"{_milliseconds(latency['max'])} ms", _seconds(step), f"{jobs['most_of_a_step']:.3f}"]
    return f"a cancelled job at random moments\n\n{_markdown(header, lines)}" if lines else ""


def _of(rows: list[Row], kind: str, device: str | None = None) -> list[Row]:
    return [row for row in rows if row["kind"] == kind and device in (None, row.get("device"))]


def _configurations(rows: list[Row]) -> list[tuple]:
    """Ours first, each in the order in which they were measured."""
    names = list(dict.fromkeys(configuration(row) for row in rows))
    return sorted(names, key=lambda name: name[0] != "acestep4j")


def _median(rows: list[Row], name: tuple | None) -> float | None:
    return median_seconds([row for row in rows if configuration(row) == name])


def _name(name: tuple) -> str:
    side, _, precision, compiled, offload, device = name
    text = f"{side} {precision}" + (f" on {device}" if device != "cpu" else "")
    text += f", compile {compiled}" if compiled not in (None, "none") else ""
    return text + (", offload" if offload else "")


def _seconds(time: float) -> str:
    return f"{time:.0f} s" if time >= 100 else f"{time:.1f} s" if time >= 1 else f"{time * 1000:.0f} ms"


def _milliseconds(time: float) -> str:
    return f"{time * 1000:.1f}"


def _gigabytes(values: list[int | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{max(known) / GB:.2f}" if known else NOT_MEASURED


def _markdown(header: list[str], lines: list[list[str]]) -> str:
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def songs(content: Row) -> list[Row]:
    """The measured songs of a results file."""
    return [row for row in _of(content["rows"], "song") if row["measured"]]


def chart(content: Row) -> str:
    """Real-time factors of whole songs as bars, one group for each duration and number of steps."""
    rows = songs(content)
    names = _configurations(rows)
    groups = []
    for seconds, steps in sorted({(row["seconds"], row["steps"]) for row in rows}):
        group = [row for row in rows if (row["seconds"], row["steps"]) == (seconds, steps)]
        bars = [(names.index(name), seconds / time) for name in names if (time := _median(group, name))]
        groups.append((f"{seconds:g} s, {steps} steps", bars))
    most = max(factor for _, bars in groups for _, factor in bars)
    body, y = [], 30
    for i, name in enumerate(names):
        body += [_box(10, y, 12, COLOURS[i % len(COLOURS)]), _text(30, y + 12, _name(name))]
        y += BAR + 4
    for label, bars in groups:
        y += GAP
        body.append(_text(10, y + 12, label))
        for i, factor in bars:
            body.append(_box(10 + LABELS, y, max(1, round(factor / most * CHART)), COLOURS[i % len(COLOURS)]))
            body.append(_text(16 + LABELS + round(factor / most * CHART), y + 12, f"{factor:.2f}"))
            y += BAR
    width = LABELS + CHART + VALUES
    title = _text(10, 18, "Seconds of music per second of computing (higher is faster)")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + 10}" font-family="sans-serif"'
            ' font-size="12">',
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            title,
            *body,
            "</svg>\n",
        ]
    )


def _box(x: int, y: int, width: int, colour: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{BAR - 2}" fill="{colour}"/>'


def _text(x: int, y: int, text: Any) -> str:
    return f'<text x="{x}" y="{y}">{escape(str(text))}</text>'


if __name__ == "__main__":
    main()
