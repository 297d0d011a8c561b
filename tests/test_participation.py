"""Participation: shares and the Gini index worked out by hand."""

import numpy as np
import pytest

from ecosim.metrics.participation import gini, participation


def test_four_people_by_hand():
    """Nobody, nobody, one story, nine stories in 26 weeks (two quarters)."""
    found = participation(np.array([0, 0, 1, 9], np.uint16), 26)
    assert found["silent"] == 0.5
    assert found["light_tellers"] == 0.25
    assert found["heavy_tellers"] == 0.25
    # mean absolute difference / (2 x mean): pairs |0-0| |0-1| |0-9| |0-1| |0-9| |1-9| = 28, over 6, over 5
    assert found["story_gini"] == pytest.approx(28 / 16 / 2.5)


def test_equal_tellers_have_no_inequality_and_one_teller_has_nearly_all():
    assert gini(np.bincount([3, 3, 3, 3])) == pytest.approx(0.0)
    assert gini(np.bincount([0] * 99 + [5])) == pytest.approx(0.99)
    assert np.isnan(gini(np.bincount([0, 0])))
