"""The words: what they say in each case, and what they never say."""

import math

import pytest
import synthetic_tables

from ecosim.analysis import compare, overall, rows_of, sentence
from ecosim.analysis.outcomes import OUTCOMES, change, level, number


def words(baseline, strategy, outcome="profit", **settings):
    return sentence(
        rows_of(compare(synthetic_tables.pairs(baseline, strategy, outcome=outcome), "base", **settings))[0]
    )


def test_raises_and_lowers_say_by_how_much_and_how_often():
    base = [100.0] * 8
    text = words(base, [103, 104, 103, 102, 104, 103, 102, 103])
    assert text.startswith("raises profit by 3.00 (95 % interval 2.")
    assert text.endswith("more in 8 of 8 worlds")
    text = words(base, [97, 96, 97, 98, 96, 97, 98, 97])
    assert text.startswith("lowers profit by 3.00 (95 % interval 2.")
    assert text.endswith("less in 8 of 8 worlds")


def test_shares_are_told_in_points():
    text = words([0.10] * 6, [0.12, 0.13, 0.12, 0.13, 0.12, 0.13], outcome="share")
    assert text.startswith("raises market share by 2.50 points (95 % interval 2.")


def test_cannot_tell_says_how_many_more_seeds():
    text = words([10.0] * 6, [11, 8, 12, 9, 11, 9.5])
    assert "cannot tell: the interval −" in text
    assert "includes zero; about " in text
    assert text.endswith("more seeds would be needed to detect a difference this large")


def test_cannot_tell_when_worlds_cancel_out():
    assert words([10.0] * 6, [11, 9, 11, 9, 11, 9]).endswith("includes zero; the worlds cancel out")


def test_a_tiny_difference_is_not_given_an_absurd_number_of_seeds():
    assert "more than 10,000 more seeds" in words([10.0] * 6, [11, 9, 11, 9, 11, 9.001])


def test_no_difference_needs_the_margin_and_says_it():
    text = words([100.0] * 6, [100.1, 99.9, 100.1, 99.9, 100, 100.1])
    assert text.startswith("profit: no difference worth naming (95 % interval −0.")
    assert text.endswith("all within ±1.00)")
    assert words([5.0] * 6, [5.0] * 6) == "profit: the same in all 6 worlds"


def test_an_interval_that_the_permutation_test_doubts_is_not_a_claim():
    text = words([10.0] * 6, [10.2, 11, 9.9, 12, 10.5, 11])
    assert "cannot tell: the interval +0." in text
    assert "leaves out zero, but luck does as well in 6 % of shuffled worlds; about" in text


def test_few_and_undefined_claim_nothing():
    assert words([1, 2], [2, 3]) == "profit: too few seeds to tell (2; a claim needs 6)"
    assert words([math.nan] * 3, [1.0] * 3) == "profit: not defined in these worlds"
    text = words([10.0] * 4, [12, 13, 12, 13])
    assert "looks higher" in text
    assert "fewer than 6 seeds cannot rule out luck" in text


def test_partly_undefined_says_so():
    text = words([1.0] * 7 + [math.nan], [2, 3, 2, 3, 2, 3, 2, 1])
    assert text.endswith("(defined in 7 of 8 worlds)")


def test_many_looks_are_confessed():
    lifts = {("adopters", "trust"): 0.05}
    rows = rows_of(compare(synthetic_tables.outcomes(lifts, seeds=6), "crm1"))
    text = next(sentence(row) for row in rows if row["who"] == "adopters" and row["outcome"] == "trust")
    assert text.endswith("not certain once all outcomes of this family are looked at together")


def verdict(firm=0.0, customers=0.0, rivals=0.0, **settings):
    lifts = {("adopters", "profit_plus_equity"): firm, ("market", "customer_surplus"): customers}
    lifts[("rivals", "profit")] = rivals
    return overall(compare(synthetic_tables.outcomes(lifts, **settings), "crm1"), "cmr")


CASES = [
    (
        0.1,
        0.1,
        "win",
        "A win for both sides. With cmr in place of crm1, the adopter's profit plus customer equity rises",
    ),
    (0.1, -0.1, "mixed", "Not a win for both sides: the adopter gains and customers pay."),
    (-0.1, 0.1, "mixed", "Not a win for both sides: customers gain and the adopter pays."),
    (-0.1, -0.1, "loss", "A loss for both sides."),
]


@pytest.mark.parametrize(("firm", "customers", "code", "opening"), CASES)
def test_overall_names_who_gains_and_who_pays(firm, customers, code, opening):
    found = verdict(firm, customers, -0.1)
    assert found.code == code
    assert found.text.startswith(opening)
    assert "rivals' profit falls by " in found.text


@pytest.mark.parametrize(
    ("firm", "customers", "code", "opening"),
    [
        (0.1, 0.0, "mixed", "A gain for the adopter that leaves customers as they were."),
        (0.0, 0.1, "mixed", "A gain for customers that costs the adopter nothing worth naming."),
        (0.0, 0.0, "same", "No difference worth naming, neither for the adopter nor for customers."),
    ],
)
def test_overall_with_sides_that_stay_as_they_were(firm, customers, code, opening):
    found = verdict(firm, customers, noise=0.001)
    assert found.code == code
    assert found.text.startswith(opening)
    assert "stays within 1.0 % of what it was" in found.text


def test_overall_says_when_it_cannot_tell_and_what_would_settle_it():
    found = verdict(0.0, 0.0, noise=0.08)
    assert (found.code, found.adopter, found.customers) == ("unclear", "unclear", "unclear")
    assert found.text.startswith("Cannot tell who gains.")
    assert "may fall or rise (95 % interval −" in found.text
    assert found.text.endswith("seeds in all would settle it.")


def test_a_win_is_never_called_on_few_seeds():
    for seeds in (1, 2, 3, 5):
        found = verdict(0.5, 0.5, seeds=seeds)
        assert found.code == "unclear"
        assert "at least 6 are needed for any claim" in found.text
    assert verdict(0.5, 0.5, seeds=6).code == "win"


def test_half_a_win_is_not_a_win():
    assert verdict(0.1, 0.0, noise=0.03).code != "win"


def test_without_rivals_none_are_mentioned():
    found = verdict(0.1, 0.1, adopters="all")
    assert "rival" not in found.text
    assert "the firms' profit plus customer equity" in found.text


def test_missing_outcomes_are_not_guessed():
    table = compare(synthetic_tables.pairs([10.0] * 6, [11, 12, 11, 12, 11, 12]), "base")
    found = overall(table, "new")
    assert (found.adopter, found.customers, found.rivals) == ("higher", "absent", "absent")
    assert found.code == "unclear"
    assert "customer surplus is not defined" in found.text


def test_overall_refuses_mixed_tables():
    with pytest.raises(ValueError, match="no single scenario"):
        overall(compare(synthetic_tables.outcomes(seeds=3), "crm1"), "vrm")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1234, "1234"), (12345, "12.35k"), (9999.96, "10k"), (1.5e6, "1.5m"), (2e9, "2bn"), (0.5, "0.5000")]
    + [(0.01234, "0.0123"), (1e-6, "1.0e-06"), (math.nan, "–"), (-3.14159, "-3.142"), (1e15, "1e+15")],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_levels_and_changes_carry_units():
    assert level("share", 0.1234) == "12.3 %"
    assert change("share", 0.0123) == "+1.23"
    assert change("profit", -12.3) == "−12.3"
    assert change("profit", math.nan) == "–"
    assert level("unheard_of", 3.0) == "3.000"


def test_every_outcome_is_described_once():
    names = [one.name for one in OUTCOMES]
    assert len(set(names)) == len(names)
    assert all(one.meaning and one.kind in ("money", "share", "number") and one.good in (-1, 0, 1) for one in OUTCOMES)
    assert all(len(one.label) <= 25 for one in OUTCOMES)
