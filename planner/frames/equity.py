"""The data dictionary of the equity audit: who gains, who waits, who meets whom, beside other ways."""

from __future__ import annotations

from planner.frames import PERIOD, Column, Frame

WHEN = Column("when", "text", "–", "`before`, `after`, `nearest` or `even`, as in `indicators`")
SERVICE = Column("service", "text", "–", "service, or `all` for wellbeing")
GROUP = Column("group", "text", "–", "group of residents, or `everyone`")
MEASURE = Column("measure", "text", "–", "what is measured in each place")
UNIT = Column("unit", "text", "–", "those who are counted: people, or the unit of the service")

BESIDE = Frame(
    "beside",
    "The plan beside before, beside people going to the nearest, and beside the same money spread evenly.",
    (
        WHEN,
        PERIOD,
        SERVICE,
        UNIT,
        Column("need", "number", "see unit", "those in need; for `all` residents"),
        Column("reached", "number", "see unit", "those served at any quality; empty for `all`"),
        Column("mean", "number", "1", "mean share served, or mean wellbeing"),
        Column("worst_fifth", "number", "1", "the same among the fifth who have least of it"),
        Column("below", "number", "see unit", "those in places below the floor"),
        Column("capital_cost", "number", "currency", "cost of what is built, its sites and what is changed"),
    ),
    ("when", "period", "service"),
)

GAINS = Frame(
    "gains",
    "How many live where things become better, become worse, or stay, each against before.",
    (
        WHEN,
        PERIOD,
        SERVICE,
        GROUP,
        MEASURE,
        UNIT,
        Column("gain", "number", "see unit", "those in places that gain"),
        Column("lose", "number", "see unit", "those in places that lose"),
        Column("stay", "number", "see unit", "those in places that stay"),
        Column(
            "mean_gain", "number", "of the measure", "mean gain of those who gain; empty when nobody does"
        ),
        Column(
            "mean_loss", "number", "of the measure", "mean loss of those who lose; empty when nobody does"
        ),
    ),
    ("when", "period", "service", "group", "measure"),
)

BELOW = Frame(
    "below",
    "Who has less than the floor, and where.",
    (
        WHEN,
        PERIOD,
        SERVICE,
        MEASURE,
        Column("neighbourhood", "text", "–", "neighbourhood"),
        UNIT,
        Column("people", "number", "see unit", "those concerned"),
        Column("below", "number", "see unit", "those of them in places below the floor"),
    ),
    ("when", "period", "service", "measure", "neighbourhood"),
)

GAPS = Frame(
    "gaps",
    "The gap between a group and all others, before and after, and what closed it.",
    (
        PERIOD,
        SERVICE,
        GROUP,
        MEASURE,
        UNIT,
        Column("group_before", "number", "of the measure", "mean where the group lives, before"),
        Column("group_after", "number", "of the measure", "mean where the group lives, after"),
        Column("others_before", "number", "of the measure", "mean where all others live, before"),
        Column("others_after", "number", "of the measure", "mean where all others live, after"),
        Column("closed", "number", "of the measure", "by how much the gap closed; negative where it opened"),
        Column("by_rise", "number", "of the measure", "part of it because those behind rose"),
        Column("by_fall", "number", "of the measure", "part of it because those ahead fell"),
        Column("losers", "number", "see unit", "those ahead who live in places that lost"),
        Column("levelled_down", "flag", "–", "the gap closed, and those ahead fell"),
    ),
    ("period", "service", "group", "measure"),
)

DISPLACED = Frame(
    "displaced",
    "People served before by a facility that the plan closes.",
    (
        PERIOD,
        SERVICE,
        GROUP,
        Column(
            "displaced", "number", "unit of the service", "need served before at a facility that is closed"
        ),
        Column("served_elsewhere", "number", "unit of the service", "of it, served elsewhere under the plan"),
        Column("left_without", "number", "unit of the service", "of it, not served any more"),
    ),
    ("period", "service", "group"),
)

USERS = Frame(
    "users",
    "Who meets whom: the mix of users of each facility.",
    (
        PERIOD,
        SERVICE,
        Column("provider", "text", "–", "facility"),
        GROUP,
        Column("users", "number", "unit of the service", "its users of the group"),
        Column("share", "number", "1", "share of the group among its users"),
        Column("share_of_users", "number", "1", "share of the group among all users of the service"),
        Column("share_of_need", "number", "1", "share of the group among all who need the service"),
    ),
    ("period", "service", "provider", "group"),
)

SEPARATION = Frame(
    "separation",
    "How far facilities keep the users of a group apart from all other users.",
    (
        WHEN,
        PERIOD,
        SERVICE,
        GROUP,
        Column("users", "number", "unit of the service", "users of the group"),
        Column("share_of_users", "number", "1", "share of the group among all users"),
        Column("dissimilarity", "number", "1", "share that would have to change facility for equal mixes"),
        Column("dissimilarity_of_homes", "number", "1", "the same over the cells where these users live"),
        Column("isolation", "number", "1", "share of the own group among those whom its users meet"),
        Column("kept_apart", "number", "1", "isolation beyond what the size of the group makes"),
    ),
    ("when", "period", "service", "group"),
)

CURVES = Frame(
    "curves",
    "Curves of what people have, from who has least (or ranks lowest) to who has most.",
    (
        WHEN,
        PERIOD,
        SERVICE,
        MEASURE,
        Column("curve", "text", "–", "`lorenz`, `generalised_lorenz`, `concentration` or `parade`"),
        Column("group", "text", "–", "group by whose share places rank, highest first; for `concentration`"),
        Column("people", "number", "1", "share of the people up to here"),
        Column("value", "number", "1 or of the measure", "share held, held per head, or value"),
    ),
    ("when", "period", "service", "measure", "curve", "group", "people"),
)

DOMINANCE = Frame(
    "dominance",
    "Whether one Lorenz curve lies nowhere below another: then every fair index agrees.",
    (
        PERIOD,
        SERVICE,
        MEASURE,
        Column("first", "text", "–", "one of `before`, `after`, `nearest`, `even`"),
        Column("second", "text", "–", "another of them"),
        Column("less_unequal", "text", "–", "the one whose Lorenz curve dominates, `neither`, or empty"),
        Column(
            "better", "text", "–", "the one whose generalised Lorenz curve dominates, `neither`, or empty"
        ),
    ),
    ("period", "service", "measure", "first", "second"),
)

EQUITY_TABLES = (BESIDE, GAINS, BELOW, GAPS, DISPLACED, USERS, SEPARATION, CURVES, DOMINANCE)
