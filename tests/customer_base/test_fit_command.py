"""``ecosim fit``: what it reads, says and writes, what it refuses, and the market it makes."""

import gzip
import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from worlds import CRM1, needs_met

from ecosim import cli, conf
from ecosim.customer_base import bg_nbd, pareto_nbd, simulate
from ecosim.customer_base.bg_nbd import BgNbd
from ecosim.customer_base.gamma_gamma import GammaGamma
from ecosim.customer_base.market import carried, scenario_text
from ecosim.customer_base.maximum import Fit
from ecosim.customer_base.table import rows
from ecosim.customer_base.transactions import Columns, read
from ecosim.draws import purpose, stream_key
from ecosim.errors import UserError
from ecosim.job import Job, run
from ecosim.model import Ecosystem
from ecosim.parameters import build
from ecosim.scenario import read as read_scenario
from ecosim.setting import Setting

TRUTH, SPEND = BgNbd(0.8, 6.0, 0.6, 2.0), GammaGamma(5.0, 4.0, 15.0)
START = date(2024, 1, 1).toordinal()
FILES = {
    "customers.csv",
    "parameters.csv",
    "frequencies.csv",
    "tracking.csv",
    "market.yaml",
    "manifest.json",
    "figures",
}


def simulated(n=300, seed=4, days=364):
    """Return the transactions of simulated customers who join over a quarter: customer, day, amount."""
    who = simulate.traits(TRUTH, n, seed)
    first = (np.arange(n) % 90).astype(float)
    customer, week = simulate.purchases(who, (days - first) / 7, seed)
    customer = np.concatenate([np.arange(n), customer])
    day = np.concatenate([first, first[customer[n:]] + np.floor(7 * week)]).astype(int)
    order = np.lexsort((day, customer))
    amount = simulate.amounts(SPEND, customer[order], seed)
    return pd.DataFrame({"customer": customer[order], "day": day[order], "amount": amount.round(2)})


@pytest.fixture(scope="module")
def sales():
    return simulated()


@pytest.fixture
def file(sales, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dated = sales.assign(date=[date.fromordinal(START + day).isoformat() for day in sales["day"]])
    dated[["customer", "date", "amount"]].to_csv("sales.csv", index=False)
    return tmp_path / "sales.csv"


def last_day(sales):
    return date.fromordinal(START + int(sales["day"].max())).isoformat()


def asked(*words, capsys):
    assert cli.main(["fit", *words, "format=json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_it_tells_and_writes(file, sales, capsys):
    assert cli.main(["fit", "sales.csv", "until=2024-09-30", "study=base"]) == 0
    out = capsys.readouterr().out
    for words in (
        "300 customers", "BG/NBD", "gamma-gamma", "Log-likelihood", f"Held out, to {last_day(sales)}", "Their value",
        "not carried over: customers do not leave", "ecosim compare scenario=results/base/market.yaml",
    ):  # fmt: skip
        assert words in out
    folder = file.parent / "results" / "base"
    assert {path.name for path in folder.iterdir()} == FILES | {"holdout.csv"}
    assert {path.name for path in (folder / "figures").iterdir()} == {"customer_base.png", "customer_base.svg"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "finished" and manifest["config"]["until"] == "2024-09-30"
    customers = pd.read_csv(folder / "customers.csv")
    assert list(customers) == ["customer", "first", "x", "t_x", "T", "spend", "holdout", "alive", "expected",
                               "expected_spend", "clv"]  # fmt: skip
    assert customers["alive"].between(0, 1).all()
    assert customers["first"].iloc[0] == "2024-01-01"


def test_numbers_hang_together(file, sales, capsys):
    found = asked("sales.csv", "until=2024-09-30", "study=base", "margin=0.5", capsys=capsys)
    base, value = found["base"], found["value"]
    seen = sales.drop_duplicates(["customer", "day"])
    assert base["purchases"] == (seen["day"] <= 273).sum()
    assert base["holdout"] == (seen["day"] > 273).sum()
    frequencies = pd.DataFrame(found["frequencies"])
    for name in ("observed", "bg_nbd", "pareto_nbd"):
        assert frequencies[name].sum() == pytest.approx(300)
    customers = pd.read_csv("results/base/customers.csv")
    assert value["clv"] == pytest.approx(customers["clv"].sum(), rel=1e-4)
    assert value["clv"] == pytest.approx(
        0.5 * (customers["expected"] * customers["expected_spend"]).sum() / 1.1**0.45, rel=0.02
    )
    last = found["tracking"][-1]
    assert last["time"] == last_day(sales)
    assert last["observed"] == len(seen) - 300
    assert found["market"]["market.unit_cost"] == pytest.approx(0.5 * found["market"]["market.price"], rel=1e-5)


def test_the_parameters_of_its_customers_come_back(file, capsys):
    found = asked("sales.csv", capsys=capsys)
    told = {(row["model"], row["parameter"]): row for row in found["parameters"]}
    for model, truth in (("bg_nbd", TRUTH._asdict()), ("gamma_gamma", SPEND._asdict())):
        for name, value in truth.items():
            row = told[model, name]
            assert abs(np.log(row["value"] / value)) < 4 * row["se"] / row["value"], (model, name)
    assert "holdout" not in found


def test_layouts_of_one_file_give_one_answer(file, sales, capsys):
    """Packed dates, semicolons, other names, gzip, times of day, and days counted from the first."""
    plain = asked("sales.csv", "study=a", capsys=capsys)
    packed = sales.assign(
        Kunde=sales["customer"], Tag=[date.fromordinal(START + day).strftime("%Y%m%d") for day in sales["day"]]
    )
    text = packed[["Tag", "Kunde", "amount"]].to_csv(index=False, sep=";").replace("amount", "Betrag")
    (file.parent / "other.csv.gz").write_bytes(gzip.compress(text.encode()))
    other = asked("other.csv.gz", "customer=Kunde", "date=Tag", "amount=Betrag", "study=b", capsys=capsys)
    lines = file.read_text().splitlines()
    timed = [lines[0]] + [line.replace(",2024-", ",2024-", 1).replace(",", "|", 2).replace("|", ",", 1)
                          .replace("|", "T09:30:00Z,") for line in lines[1:]]  # fmt: skip
    (file.parent / "timed.csv").write_text("\n".join(timed))
    third = asked("timed.csv", "study=c", capsys=capsys)
    numbered = sales.rename(columns={"day": "date"})[["customer", "date", "amount"]].to_csv(index=False)
    (file.parent / "numbered.csv").write_text(numbered)
    days = asked("numbered.csv", "unit=day", "study=d", capsys=capsys)
    dated = asked("sales.csv", "unit=day", "study=e", capsys=capsys)
    assert plain["parameters"] == other["parameters"] == third["parameters"]
    assert days["parameters"] == dated["parameters"]
    assert days["until"] == str(sales["day"].max())
    for key, value in plain["market"].items():
        assert dated["market"][key] == pytest.approx(value, rel=1e-4), key


def test_without_amounts_nothing_is_said_of_value(file, sales, capsys):
    lines = [line.rpartition(",")[0] for line in file.read_text().splitlines()]
    (file.parent / "bare.csv").write_text("\n".join(lines))
    assert cli.main(["fit", "bare.csv", "study=bare", "model=pareto_nbd"]) == 0
    out = capsys.readouterr().out
    assert "nothing is said of their value" in out and "gamma-gamma" not in out
    assert "rate of leaving" in (file.parent / "results" / "bare" / "market.yaml").read_text()
    assert not {"price", "unit_cost"} & read_scenario("results/bare/market.yaml").setting["market"].keys()


def test_the_same_command_again_writes_the_same(file, capsys):
    first = asked("sales.csv", "study=base", capsys=capsys)
    held = {path: path.read_bytes() for path in (file.parent / "results").rglob("*") if path.suffix in (".csv", ".svg")}
    assert asked("sales.csv", "study=base", capsys=capsys) == first
    assert held == {path: path.read_bytes() for path in held}
    assert cli.main(["fit", "sales.csv", "study=base", "until=2024-09-30"]) == 2
    assert "holds something else" in capsys.readouterr().err


# -- refusals ----------------------------------------------------------------------------------------------------------

HEAD = "customer,date,amount\n"
MANY = "".join(f"{i},2024-01-{1 + i % 28:02d},1\n{i},2024-02-{1 + i % 28:02d},1\n" for i in range(40))
BAD = {
    "empty": ("", "the file is empty"),
    "no rows": (HEAD, "no rows below the header"),
    "column": ("custmer,date\n1,2024-01-01\n", "no column 'customer'; did you mean 'custmer'?"),
    "twice": ("customer,date,date\n1,2024-01-01,2024-01-02\n", "column 'date' is there twice"),
    "negative": (HEAD + MANY + "7,2024-03-01,-4\n", "row 82: the amount -4 is negative"),
    "amount": (HEAD + "7,2024-03-01,4 EUR\n", "row 2: '4 EUR' is no amount"),
    "infinite": (HEAD + "7,2024-03-01,1e999\n", "row 2: '1e999' is no amount"),
    "nothing": (HEAD + "7,2024-03-01,\n", "row 2: '' is no amount"),
    "date": (HEAD + "7,2024-03-01,4\n8,3 March,4\n", "row 3: '3 March' is no date"),
    "calendar": (HEAD + "7,2023-02-29,4\n", "row 2: '2023-02-29' is not in the calendar"),
    "kinds": (HEAD + "7,2024-03-01,4\n7,12,4\n", "row 3: '12' among dates"),
    "short": (HEAD + "7,2024-03-01\n", "row 2: 2 values; 3 are needed"),
    "who": (HEAD + ",2024-03-01,4\n", "row 2: no customer"),
    "quote": (HEAD + '"7,2024-03-01,4\n', "not CSV"),
    "few": (HEAD + "7,2024-03-01,4\n7,2024-04-01,4\n", "only 1 customer bought; at least 30 are needed"),
    "once": (HEAD + "".join(f"{i},2024-01-01,1\n" for i in range(40)), "no repeat buyers"),
}  # fmt: skip


def refused(words, told, capsys, folder):
    before = sorted(folder.rglob("*"))
    assert cli.main(["fit", *words]) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1 and err.startswith("ecosim: ")
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_one_sentence(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text, told = BAD[name]
    (tmp_path / "x.csv").write_text(text)
    refused(["x.csv"], told, capsys, tmp_path)


@pytest.mark.parametrize(("words", "told"), [
    (["nope.csv"], "nope.csv: there is no such file"), (["."], "this is a folder"), ([], "name one file"),
    (["sales.csv", "other.csv"], "name one file"), (["sales.csv", "untill=2024-01-01"], "did you mean 'until'"),
    (["sales.csv", "until=May"], "until: 'May' is no date"), (["sales.csv", "until=20"], "the file has dates"),
    (["sales.csv", "until=1999-01-01"], "the file begins later"), (["sales.csv", "until=2030-01-01"], "the file ends"),
    (["sales.csv", "until=2024-01-05"], "bought by until=2024-01-05"),
    (["sales.csv", "unit=month"], "unit=month"), (["sales.csv", "discount=lots"], "discount=lots: a number from 0"),
    (["sales.csv", "margin=2"], "margin=2"), (["sales.csv", "horizon=nan"], "horizon=nan"),
    (["sales.csv", "model=nbd"], "model=nbd"), (["sales.csv", "amount=amout"], "did you mean 'amount'"),
    (["sales.csv", "unit=day", "unit=week"], "given twice"), (["sales.csv", "results=sales.csv"], "is a file"),
    (["sales.csv", "study=a/b"], "study='a/b'"), (["latin.csv"], "row 2: not UTF-8"), (["sales.zip"], "zip archive"),
])  # fmt: skip
def test_mistakes_are_one_sentence(words, told, file, capsys):
    (file.parent / "latin.csv").write_bytes("customer,date\nJürgen,2024-01-01\n".encode("latin-1"))
    (file.parent / "sales.zip").write_bytes(b"PK\x03\x04" + bytes(20))
    refused(words, told, capsys, file.parent)


def test_half_a_gzip_file_is_refused(file, capsys):
    (file.parent / "half.csv.gz").write_bytes(gzip.compress(file.read_bytes())[:-2000])
    refused(["half.csv.gz"], "truncated", capsys, file.parent)


def test_customers_who_are_numbered_texts_stay_texts(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('date,customer\n3,007\n4,"a,b"\n\n5,7\n')
    found = read(path, Columns())
    assert found.customer.tolist() == ["007", "a,b", "7"]
    assert (found.dated, found.amount) == (False, None)


# -- the market --------------------------------------------------------------------------------------------------------


def test_compare_runs_on_the_market(file, capsys):
    asked("sales.csv", "study=base", capsys=capsys)
    scenario = "scenario=results/base/market.yaml"
    words = ["weeks=26", "history=13", "burn_in=0", "replications=1", "threads=1", "customers=150", "format=json"]
    assert cli.main(["compare", scenario, *words]) == 0
    assert json.loads(capsys.readouterr().out)["scenario"] == "market"
    request = conf.request("compare", [scenario])
    assert request.setting.market.customers == 300
    assert [strategy.name for strategy in request.strategies] == ["crm1", "cmr"]


def test_the_simulators_own_customers_refitted(file, capsys):
    """A year and a half of all category purchases in the market made from a file: rate and shape within 3 se.

    Every customer counts from week 0, as if he had bought then; a week's purchases fall evenly in the week, as those
    of a Poisson process do. Nobody leaves this market, and the fit finds that too.
    """
    asked("sales.csv", "study=base", capsys=capsys)
    n, weeks = 3000, 78
    setting = conf.request("compare", ["scenario=results/base/market.yaml", f"customers={n}"]).setting
    model = Ecosystem(setting, CRM1, 1, 1)
    bought = []
    for week in range(weeks):
        model.step()
        customer, _, provider = needs_met(model)
        bought.append(np.column_stack([customer[provider >= 0], np.full((provider >= 0).sum(), week)]))
    model.close()
    who, week = np.concatenate(bought).T
    key = stream_key(1, purpose("test.moment"), 0)
    time = week + simulate.uniforms_of(key, who.astype(np.int64), np.arange(who.size))
    count, last = np.bincount(who, minlength=n), np.zeros(n)
    np.maximum.at(last, who, time)
    for module in (bg_nbd, pareto_nbd):
        fit = module.fit(rows(count, last, np.full(n, float(weeks))))
        rate, error = fit.ratio("r", "alpha")
        assert error < 0.05 * rate
        assert abs(rate - setting.needs.rate) < 3 * error
        assert abs(fit.value("r") - setting.needs.shape) < 3 * fit.error("r")


def test_the_unit_of_money_decides_nothing():
    """The same worlds at a price of 1 and of 35.96: the same purchases, and money in proportion."""
    fit = Fit("bg_nbd", bg_nbd.NAMES, (0.5, 3.0, 0.8, 2.5), np.eye(4) * 0.01, -1.0, 100)
    tables = []
    for spend in (1.0, 35.96):
        tree = {}
        for key, value in carried(fit, 200, spend, 1.0).setting.items():
            group, name = key.split(".")
            tree.setdefault(group, {})[name] = value
        tables.append(run(Job("x", build(Setting, tree), CRM1, weeks=52, history=0, burn_in=0, threads=1)))
    left, right = (table["outcomes"].set_index(["who", "outcome"])["value"] for table in tables)
    assert right["rivals", "profit"] == pytest.approx(35.96 * left["rivals", "profit"], rel=0.01)
    assert right["adopters", "share"] == pytest.approx(left["adopters", "share"], rel=0.01)


def test_what_does_not_fit_the_model_is_said():
    fit = Fit("bg_nbd", bg_nbd.NAMES, (0.5, 3.0, 0.8, 2.5), np.eye(4) * 0.01, -1.0, 100)
    dear = carried(fit, 200, 2e6, 1.0)
    assert "market.price" not in dear.setting
    assert "one unit of money is a mean purchase, 2e+06" in dear.notes[1]
    assert any("intents.start is limited" in note for note in carried(fit, 200, 250.0, 1.0).notes)
    text = scenario_text(dear, "sales\n${x}é.csv", "BG/NBD")
    assert "sales?${x}?.csv" in text
    often = Fit("bg_nbd", bg_nbd.NAMES, (60.0, 3.0, 0.8, 2.5), np.eye(4) * 0.01, -1.0, 100)
    with pytest.raises(UserError, match="needs.rate=20: the fitted value is beyond"):
        carried(often, 200, 1.0, 1.0)
