"""What the control tests are made of: clauses, sources and short articles, all written for this project and all fiction.

In the articles `{p}` and `{q}` stand for people (`{ps}`, `{qs}` their surnames), `{o}` and `{r}` for parties or
organisations, `{c}` for a country; `[[…]]` encloses a quotation that can be taken out whole.
"""

from __future__ import annotations

JUDGEMENTS = (
    "the council must close the bridge before winter",
    "the new budget is a disgrace",
    "the reform will fail within a year",
    "the port authority hid the report on purpose",
    "nobody has shown more courage than the nurses",
    "the ban was a shameful retreat",
    "ministers should resign over the leak",
    "taxes ought to fall for small firms",
    "the strike has ruined the summer",
    "the museum deserves twice its grant",
    "the police handled the march with admirable calm",
    "the plan is a gift to landlords",
    "the treaty was a triumph of patience",
    "the army cannot be trusted with the audit",
    "this government has lost its nerve",
    "the ferry company lied to its crew",
    "voters will punish the party in May",
    "the inquiry was a whitewash from the start",
    "the school board has betrayed a generation of pupils",
    "the law needs to be rewritten before it does more harm",
)
FACTS = (
    "the river rose by two metres in March",
    "the factory employs four hundred people",
    "the vote was held on 12 June",
    "the ministry received nine bids for the contract",
    "the clinic closed in 2019",
    "prices went up by four per cent last year",
)
SOURCES = (
    "Mayor Ana Ortiz",
    "the ministry",
    "Professor Lena Holt",
    "critics",
    "a spokesman for the union",
    "Brandt",
)
FORMS = (  # {X} and {x} the source, {C} and {c} the clause
    "{X} said that {c}.",
    "{X} said {c}.",
    "According to {x}, {c}.",
    "{C}, {x} argued.",
    "{C}, {x} said on Friday.",
    "{X} believes that {c}.",
    "{X} warned on Monday that {c}.",
    "In the view of {x}, {c}.",
    "{X} told the newspaper: “{C}.”",
    "“{C},” {x} said.",
)
AROUND = (
    ("The meeting ended late.", "People went home."),
    ("The plan was published on Tuesday and runs to ninety pages.", "A vote is due next month."),
    ("It is easy to be cynical about all this.", "That is a pity."),
)

PEOPLE = (
    ("Marta Ilves", "Ilves"), ("John Carter", "Carter"), ("Aisha Rahman", "Rahman"), ("Viktor Petrenko", "Petrenko"),
    ("Li Zhou", "Zhou"), ("Donald Trump", "Trump"), ("Hillary Clinton", "Clinton"), ("Siobhan O’Hara", "O’Hara"),
)  # fmt: skip
PARTIES = (
    ("the Democrats", "the Republicans"), ("the Republicans", "the Democrats"), ("Labour", "the Conservatives"),
    ("the Greens", "the Farmers’ League"), ("Hamas", "the Israeli army"), ("the unions", "the employers"),
)  # fmt: skip
COUNTRIES = ("Russia", "Israel", "Canada", "Iran", "Germany", "Nigeria", "China", "Brazil")

ARTICLES = (
    """{p} has had a good week, and {o} know it. The bill that {ps} carried through committee on Tuesday is the first in \
four years to survive a second reading. [["We have shown that this chamber can still work," {ps} said after the \
vote.]] It passed by 61 votes to 44.

{q} sees it differently. {qs} told a local station that the bill was “a blank cheque”, and said {r} would challenge \
it in court. [["Nobody has read the annex," {qs} added. "I have. It is a scandal."]]

The truth is duller than either of them pretends. The annex runs to forty pages and most of it lists roads. But the \
government should publish the costs before the third reading, and it should do so this month.""",
    """The harbour board in {c} met on Thursday to decide what to do with the old ferry. {p}, who has run the yard since \
2009, asked for another year. [["She has thirty thousand miles left in her," {ps} told the board.]] The board’s own \
survey, completed in April, found that the hull would need new plates by 2027.

According to {q}, the yard has not been paid since Christmas. [["My people are working for nothing," said {qs}.]] \
The board did not dispute the figure. Its chairman said the money would be found.

It will not be found. Every year the board promises and every year the ferry sits at the quay, a monument to \
cowardice.""",
    """What does {o} stand for these days? {p} was asked that question three times on Sunday and gave three answers. [["We \
stand for working families," {ps} said.]] Later it was growth. By the evening it was “decency”.

{r} are no better. {q} believes that voters want calm above all, and has built a campaign on saying nothing at some \
length. Analysts at the university say the strategy has worked so far: the latest poll puts the two level at 38 per \
cent.

Calm is not a policy. Somebody ought to tell them both that the hospitals in {c} are closing beds, and that no \
slogan has ever staffed a ward.""",
    """Police in the capital said on Friday that three men had been charged with fraud over the sale of the water company. \
The men, aged between 34 and 61, are accused of inflating the price by some 12 million. They deny it.

[["My client has nothing to hide," said {q}, who represents one of them.]] {p}, the prosecutor, told reporters that \
more arrests would follow. The court will sit again on 9 May.

The company was sold in 2018 after a vote in parliament. {o} opposed the sale at the time; {r} supported it and have \
since said that they regret doing so.""",
    """Dear editor, I read {p} on the new library with growing disbelief. {ps} writes that the reading room is “cold and \
cramped”. I was there on Monday. It was warm, and there were seats.

[["The building is an insult to the town," {ps} goes on.]] No, the insult is a critic who does not open the door. \
The architects spent eleven months asking people what they wanted, and they listened, which is more than can be said \
of {o}.

We should thank them. And the paper should send somebody who reads.""",
    """{c} has put off its decision on the pipeline until the autumn, two people close to the talks said. The delay follows \
a letter from {p}, in which the minister warned that the route crosses an area prone to landslides.

[["We cannot build on mud," {ps} wrote.]] Engineers hired by the consortium found no such risk in a report last \
year. {q}, who leads the consortium, accused the ministry of bad faith. [["They have had that report for ten \
months," {qs} said on Wednesday.]]

Work was to start in June. The consortium, which includes two state banks, has spent 240 million so far.""",
    """For years {o} has treated the valley as a colony. It takes the water, sells the timber and sends back speeches. Last \
week it sent {p}, who walked through the mill in new boots and promised a museum.

[["This valley will not be forgotten," {ps} declared.]] The mill’s workers, 212 of them, were told in March that it \
would shut. Many of them think the museum is a joke at their expense, and {q}, who has mended the looms for thirty \
years, says so to anyone who asks.

They are right. A museum is what you build when you have given up on the living. The minister must find a buyer, or \
admit that nobody is looking.""",
    """Scientists in {c} have found that the glacier above the town is melting twice as fast as they had thought. The \
study, published on Monday, is based on eleven years of measurements.

“It was a shock to all of us,” said {p}, one of the authors. [["We checked the instruments three times."]] The team \
expects the lower tongue to be gone by 2040. {q} of the hydrology institute, who was not involved, called the \
findings solid but warned that the sample was small.

The town’s mayor said that a plan for the water supply would be ready by the summer. There have been three such \
plans since 2005.""",
)
