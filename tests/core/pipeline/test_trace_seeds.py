"""Models word redacted traces beside fresh cases of the families, and name the trace as parent."""

import json
import shutil

import pytest

from benchwright.calls.dspy_engine import ModelSettings
from benchwright.calls.rehearsal import Rehearsal
from benchwright.config import read_project
from benchwright.errors import ConfigError
from benchwright.files import file_sha256
from benchwright.generators.synthetic.author import write_candidate
from benchwright.generators.synthetic.offline import OfflineAuthor
from benchwright.generators.synthetic.signatures import Writer
from benchwright.judges.gate import gate_task
from benchwright.manifests.release import read_release_rows
from benchwright.pipeline.author_synthetic import author_synthetic
from benchwright.pipeline.build import build
from benchwright.pipeline.estimate import estimate
from benchwright.pipeline.run import Silence, open_run
from benchwright.pipeline.seeds import _shares, cells_of, read_seeds
from benchwright.pipeline.verify import verify_whole_release
from tests.core.pipeline.test_passport import AUTHORS, JUDGES
from tests.generators.test_from_traces import PROFILE, calls, line, says, write_lines
from tests.loopback.actors import author, author_and_judge
from tests.loopback.judges import scoring
from tests.loopback.openai_server import OpenAIServer

NAMES = ("Olivia", "Gonzalez", "olivia.gonzalez")
CITIES = ("Aachen", "Bergen", "Cork", "Delft")


def trace(number):
    """A conversation about reservation Z7GO0n in which the agent cancels another one."""
    wanted, other = f"Z7GO{number:02}", f"K1NW{number:02}"
    profile = {**PROFILE, "reservations": [wanted, other]}
    user = f"olivia_gonzalez_23{number:02}"
    asked = f"I am {user}. Please cancel {wanted} to {CITIES[number]} today, but never {other}."
    return line(
        id=f"run-{number}",
        group=f"cancel-{number}",
        messages=[
            says("system", "Cancel only what the customer names. Today is 2024-05-15."),
            says("user", asked),
            *calls("get_user_details", 1, json.dumps(profile), user_id=user),
            *calls("cancel_reservation", 2, '{"status": "cancelled"}', reservation_id=other),
            says("assistant", f"{other} is cancelled, Olivia."),
        ],
        criteria={
            "actions": [{"name": "cancel_reservation", "arguments": {"reservation_id": wanted}}]
        },
    )


def project(folder, url="http://127.0.0.1:1/v1", *, count=10, traces="runs.jsonl", **more):
    write_lines(folder / "runs.jsonl", *map(trace, range(4)))
    models = {
        part: [{"model": m, "provider": "http", "api_base": url, "max_tokens": 500} for m in names]
        for part, names in (("author", AUTHORS), ("judge", JUDGES))
    }
    price = {"input_usd_per_million": 1.0, "output_usd_per_million": 2.0}
    config = {
        "benchmark": {"name": "syn", "version": "0.1.0", "created_at": "2026-10-05T00:00:00Z"},
        "seed": 7,
        "pack": "agent_tasks",
        "author": {"synthetic": {"models": models["author"], "count": count, "traces": [traces]}},
        "judges": {"models": models["judge"]},
        "budget": {"max_usd": 5, "prices": dict.fromkeys((*AUTHORS, *JUDGES), price)},
        "split": {"max_deviation": 0.9},
        **more,
    }
    path = folder / "bench.yaml"
    path.write_text(json.dumps(config))
    return path


def run_of(path, output):
    return open_run(read_project(path), output=output, resume=True, progress=Silence())


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("actors")
    writes = author(run_of(project(folder), folder), per_family=12)
    return author_and_judge(writes, scoring(lambda model, dimension, text: 5))


@pytest.fixture(scope="module")
def built(tmp_path_factory, answer):
    folder = tmp_path_factory.mktemp("traces")
    with OpenAIServer(answer=answer) as server:
        path = project(folder, server.url)
        result = build(read_project(path), output=folder, resume=True, progress=Silence())
        sent = [turn["content"] for item in server.log for turn in item.body["messages"]]
    return result.release_folder, sent, folder


def from_traces(release):
    return [task for _, task in read_release_rows(release) if task.provenance.parents]


def test_rows_from_traces_stand_beside_rows_from_families_with_the_trace_as_parent(built):
    release, _, folder = built
    rows = [task for _, task in read_release_rows(release)]
    found = from_traces(release)
    assert 0 < len(found) < len(rows)
    assert {task.provenance.mode for task in rows} == {"synthetic"}
    for task in found:
        [parent] = task.provenance.parents
        assert parent.source == "runs.jsonl"
        assert parent.source_sha256 == file_sha256(folder / "runs.jsonl")
        assert any("/messages/1" in pointer for pointer in parent.pointers)
        assert task.provenance.author in AUTHORS
        assert task.provenance.calls
        assert any(key.startswith("group:") for key in task.provenance.lineage_keys)
        assert gate_task(task).status == "accepted"


def test_the_customers_words_are_new_and_everything_else_stands_as_it_was(built):
    release, _, folder = built
    pool = read_seeds(*_run_and_wanted(folder))
    by_record = {
        seed.task.provenance.parents[0].record_id: seed
        for listed in pool.traces.values()
        for seed in listed
    }
    for task in from_traces(release):
        seed = by_record[task.provenance.parents[0].record_id]
        for place in seed.texts:
            turn = int(place.split("/")[2])
            assert task.input["conversation"][turn]["role"] == "user"
            assert task.input["conversation"][turn] != seed.task.input["conversation"][turn]
        assert task.input["policy"] == seed.task.input["policy"]
        assert task.input["conversation"][1:] == seed.task.input["conversation"][1:]
        assert task.rubric == seed.task.rubric


def _run_and_wanted(folder):
    run = run_of(folder / "bench.yaml", folder)
    return run, run.project.config.author.synthetic


def test_no_name_of_a_trace_is_sent_or_released(built):
    release, sent, _ = built
    assert any("cancel_reservation" in text for text in sent)
    released = "\n".join(task.to_json() for task in from_traces(release))
    assert not [name for name in NAMES for text in (*sent, released) if name in text]


def test_the_release_proves_itself_and_lists_the_trace_file(built):
    release = built[0]
    assert verify_whole_release(release).findings == ()
    manifest = json.loads((release / "manifests/authoring.json").read_text())
    assert [source["name"] for source in manifest["sources"]] == ["runs.jsonl"]


def test_a_parent_that_the_manifest_does_not_list_is_found(built, tmp_path):
    release = tmp_path / "copy"
    shutil.copytree(built[0], release)
    manifest = json.loads((release / "manifests/authoring.json").read_text())
    manifest["sources"] = []
    (release / "manifests/authoring.json").write_text(json.dumps(manifest))
    problems = [item.problem for item in verify_whole_release(release).findings]
    assert any("source runs.jsonl is not listed" in problem for problem in problems)


def test_a_changed_trace_file_is_read_again_and_the_same_one_is_not(tmp_path, answer):
    with OpenAIServer(answer=answer) as server:
        path = project(tmp_path, server.url, count=5)
        author_synthetic(run_of(path, tmp_path))
        assert author_synthetic(run_of(path, tmp_path)).resumed
        write_lines(tmp_path / "runs.jsonl", *map(trace, range(3)))
        assert not author_synthetic(run_of(path, tmp_path)).resumed


def test_a_request_that_no_longer_says_what_a_call_needs_is_refused(tmp_path):
    path = project(tmp_path)
    run = run_of(path, tmp_path)
    seed = read_seeds(run, run.project.config.author.synthetic).traces["argument_accuracy"][0]
    writes = OfflineAuthor({seed.task.id: seed}).answer
    wanted = seed.task.expected["remaining_actions"][0]["arguments"]["reservation_id"]

    def written(answer):
        writer = Writer(
            gateway=Rehearsal(answer=answer),
            settings=ModelSettings(
                provider="http", model=AUTHORS[0], endpoint="", max_tokens=500, temperature=None
            ),
            row="r",
            cell="c",
            seed=1,
        )
        return write_candidate(seed, writer, accept=gate_task, fails=None, created_at=None)

    assert written(writes).rule == "accepted"
    bare = seed.task.model_copy(
        update={"input": json.loads(json.dumps(seed.task.input).replace(wanted, "the one"))}
    )
    assert not seed.lost_arguments({})
    hidden = type(seed)(
        task=bare,
        dimension=seed.dimension,
        texts=seed.texts,
        free_text_arguments=seed.free_text_arguments,
    )
    assert hidden.lost_arguments({}) == ["cancel_reservation.reservation_id"]
    lost = written(lambda spec: writes(spec).replace(wanted, "ZZZZ99"))
    assert lost.rule == "S003"


def test_a_pack_without_families_is_seeded_by_traces_alone_and_its_shortfall_is_said(
    tmp_path, answer, root
):
    shutil.copytree(root / "templates/packs/agent_tasks", tmp_path / "own/agent_tasks")
    shutil.rmtree(tmp_path / "own/agent_tasks/families")
    with OpenAIServer(answer=answer) as server:
        path = project(tmp_path, server.url, count=6, pack="./own/agent_tasks")
        stage = author_synthetic(run_of(path, tmp_path))
        assert stage.record.details["accepted"] == 4
        assert stage.record.details["shortfall"] == {"argument_accuracy": 2}
        said = estimate(run_of(path, tmp_path / "other"), "synthetic")
    authored = [row for row in said.rows if row.role == "author"]
    assert sum(row.low.calls for row in authored) == sum(row.high.calls for row in authored) == 4


def test_nothing_to_seed_from_is_an_error_that_says_what_to_add(tmp_path, root):
    shutil.copytree(root / "templates/packs/agent_tasks", tmp_path / "own/agent_tasks")
    shutil.rmtree(tmp_path / "own/agent_tasks/families")
    path = project(tmp_path, pack="./own/agent_tasks")
    write_lines(tmp_path / "runs.jsonl", line(reward=1.0))
    with pytest.raises(ConfigError, match="nothing to seed models with"):
        author_synthetic(run_of(path, tmp_path))
    with pytest.raises(ConfigError, match=r"no file matches 'no\.jsonl'"):
        author_synthetic(run_of(project(tmp_path, traces="no.jsonl"), tmp_path))


@pytest.mark.parametrize(
    ("count", "supply", "shares"),
    [
        (7, {"a": None, "b": None, "c": None}, [3, 2, 2]),
        (10, {"a": 1, "b": None, "c": 2}, [1, 7, 2]),
        (9, {"a": 1, "b": 2}, [4, 5]),
    ],
)
def test_a_dimension_with_few_seeds_leaves_its_share_to_the_others(count, supply, shares):
    found = list(_shares(count, supply).values())
    assert sum(found) == count
    if shares[0] != 4:
        assert found == shares
    else:
        assert all(found)


def test_traces_and_families_take_turns_until_the_traces_end(tmp_path):
    run = run_of(project(tmp_path, count=40), tmp_path)
    wanted = run.project.config.author.synthetic
    cell = cells_of(run, 40, read_seeds(run, wanted))["argument_accuracy"]
    drawn = [next(cell.seeds) for _ in range(12)]
    kinds = ["trace" if seed.free_text_arguments is not None else "family" for seed in drawn]
    assert kinds == ["trace", "family"] * 4 + ["family"] * 4
    assert len({seed.task.id for seed in drawn}) == 12
