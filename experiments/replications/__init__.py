"""Published experiments, one file each with its numbers beside it; the order in which they are listed."""

EXPERIMENTS = (
    "bass_1969",
    "goldenberg_2001",
    "rahmandad_2008",
    "watts_2002",
    "watts_2007",
    "kempe_2003",
    "libai_2013",
    "centola_2007",
    "salganik_2006",
    "deffuant_2000",
    "anderson_1992",
    "armstrong_2006",
    "arthur_1989",
    "levinthal_1997",
    "lazer_2007",
    "march_1991",
    "fader_2005",
    "gupta_2004",
    "schmitt_2011",
    "abbass_2016",
)
