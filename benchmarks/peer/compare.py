#!/usr/bin/env python3
"""Measures acestep4j and the official pipeline on one machine in one run, in turn, into one results file.

    python benchmarks/peer/compare.py songs   --official CHECKOUT --checkpoint DIR --bundle DIR --out FILE
    python benchmarks/peer/compare.py step    --official CHECKOUT --checkpoint DIR --bundle DIR --out FILE
    python benchmarks/peer/compare.py quality --bundle DIR --out FILE

Each row has a process of its own, and only one runs at a time: the machine needs memory for the larger of the two. Rows
that the file has already are left alone, so that a run that was ended goes on with the same command; a row that failed
is tried again. What the processes print goes to FILE.log. Run it with the Python that runs the official code (its
requirements at commit d612523, and soundfile); it needs no packages of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from device_memory import DeviceMemory
from results import ResultsFile, Row, median_seconds, not_measured, ratios, read

HERE = Path(__file__).resolve().parent
JAR = HERE.parent / "target" / "benchmarks.jar"
PROMPT = "funk, pop, soul, melodic, guitar, drums, 105 BPM, energetic"
LYRICS = """[verse]
The lamps along the harbour burn until the morning comes
We count the boats and then the stars and then each other's drums

[chorus]
Oh, oh, oh - the lights are going down!
Oh, oh, oh - and all across the town"""
PROMPT_TOKENS = 32
LYRIC_TOKENS = 267

Command = list[str]


class RowFailed(Exception):
    """A process that gave no row; says why."""


def main() -> None:
    a = flags().parse_args()
    log = a.out.with_name(a.out.name + ".log")
    a.out.parent.mkdir(parents=True, exist_ok=True)
    results = ResultsFile(a.out, head(a))
    a.run(a, results, log)
    print(f"{a.out}: {sum(row['measured'] for row in results.rows)} of {len(results.rows)} rows measured")


def flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="songs|step|quality")
    for name, run in (("songs", songs), ("step", step), ("quality", quality)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--bundle", type=Path, required=True)
        command.add_argument("--precision", type=_list, default=["int8"], help="of the bundle, such as int8,fp32")
        command.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
        command.add_argument("--threads", type=int, default=os.cpu_count(), help="of both sides (default: all)")
        command.add_argument("--jar", type=lambda path: Path(path).resolve(), default=JAR)
        command.add_argument("--java", type=shlex.split, default=["java"], help="Java with its own options")
        command.add_argument("--out", type=Path, required=True, help="results file, new or to go on")
        if name != "quality":
            command.add_argument("--official", type=Path, required=True, help="checkout of ACE-Step/ACE-Step")
            command.add_argument("--checkpoint", type=Path, required=True)
            command.add_argument("--dtype", type=_list, default=["bfloat16"], help="bfloat16,float32")
            command.add_argument("--compile", type=_list, default=["none"], help="none,official,decode")
            command.add_argument("--rounds", type=int, default=1, help="repetitions, sides in turn")
        if name == "songs":
            command.add_argument("--seconds", type=_numbers, default=[10.0, 30.0, 60.0, 240.0])
            command.add_argument("--steps", type=_numbers, default=[27, 60])
            command.add_argument("--songs", type=int, default=1, help="of a row that count")
            command.add_argument(
                "--warm-up-steps", type=int, help="of the song before; 0 for none (default: as theirs)"
            )
            command.add_argument("--offload", type=_list, default=["off"], help="off,on")
            command.add_argument("--plan", action="store_true", help="only note the rows as not measured")
        else:
            command.add_argument("--seconds", type=float, default=30.0 if name == "step" else 10.0)
            command.add_argument("--steps", type=int, default=27, help=argparse.SUPPRESS if name == "step" else None)
        if name == "step":
            command.add_argument("--repeats", type=int, default=5)
        if name == "quality":
            command.add_argument("--reference", default="fp32", help="precision to compare with")
    return parser


def _list(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _numbers(text: str) -> list[float]:
    return [int(part) if part.isdigit() else float(part) for part in text.split(",")]


def head(a: argparse.Namespace) -> Row:
    """Machine, versions and commit, from the Java side."""
    if not a.jar.exists():
        raise SystemExit(f"{a.jar}: expected the benchmarks, found nothing; run mvn -B -q package -DskipTests")
    process = subprocess.run(
        [*a.java, "-jar", str(a.jar), "machine"], capture_output=True, text=True, check=False, cwd=HERE
    )
    if process.returncode:
        raise SystemExit(f"{a.jar}: {process.stderr.strip()}")
    return json.loads(process.stdout)


def songs(a: argparse.Namespace, results: ResultsFile, log: Path) -> None:
    rows = list(_song_rows(a))
    for row, _ in rows:
        results.plan(row)
    if not a.plan:
        measure(rows, results, log)
        print_ratios(results, "song")


def _song_rows(a: argparse.Namespace) -> Iterator[tuple[Row, Command]]:
    for round_ in range(1, a.rounds + 1):
        for seconds in a.seconds:
            for steps in a.steps:
                for offload in a.offload:
                    case = {
                        "kind": "song",
                        "device": a.device,
                        "offload": offload == "on",
                        "threads": a.threads,
                        "seconds": seconds,
                        "steps": steps,
                        "round": round_,
                    }
                    yield from _song_sides(a, case)


def _song_sides(a: argparse.Namespace, case: Row) -> Iterator[tuple[Row, Command]]:
    common = _common(case, a)
    common += ["--steps", case["steps"], "--songs", a.songs, "--prompt", PROMPT, "--lyrics", LYRICS]
    common += ["--offload"] if case["offload"] else []
    common += [] if a.warm_up_steps is None else ["--warm-up-steps", a.warm_up_steps]
    for row in _official_rows(a, case):
        yield row, _official(a, "official_song.py", row, common)
    for precision in a.precision:
        row = {"side": "acestep4j", "bundle": a.bundle.resolve().name, "precision": precision, **case}
        yield row, _java(a, ["song", "--bundle", a.bundle, "--precision", precision, *common])


def _common(case: Row, a: argparse.Namespace) -> list[Any]:
    """Flags that both sides take."""
    return ["--device", a.device, "--threads", a.threads, "--seconds", case["seconds"], "--round", case["round"]]


def _official_rows(a: argparse.Namespace, case: Row) -> Iterator[Row]:
    for dtype in a.dtype:
        for compile_ in a.compile:
            checkpoint = a.checkpoint.resolve().name
            yield {"side": "official", "bundle": checkpoint, "precision": dtype, "compile": compile_, **case}


def _official(a: argparse.Namespace, script: str, row: Row, common: list[Any]) -> list[str]:
    own = ["--official", a.official.resolve(), "--checkpoint", a.checkpoint.resolve()]
    own += ["--precision", row["precision"], "--compile", row["compile"]]
    return _strings([sys.executable, HERE / script, *own, *common])


def _java(a: argparse.Namespace, arguments: list[Any]) -> list[str]:
    return _strings([*a.java, "-jar", a.jar, *arguments])


def _strings(arguments: list[Any]) -> list[str]:
    return [str(argument) for argument in arguments]


def step(a: argparse.Namespace, results: ResultsFile, log: Path) -> None:
    rows = []
    for round_ in range(1, a.rounds + 1):
        case = {"kind": "step", "device": a.device, "threads": a.threads, "seconds": a.seconds, "round": round_}
        tokens = PROMPT_TOKENS + LYRIC_TOKENS + 1
        common = [*_common(case, a), "--condition-tokens", tokens, "--repeats", a.repeats]
        for row in _official_rows(a, case):
            rows.append((row, _official(a, "official_step.py", row, common)))
        for precision in a.precision:
            row = {"side": "acestep4j", "bundle": a.bundle.resolve().name, "precision": precision, **case}
            rows.append((row, _java_step(a, precision)))
    for row, _ in rows:
        results.plan(row)
    measure(rows, results, log)
    print_ratios(results, "step")


def _java_step(a: argparse.Namespace, precision: str) -> list[str]:
    parameters = {
        "bundle": a.bundle,
        "precision": precision,
        "device": a.device,
        "threads": a.threads,
        "seconds": a.seconds,
        "promptTokens": PROMPT_TOKENS,
        "lyricTokens": LYRIC_TOKENS,
    }
    jmh = ["TransformerBenchmark.plain", "-bm", "ss", "-tu", "s", "-f", 1, "-wi", 2, "-i", a.repeats, "-rf", "json"]
    return _java(a, [*jmh, *(part for name, value in parameters.items() for part in ("-p", f"{name}={value}"))])


def quality(a: argparse.Namespace, results: ResultsFile, log: Path) -> None:
    case = {"kind": "quality", "side": "acestep4j", "bundle": a.bundle.resolve().name, "device": a.device}
    case |= {"threads": a.threads, "seconds": a.seconds, "steps": a.steps}
    rows = [{**case, "precision": precision} for precision in a.precision]
    for row in rows:
        results.plan(row)
    rows = [row for row in rows if not results.is_measured(row)]
    opening = ["--bundle", a.bundle, "--device", a.device, "--threads", a.threads]
    song = ["--seconds", a.seconds, "--steps", a.steps, "--prompt", PROMPT, "--lyrics", LYRICS]
    with tempfile.TemporaryDirectory() as folder:
        for i, row in enumerate(rows):
            try:
                if i == 0:
                    run(_java(a, ["trajectory", *opening, "--precision", a.reference, *song, "--out", folder]), log)
                against = ["--precision", row["precision"], "--reference", folder, "--out", a.out]
                run(_java(a, ["quality", *opening, *against]), log)
                results.content = read(a.out)
            except RowFailed as e:
                results.put(not_measured(row, str(e)))
                if i == 0 and not any(Path(folder).iterdir()):
                    return


def measure(rows: list[tuple[Row, Command]], results: ResultsFile, log: Path) -> None:
    """Runs what isn't measured yet, one process after the other."""
    for row, command in rows:
        if results.is_measured(row):
            continue
        print(describe(row), end=": ", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "row.json"
            try:
                with DeviceMemory() as memory:
                    run([*command, "-rff" if "-rf" in command else "--out", str(out)], log)
                measured = read_row(row, out)
                if measured["measured"] and row["device"] == "cuda":
                    measured["peak_device_bytes"] = memory.peak
            except RowFailed as e:
                measured = not_measured(row, str(e))
        results.put(measured)
        seconds = median_seconds([measured])
        print(f"not measured: {measured['reason']}" if seconds is None else f"{seconds:.3f} s", flush=True)


def read_row(row: Row, out: Path) -> Row:
    """The row that a process wrote; JMH writes in its own form."""
    found = json.loads(out.read_text(encoding="utf-8"))
    if not isinstance(found, list):
        return {**found, **row}
    metric = found[0]["primaryMetric"]
    return {
        **row,
        "measured": True,
        "condition_tokens": PROMPT_TOKENS + LYRIC_TOKENS + 1,
        "times_seconds": metric["rawData"][0],
        "versions": {"java": found[0]["jdkVersion"], "jmh": found[0]["jmhVersion"]},
    }


def run(command: list[str], log: Path) -> None:
    """Runs one process to its end, with what it prints in the log."""
    with log.open("a", encoding="utf-8") as out:
        out.write(f"\n$ {shlex.join(command)}\n")
        out.flush()
        began = out.tell()
        code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
    if code:
        with log.open(encoding="utf-8", errors="replace") as printed:
            printed.seek(began)
            lines = [line.strip() for line in printed if line.strip()]
        last = lines[-1] if lines else "nothing printed"
        why = f"signal {-code}, perhaps for lack of memory" if code < 0 else f"exit code {code}"
        raise RowFailed(f"{why} ({last[:200]})")


def describe(row: Row) -> str:
    parts = [row["kind"], row["side"], row["precision"], f"{row['seconds']:g} s"]
    parts += [f"{row['steps']} steps"] if "steps" in row else []
    parts += [f"compile {row['compile']}"] if row.get("compile", "none") != "none" else []
    parts += ["offload"] if row.get("offload") else []
    return ", ".join([*parts, f"round {row['round']}"])


def print_ratios(results: ResultsFile, kind: str) -> None:
    for ratio in ratios(results.rows):
        if ratio["kind"] == kind:
            steps = "" if ratio["steps"] is None else f", {ratio['steps']} steps"
            offload = ", offload" if ratio["offload"] else ""
            print(
                f"{ratio['seconds']:g} s{steps}{offload}: {ratio['precision']} {ratio['acestep4j_seconds']:.3f} s,"
                f" official {ratio['official_precision']} (compile {ratio['official_compile']})"
                f" {ratio['official_seconds']:.3f} s: {ratio['ratio']:.2f} times as fast"
            )


if __name__ == "__main__":
    main()
