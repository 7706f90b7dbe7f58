"""Hand-written files in a build: who enters, who stays out and why; and the counts reconcile."""

import json
import shutil

import pytest

from benchwright.pipeline.adversarial_files import Shelf, find_files
from benchwright.pipeline.adversarial_twin import export_tasks

CONFIG = """\
benchmark: {name: by-hand, version: 0.1.0}
seed: 7
pack: tenacious_outbound
author:
  programmatic: {families: [capacity_over_ask, peer_practice], count: 60}
  adversarial: {files: adversarial/*.md%s}
"""


@pytest.fixture
def project(root, tmp_path):
    """A project with one good task, and the folder of its files."""
    folder = tmp_path / "adversarial"
    folder.mkdir()
    for name in ("go_team_of_ten.md", "go_team_of_ten.twin.md"):
        shutil.copy(root / "tests" / "fixtures" / "adversarial" / name, folder)
    (tmp_path / "bench.yaml").write_text(CONFIG % "")
    return tmp_path


def add(project, name, *swaps, own_twin=True):
    """Write a changed copy of the good task, with a twin of its own."""
    folder = project / "adversarial"
    twin = f"{name}.twin.md" if own_twin else "go_team_of_ten.twin.md"
    text = (folder / "go_team_of_ten.md").read_text()
    for old, new in (("go_team_of_ten.twin.md", twin), *swaps):
        assert old in text, old
        text = text.replace(old, new)
    (folder / f"{name}.md").write_text(text)
    if own_twin:
        benign = (folder / "go_team_of_ten.twin.md").read_text()
        (folder / twin).write_text(benign.replace("twin_of: go_team_of_ten", f"twin_of: {name}"))


def author(run_cli, project, *flags):
    done = run_cli("author", "adversarial", "bench.yaml", "--json", *flags, cwd=project)
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    return value["rows"][0], {one["rule"]: one["count"] for one in value["reasons"]}


def test_each_file_enters_or_stays_out_for_one_reason(run_cli, project):
    add(project, "h_clone", ("Ada Verlinden", "Petra Lund"), ("Hi Ada", "Hi Petra"))
    add(project, "i_faulty", ("severity: high", "severity: hgh"))
    add(project, "j_no_twin", ("twin: go_team_of_ten.twin.md\n", ""), own_twin=False)
    add(project, "k_other_twin", own_twin=False)
    add(project, "l_unsolvable", ("all_of: [two]", "all_of: [seventeen]"))
    row, reasons = author(run_cli, project)
    assert (row["unit"], row["entered"], row["kept"], row["accepted"]) == ("files", 10, 2, 1)
    assert reasons == {"clone": 1, "lint": 1, "twin": 4, "twin_does_not_hold": 2, "G004": 1}
    skipped = project / "outputs/by-hand/0.1.0.work/1-authored/adversarial/skipped.jsonl"
    lines = {
        one["origin"]["file"]: one["detail"]
        for one in map(json.loads, skipped.read_text().splitlines())
    }
    assert lines["i_faulty.md"].startswith("line 6: A006 severity")
    assert "under masking" in lines["h_clone.md"]


def test_a_limit_takes_the_first_and_counts_the_rest(run_cli, project):
    row, reasons = author(run_cli, project, "--limit", "1")
    assert (row["kept"], reasons) == (1, {"twin": 1})


def test_a_build_keeps_author_and_file_and_verifies(run_cli, project):
    done = run_cli("build", "bench.yaml", "--json", cwd=project, COLUMNS="120")
    assert done.returncode == 0, done.stderr
    funnel = {row["mode"]: row for row in json.loads(done.stdout)["funnel"]}
    assert (funnel["adversarial"]["read"], funnel["adversarial"]["kept"]) == (2, 1)
    release = project / "outputs/by-hand/0.1.0"
    assert run_cli("manifest", "verify", release, cwd=project).returncode == 0
    manifest = json.loads((release / "manifests/authoring.json").read_text())
    assert manifest["providers"]["author"]["adversarial"] == "ana.k"
    assert [one["format"] for one in manifest["sources"]] == ["hand-written"] * 2
    again = run_cli("build", "bench.yaml", "--json", cwd=project)
    assert json.loads(again.stdout)["resumed"] == json.loads(again.stdout)["stages"]
    twin = project / "adversarial/go_team_of_ten.twin.md"
    twin.write_text(twin.read_text().replace("available_engineers: 13", "available_engineers: 5"))
    changed = run_cli("author", "adversarial", "bench.yaml", "--json", cwd=project)
    assert {one["rule"] for one in json.loads(changed.stdout)["reasons"]} == {
        "twin", "twin_does_not_hold"
    }  # fmt: skip


def test_a_task_carries_its_author_file_and_classes(project):
    [task, _] = export_tasks(find_files([project / "adversarial/go_team_of_ten.md"]), Shelf())
    provenance = task.provenance
    assert (provenance.mode, provenance.author) == ("adversarial", "ana.k")
    assert provenance.parents[0].source == "go_team_of_ten.md"
    assert len(provenance.parents[0].source_sha256) == 64
    assert provenance.slots["attacks"] == ["over_commitment"]
    assert task.candidates[0].check == "capacity"


def write_outputs(project, *, on_task, on_twin):
    """Write what a naive agent answered: `fails`, `passes`, or nothing."""
    task, twin = export_tasks(find_files([project / "adversarial/go_team_of_ten.md"]), Shelf())
    lines = []
    for one, said in ((task, on_task), (twin, on_twin)):
        output = {"passes": one.reference, "fails": {"subject": "x", "body": "y"}}.get(said)
        if output:
            lines.append(json.dumps({"id": one.id, "agent": "naive", "output": output}))
    (project / "naive.jsonl").write_text("\n".join(lines) + "\n")
    (project / "bench.yaml").write_text(CONFIG % ", outputs: naive.jsonl")


@pytest.mark.parametrize(
    ("on_task", "on_twin", "reasons"),
    [
        ("fails", "passes", {"twin": 1}),
        ("passes", "passes", {"twin": 1, "effect_not_shown": 1}),
        ("fails", "fails", {"twin": 1, "effect_not_shown": 1}),
        ("fails", "nothing", {"twin": 1, "effect_not_told": 1}),
    ],
)
def test_with_outputs_a_baseline_must_fail_the_task_and_pass_the_twin(
    run_cli, project, on_task, on_twin, reasons
):
    write_outputs(project, on_task=on_task, on_twin=on_twin)
    assert author(run_cli, project)[1] == reasons
    flags = ("--outputs", "naive.jsonl", "--json")
    done = run_cli("adversarial", "twin", "adversarial", *flags, cwd=project)
    holds = reasons == {"twin": 1}
    assert (done.returncode, json.loads(done.stdout)["holds"]) == (0 if holds else 1, holds)


def test_bounds_are_those_of_wilson(run_cli, project):
    write_outputs(project, on_task="fails", on_twin="passes")
    done = run_cli("adversarial", "twin", "adversarial", "--outputs", "naive.jsonl", cwd=project)
    assert ".207" in done.stdout
    assert "lower 95 % Wilson bound" in done.stdout


def test_a_glob_that_matches_nothing_is_named(run_cli, project):
    (project / "bench.yaml").write_text(CONFIG.replace("adversarial/*.md%s", "nowhere/*.md"))
    done = run_cli("author", "adversarial", "bench.yaml", cwd=project)
    assert done.returncode == 2
    assert "no file matches 'nowhere/*.md'" in done.stderr


def test_an_absent_file_of_outputs_and_a_pack_of_another_name_are_refused(run_cli, project):
    (project / "bench.yaml").write_text(CONFIG % ", outputs: none.jsonl")
    done = run_cli("author", "adversarial", "bench.yaml", cwd=project)
    assert (done.returncode, "no file 'none.jsonl'" in done.stderr) == (2, True)
    text = (CONFIG % "").replace("tenacious_outbound", "agent_tasks")
    text = text.replace(
        "  programmatic: {families: [capacity_over_ask, peer_practice], count: 60}\n", ""
    )
    (project / "bench.yaml").write_text(text)
    _, reasons = author(run_cli, project)
    assert reasons == {"lint": 1, "twin": 1}
