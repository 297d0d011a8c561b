"""The literature behind the model, as BibTeX by key; mechanisms, metrics and networks name the keys."""

from __future__ import annotations

from collections.abc import Iterable


def _entry(kind: str, key: str, **fields: str) -> tuple[str, str]:
    body = ",\n".join(f"  {name:<9} = {{{value}}}" for name, value in fields.items())
    return key, f"@{kind}{{{key},\n{body}\n}}"


BIBTEX: dict[str, str] = dict(
    (
        _entry(
            "article", "aghion1994", author="Aghion, Philippe and Tirole, Jean", title="The Management of Innovation",
            journal="The Quarterly Journal of Economics", year="1994", volume="109", number="4", pages="1185--1209",
            doi="10.2307/2118360",
        ),
        _entry(
            "article", "almirall2010", author="Almirall, Esteve and Casadesus-Masanell, Ramon",
            title="Open versus Closed Innovation: A Model of Discovery and Divergence",
            journal="Academy of Management Review", year="2010", volume="35", number="1", pages="27--47",
            doi="10.5465/amr.35.1.zok27",
        ),
        _entry(
            "book", "anderson1992", author="Anderson, Simon P. and de Palma, André and Thisse, Jacques-François",
            title="Discrete Choice Theory of Product Differentiation", publisher="MIT Press", address="Cambridge, MA",
            year="1992",
        ),
        _entry(
            "article", "armstrong2006", author="Armstrong, Mark", title="Competition in Two-Sided Markets",
            journal="RAND Journal of Economics", year="2006", volume="37", number="3", pages="668--691",
            doi="10.1111/j.1756-2171.2006.tb00037.x",
        ),
        _entry(
            "book", "baldwin2000", author="Baldwin, Carliss Y. and Clark, Kim B.",
            title="Design Rules, Volume 1: The Power of Modularity", publisher="MIT Press", year="2000",
        ),
        _entry(
            "article", "barabasi1999", author="Barabási, Albert-László and Albert, Réka",
            title="Emergence of Scaling in Random Networks", journal="Science", year="1999", volume="286",
            number="5439", pages="509--512", doi="10.1126/science.286.5439.509",
        ),
        _entry(
            "article", "bass1969", author="Bass, Frank M.", title="A New Product Growth for Model Consumer Durables",
            journal="Management Science", year="1969", volume="15", number="5", pages="215--227",
            doi="10.1287/mnsc.15.5.215",
        ),
        _entry(
            "article", "batagelj2005", author="Batagelj, Vladimir and Brandes, Ulrik",
            title="Efficient Generation of Large Random Networks", journal="Physical Review E", year="2005",
            volume="71", number="3", pages="036113", doi="10.1103/PhysRevE.71.036113",
        ),
        _entry(
            "article", "brown2006", author="Brown, John Seely and Hagel, John",
            title="Creation Nets: Getting the Most from Open Innovation", journal="The McKinsey Quarterly", year="2006",
            number="2", pages="40--51",
        ),
        _entry(
            "article", "campbell2010", author="Campbell, Dennis and Frei, Frances",
            title="Cost Structure, Customer Profitability, and Retention Implications of Self-Service Distribution "
            "Channels: Evidence from Customer Behavior in an Online Banking Channel",
            journal="Management Science", year="2010", volume="56", number="1", pages="4--24",
            doi="10.1287/mnsc.1080.0996",
        ),
        _entry(
            "article", "condon2001", author="Condon, Anne and Karp, Richard M.",
            title="Algorithms for Graph Partitioning on the Planted Partition Model",
            journal="Random Structures \\& Algorithms", year="2001", volume="18", number="2", pages="116--140",
        ),
        _entry(
            "book", "cyert1963",
            author="Cyert, Richard M. and March, James G.", title="A Behavioral Theory of the Firm",
            publisher="Prentice-Hall", address="Englewood Cliffs, NJ", year="1963",
        ),
        _entry(
            "article", "east2007", author="East, Robert and Hammond, Kathy and Wright, Malcolm",
            title="The Relative Incidence of Positive and Negative Word of Mouth: A Multi-Category Study",
            journal="International Journal of Research in Marketing", year="2007", volume="24", number="2",
            pages="175--184", doi="10.1016/j.ijresmar.2006.12.004",
        ),
        _entry(
            "article", "erdos1959", author="Erdős, Paul and Rényi, Alfréd", title="On Random Graphs {I}",
            journal="Publicationes Mathematicae Debrecen", year="1959", volume="6", pages="290--297",
        ),
        _entry(
            "article", "feng2015",
            author="Feng, Ling and Hu, Yanqing and Li, Baowen and Stanley, H. Eugene and Havlin, Shlomo and "
            "Braunstein, Lidia A.",
            title="Competing for Attention in Social Media under Information Overload Conditions",
            journal="PLoS ONE", year="2015", volume="10", number="7", pages="e0126090",
            doi="10.1371/journal.pone.0126090",
        ),
        _entry(
            "article", "franke2013", author="Franke, Nikolaus and Keinz, Peter and Klausberger, Katharina",
            title="``Does This Sound Like a Fair Deal?'': Antecedents and Consequences of Fairness Expectations in the "
            "Individual's Decision to Participate in Firm Innovation", journal="Organization Science", year="2013",
            volume="24", number="5", pages="1495--1516", doi="10.1287/orsc.1120.0794",
        ),
        _entry(
            "book", "frei2012",
            author="Frei, Frances and Morriss, Anne",
            title="Uncommon Service: How to Win by Putting Customers at the Core of Your Business",
            publisher="Harvard Business Review Press", year="2012",
        ),
        _entry(
            "article", "fuller2010", author="Füller, Johann",
            title="Refining Virtual Co-Creation from a Consumer Perspective", journal="California Management Review",
            year="2010", volume="52", number="2", pages="98--122", doi="10.1525/cmr.2010.52.2.98",
        ),
        _entry(
            "article", "gilbert1959", author="Gilbert, E. N.", title="Random Graphs",
            journal="The Annals of Mathematical Statistics", year="1959", volume="30", number="4",
            pages="1141--1144", doi="10.1214/aoms/1177706098",
        ),
        _entry(
            "article", "godfrey2011", author="Godfrey, Andrea and Seiders, Kathleen and Voss, Glenn B.",
            title="Enough Is Enough! The Fine Line in Executing Multichannel Relational Communication",
            journal="Journal of Marketing", year="2011", volume="75", number="4", pages="94--109",
            doi="10.1509/jmkg.75.4.94",
        ),
        _entry(
            "article", "goodhardt1984", author="Goodhardt, G. J. and Ehrenberg, A. S. C. and Chatfield, C.",
            title="The {Dirichlet}: A Comprehensive Model of Buying Behaviour",
            journal="Journal of the Royal Statistical Society. Series A (General)", year="1984", volume="147",
            number="5", pages="621--655", doi="10.2307/2981696",
        ),
        _entry(
            "article", "granovetter1978",
            author="Granovetter, Mark", title="Threshold Models of Collective Behavior",
            journal="American Journal of Sociology", year="1978", volume="83", number="6", pages="1420--1443",
            doi="10.1086/226707",
        ),
        _entry(
            "book", "greve2003",
            author="Greve, Henrich R.", title="Organizational Learning from Performance Feedback",
            publisher="Cambridge University Press", year="2003",
        ),
        _entry(
            "article", "grossman1986", author="Grossman, Sanford J. and Hart, Oliver D.",
            title="The Costs and Benefits of Ownership: A Theory of Vertical and Lateral Integration",
            journal="Journal of Political Economy", year="1986", volume="94", number="4", pages="691--719",
            doi="10.1086/261404",
        ),
        _entry(
            "article", "gupta2004", author="Gupta, Sunil and Lehmann, Donald R. and Stuart, Jennifer Ames",
            title="Valuing Customers", journal="Journal of Marketing Research", year="2004", volume="41", number="1",
            pages="7--18", doi="10.1509/jmkr.41.1.7.25084",
        ),
        _entry(
            "article", "hauser1990", author="Hauser, John R. and Wernerfelt, Birger",
            title="An Evaluation Cost Model of Consideration Sets", journal="Journal of Consumer Research",
            year="1990", volume="16", number="4", pages="393--408", doi="10.1086/209225",
        ),
        _entry(
            "article", "hendricks2007",
            author="Hendricks, Kevin B. and Singhal, Vinod R. and Stratman, Jeff K.",
            title="The Impact of Enterprise Systems on Corporate Performance: A Study of {ERP}, "
            "{SCM}, and {CRM} System Implementations", journal="Journal of Operations Management", year="2007",
            volume="25", number="1", pages="65--82", doi="10.1016/j.jom.2006.02.002",
        ),
        _entry(
            "article", "hinz2011",
            author="Hinz, Oliver and Skiera, Bernd and Barrot, Christian and Becker, Jan U.",
            title="Seeding Strategies for Viral Marketing: An Empirical Comparison", journal="Journal of Marketing",
            year="2011", volume="75", number="6", pages="55--71", doi="10.1509/jm.10.0088",
        ),
        _entry(
            "article", "hippel1986", author="von Hippel, Eric", title="Lead Users: A Source of Novel Product Concepts",
            journal="Management Science", year="1986", volume="32", number="7", pages="791--805",
            doi="10.1287/mnsc.32.7.791",
        ),
        _entry(
            "article", "holland1983",
            author="Holland, Paul W. and Laskey, Kathryn Blackmond and Leinhardt, Samuel",
            title="Stochastic Blockmodels: First Steps", journal="Social Networks", year="1983", volume="5",
            number="2", pages="109--137", doi="10.1016/0378-8733(83)90021-7",
        ),
        _entry(
            "article", "holmstrom1991",
            author="Holmstrom, Bengt and Milgrom, Paul",
            title="Multitask Principal-Agent Analyses: Incentive Contracts, Asset Ownership, and Job Design",
            journal="Journal of Law, Economics, and Organization", year="1991", volume="7", pages="24--52",
            doi="10.1093/jleo/7.special_issue.24",
        ),
        _entry(
            "article", "horn1988", author="Horn, Henrick and Wolinsky, Asher",
            title="Bilateral Monopolies and Incentives for Merger", journal="RAND Journal of Economics", year="1988",
            volume="19", number="3", pages="408--419", doi="10.2307/2555664",
        ),
        _entry(
            "inproceedings", "josang2002", author="Jøsang, Audun and Ismail, Roslan",
            title="The Beta Reputation System",
            booktitle="Proceedings of the 15th Bled Electronic Commerce Conference", year="2002",
        ),
        _entry(
            "article", "kalman1960", author="Kalman, R. E.",
            title="A New Approach to Linear Filtering and Prediction Problems",
            journal="Journal of Basic Engineering", year="1960", volume="82", number="1", pages="35--45",
            doi="10.1115/1.3662552",
        ),
        _entry(
            "article", "kauffman1987", author="Kauffman, Stuart and Levin, Simon",
            title="Towards a General Theory of Adaptive Walks on Rugged Landscapes",
            journal="Journal of Theoretical Biology", year="1987", volume="128", number="1", pages="11--45",
            doi="10.1016/S0022-5193(87)80029-2",
        ),
        _entry(
            "article", "kotter1995",
            author="Kotter, John P.", title="Leading Change: Why Transformation Efforts Fail",
            journal="Harvard Business Review", year="1995", volume="73", number="2", pages="59--67",
        ),
        _entry(
            "article", "levinthal1981",
            author="Levinthal, Daniel and March, James G.", title="A Model of Adaptive Organizational Search",
            journal="Journal of Economic Behavior \\& Organization", year="1981", volume="2", number="4",
            pages="307--333", doi="10.1016/0167-2681(81)90012-3",
        ),
        _entry(
            "article", "levinthal1997", author="Levinthal, Daniel A.", title="Adaptation on Rugged Landscapes",
            journal="Management Science", year="1997", volume="43", number="7", pages="934--950",
            doi="10.1287/mnsc.43.7.934",
        ),
        _entry(
            "book", "markides2004",
            author="Markides, Constantinos C. and Geroski, Paul A.",
            title="Fast Second: How Smart Companies Bypass Radical Innovation to Enter and Dominate New Markets",
            publisher="Jossey-Bass", year="2004",
        ),
        _entry(
            "incollection", "mcfadden1974", author="McFadden, Daniel",
            title="Conditional Logit Analysis of Qualitative Choice Behavior", booktitle="Frontiers in Econometrics",
            editor="Zarembka, Paul", publisher="Academic Press", address="New York", year="1974", pages="105--142",
        ),
        _entry(
            "article", "molloy1995", author="Molloy, Michael and Reed, Bruce",
            title="A Critical Point for Random Graphs with a Given Degree Sequence",
            journal="Random Structures \\& Algorithms", year="1995", volume="6", number="2--3", pages="161--180",
            doi="10.1002/rsa.3240060204",
        ),
        _entry(
            "article", "moorthy1997", author="Moorthy, Sridhar and Ratchford, Brian T. and Talukdar, Debabrata",
            title="Consumer Information Search Revisited: Theory and Empirical Analysis",
            journal="Journal of Consumer Research", year="1997", volume="23", number="4", pages="263--277",
            doi="10.1086/209482",
        ),
        _entry(
            "article", "muniz2001", author="Muniz, Jr., Albert M. and O'Guinn, Thomas C.", title="Brand Community",
            journal="Journal of Consumer Research", year="2001", volume="27", number="4", pages="412--432",
            doi="10.1086/319618",
        ),
        _entry(
            "article", "nash1950", author="Nash, John F.", title="The Bargaining Problem",
            journal="Econometrica", year="1950", volume="18", number="2", pages="155--162", doi="10.2307/1907266",
        ),
        _entry(
            "article", "oliver1980", author="Oliver, Richard L.",
            title="A Cognitive Model of the Antecedents and Consequences of Satisfaction Decisions",
            journal="Journal of Marketing Research", year="1980", volume="17", number="4", pages="460--469",
            doi="10.1177/002224378001700405",
        ),
        _entry(
            "book", "peppers2005", author="Peppers, Don and Rogers, Martha",
            title="Return on Customer: Creating Maximum Value from Your Scarcest Resource",
            publisher="Currency/Doubleday", address="New York", year="2005",
        ),
        _entry(
            "article", "pratt1964", author="Pratt, John W.", title="Risk Aversion in the Small and in the Large",
            journal="Econometrica", year="1964", volume="32", number="1/2", pages="122--136", doi="10.2307/1913738",
        ),
        _entry(
            "article", "rivkin2000", author="Rivkin, Jan W.", title="Imitation of Complex Strategies",
            journal="Management Science", year="2000", volume="46", number="6", pages="824--844",
            doi="10.1287/mnsc.46.6.824.11940",
        ),
        _entry(
            "article", "rochet2003",
            author="Rochet, Jean-Charles and Tirole, Jean", title="Platform Competition in Two-Sided Markets",
            journal="Journal of the European Economic Association", year="2003", volume="1", number="4",
            pages="990--1029", doi="10.1162/154247603322493212",
        ),
        _entry(
            "book", "searls2012", author="Searls, Doc", title="The Intention Economy: When Customers Take Charge",
            publisher="Harvard Business Review Press", address="Boston", year="2012",
        ),
        _entry(
            "incollection", "shapley1953", author="Shapley, Lloyd S.", title="A Value for $n$-Person Games",
            booktitle="Contributions to the Theory of Games {II}", publisher="Princeton University Press", year="1953",
            pages="307--317", doi="10.1515/9781400881970-018",
        ),
        _entry(
            "article", "smith1999", author="Smith, Amy K. and Bolton, Ruth N. and Wagner, Janet",
            title="A Model of Customer Satisfaction with Service Encounters Involving Failure and Recovery",
            journal="Journal of Marketing Research", year="1999", volume="36", number="3", pages="356--372",
            doi="10.1177/002224379903600305",
        ),
        _entry(
            "inproceedings", "steele2014", author="Steele, Jr., Guy L. and Lea, Doug and Flood, Christine H.",
            title="Fast Splittable Pseudorandom Number Generators",
            booktitle="Proceedings of the 2014 ACM International Conference on Object Oriented Programming Systems "
            "Languages and Applications", year="2014", pages="453--472", doi="10.1145/2660193.2660195",
        ),
        _entry(
            "article", "sultan1990",
            author="Sultan, Fareena and Farley, John U. and Lehmann, Donald R.",
            title="A Meta-Analysis of Applications of Diffusion Models", journal="Journal of Marketing Research",
            year="1990", volume="27", number="1", pages="70--77", doi="10.1177/002224379002700107",
        ),
        _entry(
            "book", "train2009", author="Train, Kenneth E.", title="Discrete Choice Methods with Simulation",
            edition="2", publisher="Cambridge University Press", year="2009",
        ),
        _entry(
            "article", "watts1998", author="Watts, Duncan J. and Strogatz, Steven H.",
            title="Collective Dynamics of `Small-World' Networks", journal="Nature", year="1998", volume="393",
            pages="440--442", doi="10.1038/30918",
        ),
        _entry(
            "article", "white2008",
            author="White, Tiffany Barnett and Zahay, Debra L. and Thorbjørnsen, Helge and Shavitt, Sharon",
            title="Getting Too Personal: Reactance to Highly Personalized Email Solicitations",
            journal="Marketing Letters", year="2008", volume="19", number="1", pages="39--50",
            doi="10.1007/s11002-007-9027-9",
        ),
    )
)  # fmt: skip
"""Entries by key, in the order of their keys."""

NETWORKS: dict[str, tuple[str, ...]] = {
    "erdos_renyi": ("gilbert1959", "erdos1959", "batagelj2005"),
    "watts_strogatz": ("watts1998",),
    "barabasi_albert": ("barabasi1999", "batagelj2005"),
    "configuration": ("molloy1995",),
    "stochastic_block": ("holland1983", "condon2001"),
    "complete": ("bass1969",),
    "ring": ("watts1998",),
}
"""The literature of each kind of network."""

ALWAYS = ("hauser1990", "peppers2005", "steele2014")
"""Behind every run: small consideration sets, return on customer, keyed draws."""


def bibtex(keys: Iterable[str]) -> str:
    """Return the entries of the keys, each once, in alphabetical order of their keys."""
    return "\n\n".join(BIBTEX[key] for key in sorted(set(keys)))
