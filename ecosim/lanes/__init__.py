"""Eight numbers abreast: rules on plain numbers that work on whole vector registers as well.

`Lanes` hold eight floats, integers, words (unsigned) or truths. They add, multiply, compare and shift like numbers, and
a number meeting them is spread over all lanes, so a rule without branches, such as `ecosim.draws.log`, takes either.
Each lane is computed as a lone number would be: strict IEEE arithmetic, no other order of anything, hence the same
bits. Where nothing is compiled, lanes are numpy arrays of eight, which do the same.

A row of a table is taken `WIDTH` entries at a time, so tables that are read this way are padded to whole lots.
"""

from ecosim.lanes.functions import bits_of, floor, from_bits, integer, number, root, where, word
from ecosim.lanes.kinds import WIDTH, Lanes
from ecosim.lanes.marks import lane, largest, lowest, marked, numbers
from ecosim.lanes.rows import load, store, take

__all__ = [
    "WIDTH",
    "Lanes",
    "bits_of",
    "floor",
    "from_bits",
    "integer",
    "lane",
    "largest",
    "load",
    "lowest",
    "marked",
    "number",
    "numbers",
    "root",
    "store",
    "take",
    "where",
    "word",
]
