"""The reader of targets: what is well-formed is read, everything else is refused with the row named."""

import pytest

from ecosim.analysis.targets import Target, read_targets
from ecosim.errors import UserError

KNOWN = ("adopters.share", "market.effort")
GOOD = "statistic,value,tolerance\nadopters.share, .25, 0.03\nmarket.effort,1e-1,2\n"


def put(tmp_path, text, name="targets.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_csv_and_yaml_say_the_same(tmp_path):
    expected = (Target("adopters.share", 0.25, 0.03), Target("market.effort", 0.1, 2.0))
    assert read_targets(put(tmp_path, GOOD), KNOWN) == expected
    swapped = "\ufefftolerance,statistic,value\r\n.03,adopters.share,.25\r\n\r\n2,market.effort,0.1\r\n"
    assert read_targets(put(tmp_path, swapped), KNOWN) == expected
    text = "- {statistic: adopters.share, value: .25, tolerance: .03}\n- statistic: market.effort\n  value: 0.1\n"
    assert read_targets(put(tmp_path, text + "  tolerance: 2\n", "t.yaml")) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: nothing; the header statistic,value,tolerance"),
        ("a,b,c\n", "line 1: a,b,c; the header"),
        ("statistic,value,tolerance\n", "no targets"),
        (GOOD + "adopters.share,1,1\n", "line 4: adopters.share is given twice"),
        (
            GOOD + "market.efort,1,1\n",
            "line 4: statistic=market.efort: no such statistic; did you mean 'market.effort'",
        ),
        (GOOD.replace(".25", "many"), "line 2: value='many': a finite number"),
        (GOOD.replace(".25", "1_0"), "line 2: value='1_0'"),
        (GOOD.replace(".25", "nan"), "line 2: value='nan'"),
        (GOOD.replace("0.03", "0"), "line 2: tolerance=0: a number above 0"),
        (GOOD.replace("0.03", "-1"), "tolerance=-1"),
        (GOOD.replace("0.03", "inf"), "tolerance='inf'"),
        (GOOD + "x,1\n", "line 4: 2 values; 3 are needed"),
        (GOOD + '"x,1,1\n', "not CSV"),
        (b"statistic,value,tolerance\n\xff,1,1\n", "not UTF-8"),
    ],
)
def test_what_is_malformed_is_refused_with_its_line(tmp_path, text, told):
    with pytest.raises(UserError) as error:
        read_targets(put(tmp_path, text), KNOWN)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1", "a list of records"),
        ("- 1", "record 1: '1'; the keys"),
        ("- {statistic: x, value: 1}", "record 1: tolerance is missing"),
        ("- {statistic: x, value: 1, tolerance: 1, weight: 2}", "weight: no such key"),
        ("- {statistic: x, value: true, tolerance: 1}", "value=True"),
        ("- &a {statistic: x, value: 1, tolerance: 1}\n- *a", "aliases"),
        ("- {statistic: [x], value: 1, tolerance: 1}", "a name is needed"),
        ("- {", "not YAML"),
        ("- !!python/name:os.system x", "not YAML"),
    ],
)
def test_yaml_is_read_as_strictly(tmp_path, text, told):
    with pytest.raises(UserError, match=told):
        read_targets(put(tmp_path, text, "t.yml"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        read_targets(tmp_path / "no.csv")
