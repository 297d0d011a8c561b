"""The answer to a scenario's question: one line, with numbers, and honest about what cannot be told."""

from __future__ import annotations

import pytest
import synthetic_tables

from ecosim.analysis import answer, compare
from ecosim.analysis.answer import best
from ecosim.analysis.compare import rows_of
from ecosim.answers import answer_clauses, check_outcomes
from ecosim.errors import UserError
from ecosim.scenario import read

UP = {("adopters", "profit_plus_equity"): 0.1, ("market", "customer_surplus"): -0.1}
FIRM = {"who": "adopters", "outcome": "profit_plus_equity"}
ARMS = ("crm1", "cmr", "vrm")
WORDS = {"higher": "the planner pays", "lower": "the planner does not pay", "unclear": "nobody knows about {strategy}"}


def told(*clauses, lifts=UP, seeds=10, strategies=("crm1", "cmr"), change=None):
    table = synthetic_tables.outcomes(lifts, seeds=seeds, strategies=strategies)
    table = table if change is None else change(table)
    return answer(answer_clauses(list(clauses), "test"), compare(table, "crm1"), table)


def test_an_answer_is_one_line_with_number_and_interval():
    line = told(FIRM | WORDS, {"who": "market", "outcome": "customer_surplus", "lower": "guests pay for it"})
    assert "\n" not in line and line.startswith("The planner pays (profit + customer equity +") and line.endswith(").")
    assert line.count("95 % interval") == 2 and "; guests pay for it (customer surplus −" in line


def test_words_that_are_left_out_are_plain_ones():
    assert told(FIRM).startswith("Cmr raises the adopter's profit plus customer equity (")
    assert "cmr lowers customer surplus" in told(FIRM, {"who": "market", "outcome": "customer_surplus"})


def test_what_cannot_be_told_is_not_claimed():
    few, early, none = told(FIRM | WORDS, seeds=2), told(FIRM | WORDS, seeds=4), told(FIRM | WORDS, lifts={})
    assert all(line.startswith("Nobody knows about cmr (") for line in (few, early))
    assert "in 2 seeds; a claim needs 6" in few and "in 4 seeds; a claim needs 6" in early
    assert not none.startswith("The planner")


def test_no_difference_at_all_is_said_to_be_none():
    def equal(table):
        kept = table.loc[table["strategy"] == "crm1"]
        return synthetic_tables.pd.concat([kept, kept.assign(strategy="cmr")])

    assert told(FIRM | {"same": "it is all one"}, change=equal).startswith("It is all one (")


def test_with_several_strategies_the_best_is_named_and_each_can_be():
    three = ("crm1", "cmr", "vrm")
    line = told(FIRM, strategies=three)
    assert "best of 2" in line
    each = told(FIRM | {"strategy": "each"}, strategies=three)
    assert "cmr" in each.lower() and "vrm" in each and each.count("profit + customer equity") == 2
    named = told(FIRM | {"strategy": "vrm"}, strategies=three)
    assert named.startswith("Vrm") and "best of" not in named


def test_few_seeds_are_too_few_for_many_strategies():
    line = told(FIRM, strategies=("crm1", *"abcdef"), seeds=7)
    assert "7 seeds are too few to be certain among 6 strategies" in line and "cannot be told" in line


def test_the_best_of_a_burden_is_the_smallest():
    table = synthetic_tables.outcomes({("market", "effort"): 0.2}, strategies=("crm1", "cmr", "vrm"))
    rows = compare(table, "crm1")
    efforts = rows_of(rows.loc[rows["outcome"] == "effort"])
    assert best(efforts)["difference"] == min(row["difference"] for row in efforts)


def test_a_level_is_judged_against_zero():
    line = told({"who": "adopters", "outcome": "profit", "measure": "level", "higher": "firms live"})
    assert line.startswith("Firms live (profit ") and "95 % interval" in line
    each = told(
        {
            "who": "adopters",
            "outcome": "trust",
            "measure": "level",
            "strategy": "each",
            "higher": "{strategy} is trusted",
        },
        strategies=ARMS,
    )
    assert each.count("(trust ") == 2
    few = told({"who": "adopters", "outcome": "profit", "measure": "level"}, seeds=3)
    assert "cannot be told" in few and "a claim needs 6" in few


def test_a_strategy_that_was_not_run_is_left_out_and_an_absent_outcome_is_named():
    assert told(FIRM | {"strategy": "hosted"}) == ""
    assert "Nothing was recorded of rivals'" in told({"who": "rivals", "outcome": "set_full"})


def test_without_clauses_there_is_no_answer():
    assert told() == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("yes", "a list"),
        ([1], "keys who and outcome"),
        ([{"who": "adopters"}], "outcome= is needed"),
        ([{"outcome": "profit"}], "who= is needed"),
        ([FIRM | {"whom": "x"}], "did you mean 'who'"),
        ([FIRM | {"who": "adopter"}], "did you mean 'adopters'"),
        ([FIRM | {"measure": "levels"}], "did you mean 'level'"),
        ([FIRM | {"higher": ""}], "printable letters"),
        ([FIRM | {"higher": 3}], "printable letters"),
        ([FIRM | {"higher": "{world}"}], "in braces stand only"),
        ([FIRM | {"lower": "x" * 300}], "printable letters"),
        ([FIRM] * 13, "at most 12"),
    ],
)
def test_a_mistake_is_refused_in_one_sentence(value, words):
    with pytest.raises(UserError, match=words):
        answer_clauses(value, "test")


def test_an_outcome_that_no_run_has_is_refused():
    with pytest.raises(UserError, match="did you mean 'profit'"):
        check_outcomes(answer_clauses([FIRM | {"outcome": "profitt"}], "test"), "test")


def test_a_users_file_may_hold_an_answer(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("question: Why?\nanswer:\n  - {who: market, outcome: effort, higher: more work}\n", "utf-8")
    (clause,) = read(path).answer
    assert clause["higher"] == "more work" and clause["strategy"] == "best"
