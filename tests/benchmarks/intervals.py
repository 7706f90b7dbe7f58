"""How often does the 95 % interval of `stats compare` hold the true difference?

Simulated conditions with a known difference: pass and fail, scores, skewed scores; single tasks and
clusters of unequal size. Prints the coverage of the interval over clusters and of the one that
ignores kin, each with its Wilson interval over the simulations.

    PYTHONPATH=.typing python tests/benchmarks/intervals.py [--clusters 50] [--simulations 4000]
"""

import argparse
import sys

import numpy as np

from benchwright.rates import wilson
from benchwright.statistics.paired import mean_effect


def passes(draw, clusters):
    """Yield paired pass and fail of single tasks: 25 % better, 10 % worse."""
    shares = draw.random(clusters)
    return [[float(gap)] for gap in np.where(shares < 0.25, 1, np.where(shares < 0.35, -1, 0))]


def rare_passes(draw, clusters):
    """Yield paired pass and fail of single tasks that hardly differ: 10 % better, 4 % worse."""
    shares = draw.random(clusters)
    return [[float(gap)] for gap in np.where(shares < 0.10, 1, np.where(shares < 0.14, -1, 0))]


def scores(draw, clusters):
    """Yield differences of scores in clusters of 1 to 6 tasks that share their difficulty."""
    sizes = draw.choice([1, 2, 3, 6], clusters)
    shared = draw.normal(0.08, 0.15, clusters)
    return [list(draw.normal(mean, 0.2, size)) for mean, size in zip(shared, sizes, strict=True)]


def kin_passes(draw, clusters):
    """Yield paired pass and fail in clusters of 1 to 8 tasks that share their odds."""
    groups = []
    for size, base, gain in zip(
        draw.choice([1, 2, 4, 8], clusters),
        draw.beta(2, 2, clusters),
        draw.uniform(-0.1, 0.4, clusters),
        strict=True,
    ):
        better = np.clip(base + gain, 0, 1)
        first, second = draw.random(size) < base, draw.random(size) < better
        groups.append(list(second.astype(float) - first))
    return groups


def skewed(draw, clusters):
    """Yield differences with a long tail: a few tasks gain much."""
    return [[float(gap)] for gap in draw.exponential(0.2, clusters) - 0.1]


SCENARIOS = {
    "pass or fail, single tasks": (passes, 0.15),
    "pass or fail, 14 % differ": (rare_passes, 0.06),
    "scores, clusters of 1 to 6": (scores, 0.08),
    "pass or fail, clusters of 1 to 8": (kin_passes, None),
    "skewed scores, single tasks": (skewed, 0.1),
}


def true_difference(make, known):
    """Return the known difference, or the mean over a million simulated tasks."""
    if known is not None:
        return known
    groups = make(np.random.default_rng(0), 300_000)
    return sum(map(sum, groups)) / sum(map(len, groups))


def main():
    """Print the coverage of every scenario."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clusters", type=int, default=50)
    parser.add_argument("--simulations", type=int, default=4_000)
    asked = parser.parse_args()
    worst = []
    for name, (make, known) in SCENARIOS.items():
        truth = true_difference(make, known)
        draw = np.random.default_rng(1)
        by_cluster = by_row = told = 0
        for seed in range(asked.simulations):
            groups = make(draw, asked.clusters)
            effect = mean_effect(groups, seed=seed)
            if effect.low is None:
                continue
            told += 1
            by_cluster += effect.low <= truth <= effect.high
            if effect.rows > effect.n:
                rows = mean_effect([[gap] for group in groups for gap in group], seed=seed)
                by_row += rows.low <= truth <= rows.high
        low, high = wilson(by_cluster, told)
        ignored = f"; kin ignored {by_row / told:.3f}" if by_row else ""
        print(
            f"{name}, n = {asked.clusters}: {by_cluster} of {told} intervals hold {truth:+.4f}: "
            f"{by_cluster / told:.4f} ({low:.4f} to {high:.4f}){ignored}",
            flush=True,
        )
        worst.append(by_cluster / told)
    print(f"coverage from {min(worst):.4f} to {max(worst):.4f}")
    sys.exit(0 if min(worst) >= 0.93 and max(worst) <= 0.97 else 1)


if __name__ == "__main__":
    main()
