from __future__ import annotations

import gzip
import json
from pathlib import Path

from qa.answering.confidence import Fitted
from qa.answering.features import CANDIDATE_FEATURES, QUESTION_FEATURES
from tests.commands import run


def test_evaluate_writes_what_it_prints(tmp_path: Path) -> None:
    context = "The ministers met in Baghdad on Monday."
    start = context.index("Baghdad")
    record = {
        "id": "1",
        "question": "In which city did the ministers meet?",
        "context": context,
        "answers": {"text": ["Baghdad"], "answer_start": [start]},
    }
    (tmp_path / "set.jsonl").write_text(json.dumps(record), encoding="utf-8")
    found = run(tmp_path, "evaluate.py", "set.jsonl", "--json", "figures.json")
    assert found.returncode == 0, found.stderr
    (figures,) = json.loads((tmp_path / "figures.json").read_text()).values()
    assert (figures["questions"], figures["f1"]) == (1, 100.0)
    assert "f1 100.00" in found.stdout


def write_meetings(path: Path, count: int) -> None:
    """A set in which each context tells where one group met."""
    cities = ["Baghdad", "Mogadishu", "Nairobi", "Cairo"]
    lines = []
    for number in range(count):
        city = cities[number % 4]
        context = f"The ministers of group {number} met in {city} on Monday."
        answers = {"text": [city], "answer_start": [context.index(city)]}
        question = f"Where did the ministers of group {number} meet?"
        record = {"id": number, "question": question, "context": context}
        lines.append(json.dumps(record | {"answers": answers}))
    path.write_text("\n".join(lines), encoding="utf-8")


def test_evaluate_end_to_end_counts_and_draws(tmp_path: Path) -> None:
    write_meetings(tmp_path / "set.jsonl", 4)
    found = run(
        tmp_path,
        "evaluate.py",
        *("--end-to-end", "set.jsonl", "--questions", "all"),
        *("--json", "figures.json", "--plots", "curves"),
    )
    assert found.returncode == 0, found.stderr
    (figures,) = json.loads((tmp_path / "figures.json").read_text()).values()
    assert (figures["documents"], figures["questions"]) == (4, 4)
    assert figures["recall_at_5"] == 100.0
    assert figures["f1"] >= 75.0
    assert figures["f1_interval"][0] <= figures["f1"] <= figures["f1_interval"][1]
    given = [figures[kind] for kind in ("answer", "unsure", "no_answer")]
    assert sum(count for count, _ in given) == 4
    curves = sorted(path.name for path in (tmp_path / "curves").iterdir())
    assert curves == ["set-reliability.png", "set-risk-coverage.png"]


def write_collection(folder: Path, count: int) -> None:
    """A folder in BEIR's layout: each document answers one question."""
    folder.mkdir()
    cities = ["Baghdad", "Mogadishu", "Nairobi", "Cairo", "Lyon"][:count]
    documents = [{"_id": c, "text": f"The ministers met in {c}."} for c in cities]
    queries = [{"_id": c, "text": f"Who met in {c}?"} for c in cities]
    for name, records in (("corpus", documents), ("queries", queries)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
    lines = "".join(f"{city}\t{city}\t1\n" for city in cities)
    (folder / "qrels.tsv").write_text(lines, encoding="utf-8")


def test_evaluate_retrieval_tells_of_each_way_on_either_part(tmp_path: Path) -> None:
    write_collection(tmp_path / "set", 5)
    counts = {}
    for part in ("tuning", "held-out"):
        found = run(
            tmp_path,
            "evaluate.py",
            *("--retrieval", "set", "--questions", part),
            *("--rerank", "2", "--opening-words", "3", "--json", "figures.json"),
        )
        assert found.returncode == 0, found.stderr
        figures = json.loads((tmp_path / "figures.json").read_text())
        ways = ("dense", "bm25", "rrf", "hybrid", "reranked")
        assert list(figures) == [f"set, {way}" for way in ways]
        assert figures["set, hybrid"]["hit@5"] == 100.0
        counts[part] = figures["set, hybrid"]["questions"]
    assert counts == {"tuning": 3, "held-out": 2}


def test_answers_are_fitted_on_one_half_and_told_of_the_other(
    tmp_path: Path,
) -> None:
    write_meetings(tmp_path / "set.jsonl", 24)
    found = run(
        tmp_path,
        "fit_answers.py",
        *("set.jsonl", "--articles", "set.jsonl", "--withhold", "0.5", "--out", "."),
    )
    assert found.returncode == 0, found.stderr
    report = json.loads(found.stdout)
    assert 4 < report["held_out"]["set"]["questions"] < 20
    assert 4 < report["held_out"]["set, one article"]["questions"] < 20
    ranked = {*CANDIDATE_FEATURES} - {"behind", "agreement", *QUESTION_FEATURES}
    assert set(report["ranking"]["worth_of"]) == ranked
    stored = Fitted.load(tmp_path)
    assert stored is not None
    assert 0 <= stored.shown.unsure <= stored.shown.answer < 1


def test_evaluate_writes_predictions_for_others_to_score(tmp_path: Path) -> None:
    write_meetings(tmp_path / "set.jsonl", 4)
    found = run(
        tmp_path,
        "evaluate.py",
        *("set.jsonl", "--limit", "3", "--workers", "2", "--predictions", "p.jsonl"),
    )
    assert found.returncode == 0, found.stderr
    lines = (tmp_path / "p.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["id"] for record in records] == ["0", "1", "2"]
    assert "Baghdad" in records[0]["text"]
    assert all(0 < record["confidence"] < 1 for record in records)
    assert "wrong_and_sure 0" in found.stdout


def test_evidence_is_measured(tmp_path: Path) -> None:
    write_meetings(tmp_path / "set.jsonl", 6)
    judged = {"question": "Did they meet?", "context": "They met.", "label": "yes"}
    with gzip.open(tmp_path / "judged.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(judged) + "\n")
    found = run(
        tmp_path,
        "evaluate_evidence.py",
        *("--lists", "set.jsonl", "--singles", "set.jsonl"),
        *("--judged", "judged.jsonl.gz", "--sentences", "set.jsonl"),
    )
    assert found.returncode == 0, found.stderr
    figures = json.loads(found.stdout)
    assert figures["lists, set.jsonl"]["questions"] == 6
    assert figures["singles, set.jsonl"]["turned_into_lists"] == 0.0
    assert figures["judged, judged.jsonl.gz"]["questions"] == 1
    assert figures["sentences, set.jsonl"]["as asked: word F1"] > 0.5


def test_readers_are_timed_beside_the_plain_library(tmp_path: Path) -> None:
    found = run(tmp_path, "benchmark.py", "--reader", "fast", "--rounds", "2")
    assert found.returncode == 0, found.stderr
    head, first, *others = found.stdout.splitlines()
    assert "times faster" in head
    assert (first.split("  ")[0], first.split()[-1]) == (
        "transformers, float32",
        "1.00",
    )
    names = [line.split("  ")[0] for line in others]
    assert names == ["fast, float32", "fast, bfloat16", "fast, int8"]
