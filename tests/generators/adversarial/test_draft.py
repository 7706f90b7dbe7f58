import shutil
from datetime import date
from pathlib import Path

import pytest

from benchwright.errors import ConfigError
from benchwright.generators.adversarial.draft import (
    Answers,
    new_document,
    read_change,
    twin_document,
)
from benchwright.generators.adversarial.markdown import to_markdown
from benchwright.generators.adversarial.probes import draft_of, read_probes
from benchwright.generators.adversarial.read import read_markdown
from benchwright.generators.adversarial.tasks import base_checks
from benchwright.packs import load_pack

PACKS = ("tenacious_outbound", "agent_tasks")
CLASSES = [
    (name, one.name) for name in PACKS for one in load_pack(name, base=Path()).attacks.classes
]


def answers(pack, attack, dimension):
    return Answers(
        pack=pack,
        title="A title",
        dimension=dimension,
        attacks=(attack,),
        severity="high",
        difficulty="hard",
        author="ana.k",
        date=date(2026, 10, 5),
        why_hard="Why.",
    )


@pytest.mark.parametrize(("pack_name", "attack"), CLASSES)
def test_every_class_gives_a_draft_that_is_read_back_and_fits_the_pack(packs, pack_name, attack):
    pack = packs[pack_name]
    dimension = pack.attacks.find(attack).dimensions[0]
    document = new_document(answers(pack_name, attack, dimension), pack, name="mine")
    assert read_markdown(to_markdown(document), Path("mine.md")).document == document
    assert document.head.checks
    assert document.head.twin == "mine.twin.md"
    assert base_checks(document, pack)
    rules = pack.attacks.find(attack).rules
    assert [pack.spec.constants["rules"][name] for name in rules] == document.input.get(
        "house_rules", []
    )


def test_the_taxonomy_holds_what_sales_agents_are_attacked_with(packs):
    names = packs["tenacious_outbound"].attacks.names()
    assert len(names) >= 20
    for name in (
        "weak_signal", "conflicting_signals", "stale_signal", "absent_signal", "near_namesake",
        "unit_trap", "over_commitment", "no_buffer", "wrong_skill", "gap_bait",
        "deliberate_strategy", "hostile_pressure", "cliche_invitation", "register_clash",
        "discount_bait", "contract_bait", "false_authority", "false_premise",
        "injected_instruction", "cross_thread_leak", "ignored_opt_out", "time_zone",
        "drift_over_turns",
    ):  # fmt: skip
        assert name in names


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("dimensions: [argument_accuracy]", "dimensions: [accuracy]", "unknown dimension"),
        ("name: near_id", "name: unit_trap", "'unit_trap' stands twice"),
        ("    checks:", "    parts: [none]\n    checks:", "unknown part 'none'"),
        ("pass_score: 1.0", "pas_score: 1.0", "pass_score"),
    ],
)  # fmt: skip
def test_a_faulty_taxonomy_is_refused_at_load(root, tmp_path, old, new, says):
    folder = tmp_path / "agent_tasks"
    shutil.copytree(root / "templates/packs/agent_tasks", folder)
    path = folder / "adversarial.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ConfigError, match=says):
        load_pack("./agent_tasks", base=tmp_path)


def test_a_twin_draft_takes_out_what_is_named_and_says_how_the_class_leaves(packs, document_of):
    task = document_of("go_team_of_ten.md")
    twin = twin_document(
        task,
        packs["tenacious_outbound"],
        name="go_team_of_ten.md",
        changes={"/bench_summary/stacks/go/available_engineers": 13},
        removed=["/house_rules/0", "/house_rules/1"],
    )
    assert twin.input["bench_summary"]["stacks"]["go"]["available_engineers"] == 13
    assert twin.input["house_rules"] == []
    assert (twin.head.attacks, twin.outputs, twin.is_twin) == ((), (), True)
    assert "Raise the free engineers" in twin.notes
    assert task.input["bench_summary"]["stacks"]["go"]["available_engineers"] == 3


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("/a/b=13", ("/a/b", 13)),
        ("/a=high", ("/a", "high")),
        ('/a={"b": [1]}', ("/a", {"b": [1]})),
        ("/a=x=y", ("/a", "x=y")),
    ],
)
def test_a_change_is_json_or_text(text, change):
    assert read_change(text) == change


@pytest.mark.parametrize("text", ["a=1", "/a", ""])
def test_what_is_no_change_is_refused(text):
    with pytest.raises(ConfigError, match="is no change"):
        read_change(text)


def test_a_probe_of_a_known_class_brings_its_class_and_dimension(packs):
    text = "## Category: gap_bait\n### P-7: Bait\n**Hypothesis:** It bites.\n## Other\ntext\n"
    [probe] = read_probes(text)
    assert (probe.line, probe.name) == (2, "p_7_bait")
    draft = draft_of(
        probe, packs["tenacious_outbound"], pack_name="p", author="a", on=date(2026, 1, 1)
    )
    assert (draft.head.attacks, draft.head.dimension) == (("gap_bait",), "competitor_gap_honesty")
    assert draft.head.why_hard == "It bites."
