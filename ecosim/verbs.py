"""The verbs of the command line, each with its help text; known without importing what does them."""

from __future__ import annotations

from typing import NamedTuple


class Verb(NamedTuple):
    """One verb: the group it is listed under, its line in the help, its own help text, and the flags it takes."""

    group: str
    line: str
    text: str
    flags: tuple[str, ...] = ()


WORLD = """Keys of the world:
  scenario=NAME|FILE.yaml   the market to simulate (`ecosim list scenarios`); a file is read strictly as data
  archetypes=[crm1,cmr]     strategies by name; the first is the baseline everybody plays until the treatment
  adopters=focal|half|all   who switches to the other strategies at the treatment
  customers= firms=         sizes of the market
  network=KIND              the social network (`ecosim list networks`); network=edge_list network.path=FILE
  weeks= history= burn_in=  weeks in all, of them before the treatment, and discarded weeks before both
  seed=N                    0 .. 2^63-1; seed=random draws one from the system and records it
  group.key=VALUE           any parameter of the world, such as attention.load=5 (`ecosim parameters`)
Ablations, applied to every archetype but the first:
  strategy/contact=invited  replaces a whole group of levers (groups: contact, insight, offer, innovation,
                            organisation; `ecosim list strategies`)
  levers.contact.control=.7 sets one lever"""

OUTPUT = """Keys of the output:
  format=text|json          json prints one document on standard output and nothing else there
  threads=N                 processors to use; results do not depend on it"""

VERBS = {
    "run": Verb(
        "Simulate",
        "one world, and a table of its firms",
        f"""Usage: ecosim run [key=value ...]

Run one world in which everybody plays the first archetype; archetypes=[a,b] adds a twin world in which the adopters
switch to b after `history` weeks.

{WORLD}
{OUTPUT}
  digest=true               print a digest of the whole state after every quarter
  validate=true             print published patterns of this market beside the ones obtained

Example: ecosim run scenario=baseline_fmcg customers=5000 digest=true""",
    ),
    "compare": Verb(
        "Simulate",
        "strategies over paired seeds: differences, intervals, a verdict, a report",
        f"""Usage: ecosim compare [key=value ...]

Compare strategies in the same worlds: each seed has one common history, from which every strategy is branched.
Differences are paired by seed, with 95 % bootstrap intervals. Everything is kept in one study folder; the same
command again completes it, and does nothing when it is complete.

{WORLD}
  replications=N            number of paired seeds: seed, seed+1, ...
  precision=P               add seeds until the decisive intervals reach no further than a share P of the baseline
{OUTPUT}
  results=FOLDER            where study folders go (default: results)
  study=NAME                the study folder's name (default: made from the scenario and the configuration)
  executor=serial|local|dask|ray|slurm workers=N   what does the runs (`ecosim sweep --help`); --fail-fast
  record=quarterly|weekly|none  how much to keep of each run

Example: ecosim compare scenario=disney_cmr archetypes=[crm1,cmr] customers=50000 replications=30 seed=7""",
        ("--fail-fast",),
    ),
    "sweep": Verb(
        "Simulate",
        "many points of parameter space, on any engine, resumable",
        f"""Usage: ecosim sweep 'vary={{key: [low, high], ...}}' [key=value ...] [--dry-run] [--yes] [--fail-fast]

Visit the points of a design; at each, compare the archetypes in `replications` paired worlds. What is finished is never
lost: the same command, or `ecosim resume DIR`, does what is missing. A large sweep asks before it starts (--yes).

  'vary={{attention.load: [1, 50], network.mean_degree: [2, 80, log], strategy/contact: [pushed, invited]}}'
                            a range, a range in logarithms, or a list of values; of any parameter, lever or group
  design=grid|lhs|sobol|morris|FILE.csv   every combination, Latin hypercube, Sobol or Morris design, or your own rows
  n=N                       levels of a range (grid), points (lhs), base points (sobol), trajectories (morris)
  levels=4 second=false dummy=true   of the design: Morris levels, second-order rows, a factor that changes nothing
  common=true               the same seeds at every point, not only for every strategy
  executor=serial|local|dask|ray|slurm   what does the runs; workers=N, address=HOST:PORT, 'options={{key: value}}'
  timeout=3600 batch=0      seconds a run may take; runs stored in one file (0: chosen by their length)
  progress=auto|bar|lines|json|none

{WORLD}
  replications=N            paired seeds at each point
{OUTPUT}
  results=FOLDER study=NAME where results go; record=quarterly keeps more than outcomes

Example: ecosim sweep design=sobol n=64 'vary={{attention.load: [1, 50], network.mean_degree: [2, 80]}}'
         archetypes=[crm1,cmr] replications=4 customers=1000""",
        ("--yes", "--dry-run", "--fail-fast"),
    ),
    "boundary": Verb(
        "Simulate",
        "where a difference between two strategies changes sign",
        f"""Usage: ecosim boundary 'vary={{key: [low, high], ...}}' [key=value ...] [--dry-run] [--yes] [--fail-fast]

Find where the second strategy stops doing better than the first, over one to three parameters: points are simulated
where the sign is most in doubt, until the area of doubt is small or the points are spent. Says so when there is no
change of sign. The same command goes on where it was cut off; with more points= it goes on further.

  'vary={{attention.load: [1, 50, log], network.mean_degree: [2, 80]}}'   ranges, in logarithms if so wished
  outcome=adopters.profit_plus_equity   WHO.OUTCOME, WHO one of adopters, rivals, market
  points=60 round=6         most points, and how many at a time
  doubt=0.05                area of doubt at which to stop, a share of the ranges
  executor= workers= timeout= batch= progress=   as of `ecosim sweep`

{WORLD}
  replications=N            paired seeds at each point, at least 2
{OUTPUT}
  results=FOLDER study=NAME where results go: the answer, points, map and figure

Example: ecosim boundary 'vary={{attention.load: [1, 50, log], network.mean_degree: [2, 80]}}'
         archetypes=[crm1,cmr] points=60 replications=4 customers=1000""",
        ("--yes", "--dry-run", "--fail-fast"),
    ),
    "calibrate": Verb(
        "Simulate",
        "fit parameters to targets, and say which the targets cannot tell",
        f"""Usage: ecosim calibrate 'vary={{key: [low, high], ...}}' targets=FILE|patterns [key=value ...]
                        [--dry-run] [--yes] [--fail-fast]

Find the parameters at which statistics of the market come nearest to targets, with standard errors, and name the
parameters that the targets cannot tell or cannot tell apart. The same command goes on where it was cut off.

  'vary={{attention.load: [1, 50, log], trust.margin: [0, 0.5]}}'   ranges, in logarithms if so wished
  targets=FILE.csv          columns statistic,value,tolerance; a statistic is WHO.OUTCOME; or YAML records
  targets=patterns          the published panel of scenario=baseline_fmcg
  points=200 round=6        points in all, and how many at a time
  executor= workers= timeout= batch= progress=   as of `ecosim sweep`

{WORLD}
  replications=N            seeds at each point, at least 2
{OUTPUT}
  results=FOLDER study=NAME where results go: the fit, points and figures

Needs Optuna: pip install 'ecosim[calibrate]'
Example: ecosim calibrate 'vary={{attention.load: [5, 50, log]}}' targets=patterns points=60 replications=4""",
        ("--yes", "--dry-run", "--fail-fast"),
    ),
    "resume": Verb(
        "Simulate",
        "go on with a sweep that was interrupted",
        """Usage: ecosim resume DIR [executor=... workers=N timeout=S progress=...] [--yes] [--fail-fast]

Do the missing worlds of the sweep in folder DIR, with the command that it records.

Example: ecosim resume results/baseline_fmcg-sobol-0123456789""",
        ("--yes", "--dry-run", "--fail-fast"),
    ),
    "results": Verb(
        "Understand",
        "look at a finished study: tables, or SQL",
        """Usage: ecosim results DIR [table=NAME] [sql='SELECT ...'] [format=text|json|csv]

Print a study's outcomes, averaged over seeds, or the answer to an SQL query over the tables outcomes, design and (for
a sweep) points. From Python:  ecosim.results(DIR).pandas()   ecosim.results(DIR).sql("SELECT ...")

Example: ecosim results results/my-sweep sql='SELECT strategy, avg("adopters.profit") FROM outcomes GROUP BY 1'""",
    ),
    "report": Verb(
        "Understand",
        "the page and figures of a study, drawn again from what is stored",
        """Usage: ecosim report DIR [outcome=WHO.NAME] [strategy=NAME] [baseline=NAME] [relative=true|false]
                         [method=sobol|morris|pawn]

Draw a study's report.html and figures again from its stored results; nothing is run. The page of a sweep looks at one
quantity: an outcome of a strategy less that of the baseline (baseline= alone: the outcome itself), in per cent if
relative. method=pawn takes whatever points are finished; sobol and morris need their whole design.

Example: ecosim report results/my-sweep outcome=market.customer_surplus method=pawn""",
    ),
    "reproduce": Verb(
        "Simulate",
        "published experiments, published and obtained numbers side by side",
        """Usage: ecosim reproduce [NAME|all] [quick=true] [seed=N] [format=text|json] [results=FOLDER]

Without a name: list the published experiments. With one: run it, lay what is obtained beside what was published, each
with its evidence and tolerance, and write tables, figure and verdict to results/published/NAME/. quick=true runs a
smaller version and writes nothing. The exit code is 1 if something is not reproduced.

Example: ecosim reproduce watts_2002""",
    ),
    "influence": Verb(
        "Understand",
        "whom to seed on a network of yours, and what that gains over simpler choices",
        """Usage: ecosim influence FILE [key=value ...]

Choose the seeds from whom a message spreads furthest on the network in FILE (rows of two node labels; a tie that is
there twice counts twice), and lay their spread beside that of simpler choices: most ties, nearest to all, anybody.

  model=ic|wc|lt            independent cascade (each tie passes with chance p), weighted cascade (with 1/degree of
                            who receives), linear threshold (who has enough active neighbours joins)
  p=.01                     chance that influence passes a tie (model=ic)
  k=30                      number of seeds
  method=all|greedy|celf|degree|central|random   greedy: by reverse-reachable sets; celf: by simulation, for small
                            networks; all: every one of them that the size of the network allows
  sets=200000               reverse-reachable sets to choose by; as many fresh ones judge
  seed=1                    of all draws: the same seed, the same numbers
  format=text|json          json prints one document on standard output and nothing else there
  results=FOLDER            where the folder with tables and figure goes (default: results)

Example: ecosim influence friends.csv model=lt k=20""",
    ),
    "fit": Verb(
        "Understand",
        "your customers from their transactions: models, value, and a market of them",
        """Usage: ecosim fit FILE.csv [customer=COLUMN] [date=COLUMN] [amount=COLUMN] [until=DATE] [key=value ...]

Fit BG/NBD, Pareto/NBD and gamma-gamma models to transactions; print parameters with standard errors, what was observed
beside what is expected, and what the customers are worth; write tables, a figure and market.yaml, a scenario of these
customers for `ecosim compare`. Columns are separated by commas, semicolons or tabs; the file may be gzipped.

  customer= date= amount=   names of the columns (default: customer, date, and amount if it is there); a date is
                            2024-01-31 or 20240131, or the number of a week or day
  until=DATE                end of calibration; later purchases are held out and compared with what is expected
  unit=week|day             unit of time of parameters and horizon
  model=bg_nbd|pareto_nbd   the model of purchases behind expectations, value and market.yaml
  horizon=52 discount=0.1 margin=1   time ahead, yearly discount rate, part of an amount that is margin
  format=text|json  results=FOLDER  study=NAME

Example: ecosim fit transactions.csv until=2024-09-30""",
    ),
    "bench": Verb(
        "Simulate",
        "measure speed and memory on this machine",
        f"""Usage: ecosim bench [key=value ...]

Measure customer-weeks per second and memory on this machine, as ratios within one run, at 10,000, 100,000 and a million
customers and at customers= if that is more; plain Mesa and its batch runner beside it where the checkout's tests are.
Table, figure, JSON and manifest go to `bench` in the results folder.

{WORLD}
{OUTPUT}

Example: ecosim bench customers=10000000""",
    ),
    "plan": Verb(
        "Understand",
        "the week's schedule, and how much a command would run",
        f"""Usage: ecosim plan [key=value ...]

Print the week's schedule (order, phase, mechanism, reads, writes, source) and the number of runs and weeks that
`ecosim compare` with the same keys would simulate. Nothing is run or written.

{WORLD}
{OUTPUT}

Example: ecosim plan scenario=disney_cmr replications=30""",
    ),
    "parameters": Verb(
        "Understand",
        "every parameter: key, default, unit, range, source, meaning",
        """Usage: ecosim parameters [GROUP] [format=text|json]

Print every parameter, lever and run key with default, unit, allowed range, range worth sweeping, source and meaning.
GROUP limits the list to one group: attention, trust, ..., levers, keys.

Example: ecosim parameters attention""",
    ),
    "list": Verb(
        "Understand",
        "scenarios, archetypes, networks, mechanisms, levers",
        """Usage: ecosim list [scenarios|archetypes|strategies|networks|mechanisms|levers] [format=text|json]

Print what can be named on the command line, with a line on each.

Example: ecosim list scenarios""",
    ),
    "cite": Verb(
        "Understand",
        "BibTeX of the mechanisms a run uses",
        """Usage: ecosim cite [key=value ...]

Print BibTeX entries of the literature behind the mechanisms and the network that a run with the same keys uses.

Example: ecosim cite network=barabasi_albert > ecosim.bib""",
    ),
}
