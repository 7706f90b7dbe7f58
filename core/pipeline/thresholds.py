"""Who set the threshold that a check uses? A flag, else the policy, else the default."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchwright.calibration import (
    PARAMETERS,
    Policy,
    PolicyThreshold,
    PolicyUse,
    ThresholdCheck,
    ThresholdUse,
)
from benchwright.contamination.containment import MIN_CONTAINMENT
from benchwright.contamination.embedding import MIN_COSINE_SIMILARITY, ModelChoice
from benchwright.contamination.masking import MIN_MASKED_JACCARD
from benchwright.contamination.minhash import MIN_JACCARD
from benchwright.contamination.normaliser import NORMALISER
from benchwright.errors import ConfigError, Place
from benchwright.files import file_sha256
from benchwright.yamlfile import read_yaml

DEFAULTS: dict[ThresholdCheck, float] = {
    "containment": MIN_CONTAINMENT,
    "minhash": MIN_JACCARD,
    "masked": MIN_MASKED_JACCARD,
    "embedding": MIN_COSINE_SIMILARITY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The threshold of every check, and the policy that was read; None for none."""

    uses: Mapping[ThresholdCheck, ThresholdUse]
    policy: PolicyUse | None = None

    def value(self, check: ThresholdCheck) -> float:
        """Return the threshold of a check."""
        return self.uses[check].value


def read_policy(path: Path) -> Policy:
    """Return a policy that `contamination calibrate --write-policy` wrote.

    Raises:
        ConfigError: If the file is none, or was made for another normaliser.
    """
    policy = read_yaml(path, Policy)
    if policy.normaliser != NORMALISER:
        raise ConfigError(
            f"the thresholds were set with normaliser {policy.normaliser}, and this check uses "
            f"{NORMALISER}",
            fix="write the policy again with `contamination calibrate --write-policy`",
            place=Place(file=str(path), field="normaliser"),
        )
    return policy


def resolve_thresholds(
    flags: Mapping[ThresholdCheck, float | None],
    *,
    policy: Path | None,
    model: ModelChoice | None,
) -> Thresholds:
    """Return the threshold of every check.

    Args:
        flags: What the user stated; None for nothing.
        policy: A policy file; None for none.
        model: The model that the embedding check will use; None where it will not run.

    Raises:
        ConfigError: If the policy cannot be used, or its embedding threshold was set with another
            model and no flag replaces it.
    """
    read = None if policy is None else read_policy(policy)
    stated = {held.check: held for held in read.thresholds} if read else {}
    uses: dict[ThresholdCheck, ThresholdUse] = {}
    for check, default in DEFAULTS.items():
        flag = flags.get(check)
        held = stated.get(check)
        if flag is None and held and model and check == "embedding":
            _require_model(held, model, policy)
        value = flag if flag is not None else held.value if held else default
        uses[check] = ThresholdUse(
            check=check,
            parameter=PARAMETERS[check],
            value=value,
            source="flag" if flag is not None else "policy" if held else "default",
        )
    if policy is None or read is None:
        return Thresholds(uses=uses)
    used = PolicyUse(file=str(policy), sha256=file_sha256(policy), pairs_sha256=read.pairs.sha256)
    return Thresholds(uses=uses, policy=used)


def _require_model(held: PolicyThreshold, model: ModelChoice, policy: Path | None) -> None:
    if held.model_sha256 != model.sha256:
        raise ConfigError(
            f"the embedding threshold was set with the model {held.model} (sha256 "
            f"{held.model_sha256}), and this check uses {model.name} (sha256 {model.sha256})",
            fix="name that model with --model, calibrate with this one, or state "
            "--min-cosine-similarity",
            place=Place(file=str(policy), field="thresholds.embedding.model_sha256"),
        )
