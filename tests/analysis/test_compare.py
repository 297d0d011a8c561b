"""Paired comparison against cases worked out by hand and against SciPy's own functions."""

import itertools
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import synthetic_tables
from scipy import stats

from ecosim.analysis import compare, records
from ecosim.analysis.compare import (
    COLUMNS,
    PRIMARY,
    RESAMPLES,
    holm,
    interval,
    measure,
    pairing_saved,
    seeds_needed,
    sign_flip,
)
from ecosim.analysis.outcomes import family
from ecosim.errors import UserError

SAMPLE = np.array([1.2, 0.4, 2.9, -0.3, 1.1, 0.8, 3.7, 0.2])


def one(baseline, strategy, **settings):
    table = compare(synthetic_tables.pairs(baseline, strategy), "base", **settings)
    assert len(table) == 1
    return table.iloc[0]


def test_means_and_difference_by_hand():
    row = one([10, 20, 30, 40, 50, 60], [12, 21, 33, 44, 56, 62])
    assert (row["n"], row["baseline_mean"], row["strategy_mean"]) == (6, 35, 38)
    assert row["difference"] == 3
    assert row["relative"] == pytest.approx(3 / 35)
    assert row["margin"] == pytest.approx(0.35)
    assert (row["superiority"], row["agree"], row["verdict"]) == (1, 6, "higher")


def test_pairing_goes_by_seed_not_by_order_of_rows():
    table = synthetic_tables.pairs([10, 20, 30, 40], [11, 22, 33, 44])
    for place in range(5):
        shuffled = table.sample(frac=1, random_state=place, ignore_index=True)
        shuffled = pd.concat([shuffled[shuffled["strategy"] == "base"], shuffled[shuffled["strategy"] == "new"]])
        pd.testing.assert_frame_equal(compare(shuffled, "base"), compare(table, "base"))


def test_interval_is_scipys_bca():
    found = stats.bootstrap((SAMPLE,), np.mean, method="BCa", n_resamples=RESAMPLES, rng=1987).confidence_interval
    assert interval(SAMPLE) == (found.low, found.high)


def test_interval_agrees_with_bca_written_out():
    """Efron's formula with other resamples gives the same ends up to Monte Carlo error of the bootstrap quantiles.

    Estimator: both ends. 200,000 resamples here; tolerance 0.06, five standard errors of the 9,999-resample quantile.
    """
    rng = np.random.default_rng(5)
    means = rng.choice(SAMPLE, (200_000, len(SAMPLE))).mean(axis=1)
    bias = stats.norm.ppf(np.mean(means < SAMPLE.mean()) + np.mean(means == SAMPLE.mean()) / 2)
    left_out = (SAMPLE.sum() - SAMPLE) / (len(SAMPLE) - 1)
    pull = left_out.mean() - left_out
    speed = (pull**3).sum() / (6 * (pull**2).sum() ** 1.5)
    ends = [
        np.quantile(means, stats.norm.cdf(bias + (bias + z) / (1 - speed * (bias + z))))
        for z in stats.norm.ppf([0.025, 0.975])
    ]
    assert interval(SAMPLE) == pytest.approx(ends, abs=0.06)


def test_interval_of_equal_differences_is_one_value():
    assert interval(np.full(5, 2.5)) == (2.5, 2.5)
    assert interval(np.zeros(5)) == (0, 0)


@pytest.mark.parametrize("difference", [[], [1.0], [1.0, 2.0]])
def test_interval_needs_three_worlds(difference):
    assert all(math.isnan(end) for end in interval(np.array(difference)))


@pytest.mark.parametrize("difference", [[0, 0, 1], [0, 0, 0, 0, 1e9], [1e-9, 2e-9, 3e-9], [1, 1, 1 + 1e-9], [-1, 0, 1]])
def test_awkward_samples_give_an_ordered_finite_interval(difference):
    low, high = interval(np.array(difference, dtype=float))
    assert low <= np.mean(difference) <= high


def test_coverage_of_the_interval_is_near_its_name():
    """400 normal samples of 20: nominal .95, BCa is known to fall short; accept .90 to .98 (error rate < .001)."""
    rng = np.random.default_rng(11)
    samples = rng.normal(1.0, 1.0, (400, 20))
    inside = sum(low <= 1 <= high for low, high in map(interval, samples))
    assert 0.90 <= inside / 400 <= 0.98


def test_false_claims_are_as_rare_as_promised():
    """600 samples of 10 without a difference: at most 8.5 % claimed where 5 % are promised (error rate < .001)."""
    rng = np.random.default_rng(7)
    rows = [measure(np.zeros(10), sample, 0.01) for sample in rng.normal(size=(600, 10))]
    assert np.mean([row["verdict"] in ("higher", "lower") for row in rows]) <= 0.085


def test_superiority_counts_ties_half():
    row = one([1, 1, 1, 1], [2, 1, 1, 0])
    assert row["superiority"] == 0.5
    assert one([1, 1, 1, 1], [2, 2, 1, 0])["superiority"] == (2 + 0.5) / 4


def test_pairing_saved_by_hand():
    a, b = np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 5.0])
    # var(a) = 1, var(b) = 7/3, differences 1, 1, 2 with variance 1/3
    assert pairing_saved(a, b) == pytest.approx(1 - (1 / 3) / (1 + 7 / 3))
    assert pairing_saved(a, -a) == pytest.approx(-1)
    assert math.isnan(pairing_saved(np.ones(3), np.ones(3)))
    assert math.isnan(pairing_saved(np.ones(1), np.ones(1)))


def test_holm_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])
    assert holm(np.array([0.5, 0.9])) == pytest.approx([1.0, 1.0])
    found = holm(np.array([0.02, np.nan, 0.01]))
    assert found[[0, 2]] == pytest.approx([0.02, 0.02])
    assert np.isnan(found[1])


def test_sign_flip_counts_all_sign_patterns():
    size = abs(SAMPLE.sum())
    patterns = np.array(list(itertools.product([1, -1], repeat=len(SAMPLE))))
    by_hand = np.mean(np.abs(patterns @ SAMPLE) >= size - 1e-12)
    assert sign_flip(SAMPLE) == pytest.approx(by_hand)
    assert sign_flip(np.ones(6)) == pytest.approx(2 / 64)
    assert sign_flip(np.zeros(6)) == 1


def test_sign_flip_beyond_enumeration_is_the_same_each_time():
    sample = np.random.default_rng(3).normal(0.3, 1, 30)
    assert sign_flip(sample) == sign_flip(sample)
    assert sign_flip(sample) == pytest.approx(stats.ttest_1samp(sample, 0).pvalue, abs=0.02)


def test_seeds_needed_is_the_textbook_number():
    difference = np.array([0.0, 2.0])
    # sd = sqrt(2), mean = 1: ((1.95996 + 0.84162) * sqrt 2)^2 = 15.698
    assert seeds_needed(difference) == 16
    assert math.isnan(seeds_needed(np.array([1.0, -1.0])))
    assert math.isnan(seeds_needed(np.array([1.0])))


@pytest.mark.parametrize(
    ("baseline", "strategy", "verdict"),
    [
        ([10.0] * 6, [11, 12, 11, 12, 11, 12], "higher"),
        ([10.0] * 6, [9, 8, 9, 8, 9, 8], "lower"),
        ([10.0] * 6, [11, 8, 12, 9, 11, 9], "unclear"),
        ([10.0] * 6, [10.01, 9.99, 10.02, 10, 10, 10.01], "same"),
        ([10.0] * 6, [10.0] * 6, "same"),
        ([0.0] * 6, [0.0] * 6, "same"),
        ([10.0] * 6, [10.2, 11, 9.9, 12, 10.5, 11], "weak"),
        ([10.0] * 5, [11, 12, 11, 12, 11], "early"),
        ([10.0] * 2, [11, 12], "few"),
        ([math.nan] * 6, [1.0] * 6, "undefined"),
    ],
)
def test_verdict_codes(baseline, strategy, verdict):
    assert one(baseline, strategy)["verdict"] == verdict


def test_sameness_is_claimed_only_inside_the_margin():
    values = [10.01, 9.99, 10.02, 10, 10, 10.01]
    assert one([10.0] * 6, values, margin=0.01)["verdict"] == "same"
    assert one([10.0] * 6, values, margin=0.0)["verdict"] == "unclear"


def test_undefined_pairs_are_dropped_and_counted():
    row = one([1, 2, math.nan, 4, 5, 6, 7, 8], [2, 3, 4, math.nan, 6, 7, 8, 9])
    assert (row["n"], row["worlds"], row["difference"]) == (6, 8, 1)


def test_a_seed_that_only_one_strategy_has_is_not_a_pair():
    table = synthetic_tables.pairs([1, 2, 3, 4], [2, 3, 4, 5])
    table = table.loc[~((table["strategy"] == "new") & (table["seed"] == 3))]
    row = compare(table, "base").iloc[0]
    assert (row["n"], row["difference"]) == (3, 1)


def test_columns_order_and_adjustment_of_a_whole_comparison():
    table = compare(synthetic_tables.outcomes({("adopters", "profit"): 0.2}, strategies=("crm1", "cmr", "vrm")), "crm1")
    assert list(table.columns) == list(COLUMNS)
    assert list(table["strategy"].drop_duplicates()) == ["cmr", "vrm"]
    assert list(table["who"].drop_duplicates()) == ["adopters", "market", "rivals"]
    assert table.iloc[0]["outcome"] == "profit_plus_equity"
    decisive = [pair in PRIMARY for pair in zip(table["who"], table["outcome"], strict=True)]
    families = (table["who"] + table["outcome"].map(family)).where(~np.array(decisive), "primary")
    for _, part in table.groupby(["strategy", families]):
        np.testing.assert_allclose(part["p_holm"], holm(part["p"].to_numpy()))
    assert (table["p_holm"] >= table["p"]).all()


def test_scenarios_and_adopters_are_never_mixed():
    near = synthetic_tables.outcomes(adopters="focal")
    table = compare(pd.concat([near, synthetic_tables.outcomes(adopters="all")]), "crm1")
    alone = compare(near, "crm1")
    found = table.loc[table["adopters"] == "focal"].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, alone)
    rivals = table.loc[(table["adopters"] == "all") & (table["who"] == "rivals"), "verdict"]
    assert set(rivals) == {"undefined"}


def test_only_the_baseline_gives_an_empty_comparison():
    table = compare(synthetic_tables.outcomes(strategies=("crm1",)), "crm1")
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


def test_mistakes_are_named():
    table = synthetic_tables.outcomes(seeds=2)
    with pytest.raises(UserError, match="did you mean 'crm1'"):
        compare(table, "crm2")
    with pytest.raises(UserError, match="margin=-1"):
        compare(table, "crm1", margin=-1)
    with pytest.raises(ValueError, match="twice"):
        compare(pd.concat([table, table]), "crm1")
    with pytest.raises(ValueError, match="infinite"):
        compare(table.assign(value=math.inf), "crm1")


def test_records_are_json_ready():
    row = records(compare(synthetic_tables.pairs([1, 2], [2, 3]), "base"))[0]
    assert row["low"] is None
    assert row["difference"] == 1


def test_measure_leaves_its_inputs_alone():
    a, b = np.array([1.0, math.nan, 3.0]), np.array([2.0, 3.0, 4.0])
    measure(a, b, 0.01)
    assert np.isnan(a[1])
    assert list(b) == [2, 3, 4]


def test_analysis_draws_nothing():
    code = "import sys, ecosim.analysis; print('matplotlib' in sys.modules, 'numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
