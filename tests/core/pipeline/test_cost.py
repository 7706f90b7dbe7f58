"""What models wrote, judged and cost, in the card and in `cost.json`, held against the server."""

import json
import re
import shutil
from collections import Counter

import pytest
from click.testing import CliRunner

from benchwright.cli.main import cli
from benchwright.config import read_project
from benchwright.costs import CostReport, cost_of, dollars
from benchwright.leakage import LOG
from benchwright.manifests.card import render_card
from benchwright.manifests.checksums import write_sums
from benchwright.manifests.documents import CARD, COST, GATE, LEAKAGE
from benchwright.manifests.load import load_documents
from benchwright.manifests.release import read_release_rows
from benchwright.manifests.verify import verify_release
from benchwright.pipeline.build import build
from benchwright.pipeline.cost import verify_cost
from benchwright.pipeline.passport import verify_passport
from benchwright.pipeline.run import Silence
from benchwright.pipeline.verify import verify_whole_release
from tests.core.pipeline.test_passport import AUTHORS, JUDGES, config, log_of, plays
from tests.loopback.openai_server import OpenAIServer

__all__ = ["plays"]


@pytest.fixture(scope="module")
def built(tmp_path_factory, plays):
    folder = tmp_path_factory.mktemp("cost")
    with OpenAIServer(answer=plays) as server:
        path = config(folder, server.url)
        result = build(read_project(path), output=folder, resume=True, progress=Silence())
    return result, server.log


@pytest.fixture
def release(built, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(built[0].release_folder, folder)
    return folder


def cost_file(folder):
    return CostReport.model_validate_json((folder / COST).read_text())


def edited(folder, name, change):
    """Change a manifest, and write the card and the sums again as a forger would."""
    document = json.loads((folder / name).read_text())
    change(document)
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / name).write_text(text)
    write_sums(folder)


def places(folder):
    tasks = [task for _, task in read_release_rows(folder)]
    found = (
        *verify_release(folder).findings,
        *verify_passport(folder, tasks),
        *verify_cost(folder, tasks),
    )
    return {(item.file, item.field) for item in found}


def test_the_cost_is_what_the_servers_own_log_comes_to(built):
    result, served = built
    cost = cost_file(result.release_folder)
    words = sum(len(t["content"].split()) for item in served for t in item.body["messages"])
    assert cost.status == "calls"
    assert (cost.calls, cost.input_tokens) == (len(served), words)
    assert cost.picodollars == 10**6 * (cost.input_tokens + 2 * cost.output_tokens)
    by_model = Counter({row.model: 0 for row in cost.rows})
    for row in cost.rows:
        by_model[row.model] += row.calls
        assert [priced.source for priced in row.priced] == ["price_table"]
    assert by_model == Counter(item.body["model"] for item in served)
    assert result.cost == cost


def test_a_mode_without_a_call_has_no_dollars_and_one_with_calls_has_a_price_a_task(built):
    of = {mode.mode: mode for mode in cost_file(built[0].release_folder).modes}
    assert (of["programmatic"].status, of["programmatic"].picodollars) == ("no_calls", None)
    synthetic = of["synthetic"]
    assert synthetic.accepted_tasks == 8
    assert synthetic.picodollars_per_accepted_task == synthetic.picodollars // 8 > 0


def test_what_our_own_rules_answer_is_free_and_not_without_calls(release):
    free = [
        call.model_copy(update={"cost_source": "free", "cost_picodollars": 0, "usage": None})
        for call in log_of(release)[:3]
    ]
    cost = cost_of(free, {"synthetic": 0})
    assert (cost.status, cost.picodollars, dollars(cost.picodollars)) == ("calls", 0, "$0.000000")
    assert cost.modes[0].picodollars_per_accepted_task is None
    assert sum(row.without_usage for row in cost.rows) == 3
    assert dollars(cost_of([], {"trace": 4}).picodollars) == "no calls"


def test_a_release_as_it_was_written_has_no_finding(release):
    report = verify_whole_release(release)
    assert report.findings == ()
    assert "cost" in {item.name for item in report.checked if item.status == "passed"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda cost: cost.update(picodollars=1), "picodollars"),
        (lambda cost: cost["rows"][0].update(calls=1), "rows[0].calls"),
        (lambda cost: cost["rows"][1].update(input_tokens=7), "rows[1].input_tokens"),
        (lambda cost: cost["modes"][1].update(accepted_tasks=9), "modes[1].accepted_tasks"),
        (lambda cost: cost["modes"][0].update(picodollars=0), "modes[0].picodollars"),
        (
            lambda cost: cost["rows"][0]["priced"][0].update(source="provider"),
            "rows[0].priced[0].source",
        ),
    ],
)
def test_one_edited_number_of_the_cost_is_named(release, change, field):
    edited(release, COST, change)
    assert (COST, field) in places(release)


def test_a_call_that_is_moved_to_another_mode_is_named_with_its_line(release):
    lines = (release / LOG).read_text().splitlines()
    lines[0] = lines[0].replace('"mode":"synthetic"', '"mode":"programmatic"')
    (release / LOG).write_text("".join(f"{line}\n" for line in lines))
    write_sums(release)
    assert (LOG, "line 1.mode") in places(release)


@pytest.mark.parametrize(
    ("name", "change", "place"),
    [
        (
            GATE,
            lambda gate: gate["judging"]["waived"].update(programmatic=3),
            (GATE, "judging.waived.programmatic"),
        ),
        (GATE, lambda gate: gate["judging"].update(waived={}), (LEAKAGE, "judged[0].nobody")),
        (
            LEAKAGE,
            lambda leakage: leakage["judged"][1].update(models=7),
            (LEAKAGE, "judged[1].models"),
        ),
        (
            LEAKAGE,
            lambda leakage: leakage["roster"][0].update(calls=999),
            (LEAKAGE, "roster[0].calls"),
        ),
    ],
)
def test_who_judged_is_counted_again_even_when_the_card_was_written_again(
    release, name, change, place
):
    edited(release, name, change)
    documents = load_documents(release).documents()
    text = (release / "manifests/authoring.json").read_text()
    (release / CARD).write_text(render_card(documents, manifest_text=text))
    write_sums(release)
    assert place in places(release)


def test_one_digit_of_the_cards_section_on_models_is_found(release):
    text = (release / CARD).read_text()
    start = text.index("## Which models wrote and judged")
    place = re.compile(r"\d").search(text, text.index("| wrote tasks |", start)).start()
    (release / CARD).write_text(text[:place] + str(9 - int(text[place])) + text[place + 1 :])
    write_sums(release)
    assert CARD in {file for file, _ in places(release)}


def test_the_card_names_who_wrote_who_judged_and_what_was_waived(built):
    text = (built[0].release_folder / CARD).read_text()
    section = text[text.index("## Which models wrote") : text.index("## Checks across")]
    for model, part in (*((m, "wrote tasks") for m in AUTHORS), (JUDGES[1], "judged tasks")):
        assert re.search(rf"^\| {part} \| {re.escape(model)} \|.*\| live \|", section, re.MULTILINE)
    kept = {mode.mode: mode.accepted_tasks for mode in built[0].cost.modes}
    waived = kept["programmatic"]
    assert f"| programmatic | {waived} | 0 | 0 | 0 | {waived} | 0 |" in section
    assert "| synthetic | 8 | 8 | 0 | 0 | 0 | 0 |" in section
    assert f"Waiver: {waived} programmatic tasks" in section
    assert "| programmatic | 0 | no calls | no calls | none |" in section
    assert f"Cost in all: {dollars(built[0].cost.picodollars)}" in section


def test_the_build_prints_what_it_cost_and_how_the_price_is_known(plays, tmp_path):
    with OpenAIServer(answer=plays) as server:
        path = config(tmp_path, server.url, count=2)
        words = ["build", str(path), "-o", str(tmp_path / "out"), "-q"]
        done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, (done.output, done.exception)
    assert "price table" in done.output
    assert re.search(r"^cost +\$0\.\d{6} \(\$0\.\d{6} a synthetic task\)$", done.output, re.M)
