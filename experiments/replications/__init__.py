"""Published experiments, one file each with its numbers beside it; the order in which they are listed."""

EXPERIMENTS = ("bass_1969", "watts_2002", "fader_2005", "gupta_2004", "schmitt_2011")
