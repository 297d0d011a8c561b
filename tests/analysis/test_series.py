"""Quarterly bands by hand."""

import pandas as pd
import pytest
import synthetic_tables

from ecosim.analysis import bands


def test_bands_by_hand():
    rows = [
        ("w", "focal", "a", seed, seed, 1, firm, firm == 0, 0.1 * (seed + 1) + firm)
        for seed in range(3)
        for firm in range(2)
    ]
    names = ["scenario", "adopters", "strategy", "replication", "seed", "quarter", "firm", "adopter", "share"]
    found = bands(pd.DataFrame(rows, columns=names))
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["metric"], row["n"]) == ("share", 3)
    assert (row["mean"], row["low"], row["high"]) == pytest.approx((0.2, 0.12, 0.28))


def test_a_firm_that_adopts_in_one_arm_is_followed_in_all():
    table = synthetic_tables.quarterly(seeds=2)
    marked = table.assign(adopter=table["adopter"] & (table["strategy"] == "cmr"))
    pd.testing.assert_frame_equal(bands(marked), bands(table))


def test_strategies_keep_their_order_and_absent_metrics_are_left_out():
    found = bands(synthetic_tables.quarterly(seeds=2, strategies=("vrm", "crm1")), ("share", "unknown"))
    assert list(found["strategy"].drop_duplicates()) == ["vrm", "crm1"]
    assert set(found["metric"]) == {"share"}
    assert found["quarter"].min() == -7
