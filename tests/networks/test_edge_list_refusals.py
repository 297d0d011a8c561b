"""Edge lists that are refused, each in one sentence that names the file, the row and the value."""

import gzip
import zlib
from pathlib import Path

import pytest

from ecosim.errors import UserError
from ecosim.networks import edge_list, text_source
from ecosim.networks.edge_list import read

from .helpers import make

REFUSED = {
    "empty": (b"", "the file is empty"),
    "header only": (b"source,target\n", "only a header .*no nodes"),
    "comments only": (b"# nothing\n# here\n", "nothing but comments"),
    "blank file": (b"\n\n\n", "row 1: a blank row"),
    "blank row inside": (b"1 2\n\n3 4\n", "row 2: a blank row"),
    "negative": (b"1 2\n3 -4\n", "row 2: '-4' is no node label; a whole number from 0 to 9223372036854775807"),
    "plus": (b"1 2\n+3 4\n", r"row 2: '\+3'"),
    "hexadecimal": (b"1,2\n0x10,4\n", "row 2: '0x10'"),
    "leading zeros": (b"1 2\n007 4\n", "row 2: '007'"),
    "double zero": (b"1 2\n00 4\n", "row 2: '00'"),
    "exponent": (b"1 2\n1e3 4\n", "row 2: '1e3'"),
    "float": (b"1 2\n3.0 4\n", r"row 2: '3\.0'"),
    "too large": (b"1 2\n9223372036854775808 4\n", "row 2: '9223372036854775808'"),
    "unsigned": (b"1 2\n18446744073709551615 4\n", "row 2: '18446744073709551615'"),
    "huge": (b"1 2\n" + b"9" * 400 + b" 4\n", r"row 2: '9999.*\.\.\.' is no node label"),
    "underscore": (b"1 2\n1_000 4\n", "row 2: '1_000'"),
    "thousands": (b"1 2\n1,000 4\n", "row 2: '1,000'"),
    "thousands in CSV": (b"u,v\n1,000,2\n", "row 2: 3 values separated by commas"),
    "quoted thousands": (b'u,v\n"1,000",2\n', "row 2: 3 values"),
    "quoted": (b'u,v\n"1","2"\n', "row 2: '\"1\"'"),
    "ragged long": (b"1 2\n3 4 5\n7 8\n", "row 3: 2 values separated by blanks in '7 8'; 3 are needed"),
    "ragged short": (b"1 2\n3 4\n5\n", "row 3: 1 values"),
    "cut inside a row": (b"11,12\n13,14\n15,", "row 3: an empty value"),
    "one column": (b"1\n2\n", "row 1: 1 values"),
    "four columns": (b"1 2 3 4\n", "row 1: 4 values"),
    "missing in CSV": (b"1,2\n3,\n", "row 2: an empty value"),
    "missing first": (b"1,2\n,3\n", "row 2: an empty value"),
    "missing between tabs": (b"1\t2\t3\n4\t\t6\n", "row 2: an empty value"),
    "missing at a tab": (b"1\t2\n\t3\n", "row 2: an empty value"),
    "tab at the end": (b"1\t2\n3\t4\t\n", "row 2: an empty value"),
    "NA": (b"1 2\nNA 3\n", "row 2: 'NA'"),
    "NA above": (b"NA,3\n1,2\n", "row 1: 'NA'"),
    "NaN": (b"1 2\n3 nan\n", "row 2: 'nan'"),
    "null": (b"null null\n1 2\n", "row 1: 'null'"),
    "text labels": (b"ann bob\nbob eve\n", "row 2: 'bob' is no node label"),
    "two headers": (b"u,v\nu,v\n1,2\n", "row 2: 'u'"),
    "header inside": (b"1,2\nu,v\n", "row 2: 'u'"),
    "markup": (b"1 2\n<script> 3\n", "row 2: '<script>'"),
    "formula": (b"1,2\n=1+1,3\n", r"row 2: '=1\+1'"),
    "semicolons": (b"1;2\n3;4\n", "row 1: '1;2' has semicolons; separate values by commas"),
    "semicolon header": (b"u;v\n3;4\n", "row 1: 'u;v' has semicolons"),
    "semicolons later": (b"1 2\n3;4\n", "row 2: '3;4' has semicolons"),
    "other separator later": (b"1 2\n3,4\n", "row 2: 1 values separated by blanks"),
    "pipes": (b"1|2\n", "row 1: 1 values"),
    "comment inside": (b"1 2\n# three\n3 4\n", "row 2: '# three' is a comment"),
    "percent comments": (b"% sym\n1 2\n", "row 1: '% sym' is a comment"),
    "trailing comment": (b"1 2\n3 4 # new\n", "row 2: 4 values"),
    "latin 1 header": ("käufer,nachbar\n1,2\n".encode("latin-1"), "row 1: byte 0xe4 .*is not UTF-8"),
    "latin 1 comment": (b"# caf\xe9\n1 2\n", "row 1: byte 0xe9"),
    "latin 1 row": (b"1 2\n3\xa04\n", "row 2: byte 0xa0"),
    "no-break space": ("1 2\n3\u00a04\n".encode(), "row 2: 1 values"),
    "arabic digits": ("1 2\n\u0663 4\n".encode(), "row 2: '\u0663'"),
    "vertical tab": (b"1 2\n3\x0b4\n", "row 2:"),
    "form feed": (b"1 2\n3 4\x0c\n", "row 2:"),
    "unit separator": (b"1 2\n3 \x1c 4\n", "row 2:"),
    "bom inside": (b"1 2\n\xef\xbb\xbf3 4\n", "row 2:"),
    "UTF-16": ("1 2\n3 4\n".encode("utf-16"), "this is UTF-16 text; save it as UTF-8"),
    "UTF-16 without mark": ("1 2\n3 4\n".encode("utf-16-le"), "NUL bytes, so this is a binary file or UTF-16"),
    "UTF-32": ("1 2\n3 4\n".encode("utf-32"), "this is UTF-32 text"),
    "NUL": (b"1 2\n3\x004\n", "NUL bytes"),
    "zip": (b"PK\x03\x04abcdef", "this is a zip archive"),
    "parquet": (b"PAR1abcdef", "this is a Parquet file"),
    "weight zero": (b"1 2 1\n3 4 0\n", "row 2: '0' is no weight; a finite number greater than 0"),
    "weight negative": (b"1 2 1\n3 4 -1\n", "row 2: '-1' is no weight"),
    "weight infinite": (b"1 2 1\n3 4 inf\n", "row 2: 'inf' is no weight"),
    "weight too large": (b"1 2 1\n3 4 1e39\n", "row 2: '1e39' is no weight"),
    "weight too small": (b"1 2 1\n3 4 1e-50\n", "row 2: '1e-50' is no weight"),
    "weight NaN": (b"1 2 1\n3 4 nan\n", "row 2: 'nan' is no weight"),
    "weight word": (b"1,2,1\n3,4,close\n", "row 2: 'close' is no weight"),
    "weight empty": (b"1,2,1\n3,4,\n", "row 2: an empty value is no weight"),
    "weight malformed": (b"1 2 1\n3 4 1e\n5 6 7\n", "row 2: '1e' is no weight"),
    "declared too many": (b"9 4\n0 1\n2 3\n", "row 1: '9 4' declares 9 nodes and 4 rows, but 2 rows follow.*truncated"),
    "declared, weights": (b"9 4\n0 1 1\n2 3 1\n", "row 1: '9 4' is neither a tie with a weight nor a declaration"),
    "declared alone": (b"9 4\n", "row 1: '9 4' declares 9 nodes and 4 rows, but 0 rows follow"),
    "too many nodes": (b"9000000000 1\n0 1\n", "row 1: '9000000000 1' declares 9000000000 nodes; at most 100,000,000"),
    "comment promises more": (b"# Nodes: 4 Edges: 3\n1 2\n3 4\n", "promises 3 edges, but 2 rows follow"),
    "long row": (b"1 2\n" + b" " * 5000, "a row of more than 4,096 characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_malformed_files_are_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    path = make(tmp_path, content)
    with pytest.raises(UserError, match=message) as caught:
        read(path)
    text = str(caught.value)
    assert "ties.txt" in text
    assert "\n" not in text
    assert len(text) < 400 + len(str(path))
    if content:
        with pytest.raises(UserError, match=message):
            read(make(tmp_path, gzip.compress(content), "ties.txt.gz"))


def test_damaged_gzip_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = gzip.compress(b"".join(b"%d %d\n" % (i, i + 1) for i in range(5000)))
    for cut in (2, 9, 300, len(whole) - 8, len(whole) - 1):
        with pytest.raises(UserError, match="truncated"):
            read(make(tmp_path, whole[:cut], "cut.gz"))
    flipped = whole[:-6] + bytes([whole[-6] ^ 1]) + whole[-5:]
    with pytest.raises(UserError, match="damaged"):
        read(make(tmp_path, flipped, "flipped.gz"))
    with pytest.raises(UserError, match="damaged"):
        read(make(tmp_path, whole + b"more", "tail.gz"))
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b"0 1\n" * 2**18) for _ in range(20)) + packer.flush()
    with pytest.raises(UserError, match=r"unpacks to more than .* 200 to 1"):
        read(make(tmp_path, bomb, "bomb.gz"))
    monkeypatch.setattr(text_source, "MOST_BYTES", 20_000)
    with pytest.raises(UserError, match="at most 20,000 bytes"):
        read(make(tmp_path, whole, "big.gz"))


def test_files_too_large_for_memory_are_refused_up_front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path, b"123456 654321\n")
    with path.open("r+b") as file:
        file.truncate(10**10)  # sparse: it takes no room
    packed = make(tmp_path, gzip.compress(b"1 2\n" * 2000), "rows.gz")
    monkeypatch.setattr(text_source, "refuse_nul", lambda path, data: None)
    monkeypatch.setattr(text_source, "LONGEST_ROW", 2**40)
    monkeypatch.setattr(text_source, "BLOCK", 14)
    with pytest.raises(UserError, match=r"about 7\d\d,\d{3},\d{3} rows would need 4\d\.\d GB of memory; at most 4 GB"):
        read(path)
    monkeypatch.setattr(edge_list, "MEMORY_LIMIT", 1000 * edge_list.ROW_MEMORY)
    with pytest.raises(UserError, match="rows would need"):
        read(packed)


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "none.txt", "no such file"),
        (tmp_path, "this is a folder"),
        ("/dev/null", "no ordinary file"),
        ("a\0b", "cannot be opened"),
        (tmp_path / ("x" * 300), "cannot be opened"),
    ):
        with pytest.raises(UserError, match=message):
            read(path)
