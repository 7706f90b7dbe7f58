import pytest
import yaml

from benchwright.contamination.embedding import ModelChoice
from benchwright.contamination.normaliser import NORMALISER
from benchwright.errors import ConfigError
from benchwright.pipeline.thresholds import DEFAULTS, resolve_thresholds

SHA, OTHER_SHA = "a" * 64, "b" * 64
NO_FLAGS = {"containment": None, "minhash": None, "embedding": None}


def _policy(**changes):
    return {
        "record": "contamination_policy",
        "schema_version": 1,
        "tool": "benchwright",
        "normaliser": NORMALISER,
        "pairs": {"sha256": SHA, "pairs": 400, "half_a": 200, "half_b": 200},
        "max_false_positives": 0.05,
        "thresholds": [
            {"check": "masked", "parameter": "min_jaccard", "value": 0.7, "set_on": "a"},
            {
                "check": "embedding",
                "parameter": "min_cosine_similarity",
                "value": 0.6,
                "model": "small",
                "model_sha256": SHA,
                "set_on": "a",
            },
        ],
        **changes,
    }


@pytest.fixture
def resolve(tmp_path):
    def run(policy, *, flags=NO_FLAGS, sha256=None):
        path = tmp_path / "policy.yaml"
        path.write_text(yaml.safe_dump(policy))
        model = ModelChoice(name="m", path=tmp_path, sha256=sha256) if sha256 else None
        return resolve_thresholds(flags, policy=path, model=model)

    return run


def test_a_flag_goes_before_the_policy_and_the_policy_before_the_default(resolve):
    found = resolve(_policy(), flags={**NO_FLAGS, "embedding": 0.9}, sha256=SHA)
    assert {check: (use.value, use.source) for check, use in found.uses.items()} == {
        "containment": (DEFAULTS["containment"], "default"),
        "minhash": (DEFAULTS["minhash"], "default"),
        "masked": (0.7, "policy"),
        "embedding": (0.9, "flag"),
    }
    assert found.policy.pairs_sha256 == SHA


def test_without_a_policy_the_defaults_stand():
    found = resolve_thresholds(NO_FLAGS, policy=None, model=None)
    assert found.policy is None
    assert {check: found.value(check) for check in DEFAULTS} == DEFAULTS


def test_a_threshold_of_another_model_is_refused_unless_a_flag_replaces_it(resolve):
    assert resolve(_policy(), sha256=SHA).value("embedding") == 0.6
    with pytest.raises(ConfigError, match=rf"model small \(sha256 {SHA}\).*uses m[\s\S]*--model"):
        resolve(_policy(), sha256=OTHER_SHA)
    replaced = resolve(_policy(), flags={**NO_FLAGS, "embedding": 0.8}, sha256=OTHER_SHA)
    assert replaced.value("embedding") == 0.8
    assert resolve(_policy()).value("masked") == 0.7


def test_a_policy_of_another_normaliser_is_refused(resolve):
    with pytest.raises(ConfigError, match=r"\(normaliser\).*bw-fold-0[\s\S]*--write-policy"):
        resolve(_policy(normaliser="bw-fold-0"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema_version": 2}, r"schema_version.*Input should be 1"),
        ({"record": "accepted"}, r"record.*Input should be 'contamination_policy'"),
        ({"thresholds": []}, r"thresholds.*at least 1"),
        ({"extra": 1}, r"unknown key 'extra'"),
        (
            {"thresholds": [*_policy()["thresholds"], _policy()["thresholds"][0]]},
            "a check has two thresholds",
        ),
        (
            {"thresholds": [{**_policy()["thresholds"][0], "value": 0}]},
            r"thresholds\[0\]\.value.*greater than 0",
        ),
        (
            {"thresholds": [{**_policy()["thresholds"][0], "parameter": "min_cosine"}]},
            "the parameter of masked is min_jaccard",
        ),
        (
            {"thresholds": [{**_policy()["thresholds"][1], "model_sha256": None}]},
            "model_sha256 goes with embedding",
        ),
    ],
)
def test_a_broken_policy_is_refused_with_its_field(resolve, changes, said):
    with pytest.raises(ConfigError, match=said):
        resolve(_policy(**changes))
