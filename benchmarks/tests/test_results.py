import json

import pytest

from results import ResultsFile, not_measured, ratios

HEAD = {"format": 1, "date": "2026-01-01T00:00:00Z", "machine": {"cpu": "a CPU"}, "versions": {}}


def song(side="acestep4j", precision="int8", seconds=10, total=2.0, **fields):
    row = {"kind": "song", "side": side, "bundle": "b", "precision": precision, "device": "cpu", "threads": 2}
    row |= {"seconds": seconds, "steps": 27, "round": 1, "measured": True}
    return row | {"songs": [{"total_seconds": total}], "warm_up": None} | fields


def test_a_run_goes_on_where_it_was_ended(tmp_path):
    path = tmp_path / "results.json"
    first = ResultsFile(path, HEAD)
    first.plan(song(seconds=10))
    first.plan(song(seconds=30))
    first.put(song(seconds=10.0))
    again = ResultsFile(path, HEAD)
    again.plan(song(seconds=10))
    assert [again.is_measured(song(seconds=seconds)) for seconds in (10, 30, 60)] == [True, False, False]
    assert len(again.rows) == 2
    assert again.rows[1] == not_measured(song(seconds=30), "not run yet")
    assert "songs" not in again.rows[1]
    assert not list(tmp_path.glob("*.part"))


def test_a_row_that_failed_is_replaced(tmp_path):
    results = ResultsFile(tmp_path / "results.json", HEAD)
    results.put(not_measured(song(), "signal 9"))
    results.put(song(total=3.0))
    assert [row["songs"][0]["total_seconds"] for row in results.rows] == [3.0]


def test_results_of_another_machine_are_refused(tmp_path):
    path = tmp_path / "results.json"
    ResultsFile(path, HEAD).put(song())
    with pytest.raises(SystemExit, match=r"expected results of this machine \(another\), found those of a CPU"):
        ResultsFile(path, {**HEAD, "machine": {"cpu": "another"}})


def test_what_is_no_results_file_is_refused(tmp_path):
    path = tmp_path / "results.json"
    for text in ("{", "[]", json.dumps({"format": 2, "rows": []})):
        path.write_text(text)
        with pytest.raises(SystemExit, match="expected a results file"):
            ResultsFile(path, HEAD)


def test_ratios_pair_the_medians_of_one_case():
    rows = [
        song(total=2.0, round=1),
        song(total=4.0, round=2),
        song(total=100.0, round=3),
        song("official", "bfloat16", total=8.0),
        song("official", "float32", seconds=30, total=9.0),
        not_measured(song("official", "float32"), "not run yet"),
    ]
    (ratio,) = ratios(rows)
    assert (ratio["acestep4j_seconds"], ratio["official_seconds"], ratio["ratio"]) == (4.0, 8.0, 2.0)
    assert ratio["official_precision"] == "bfloat16"
