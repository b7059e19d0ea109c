"""The sentences, word for word, for the main cases."""

from __future__ import annotations

import gettext
import math
from dataclasses import replace

import pytest
from invented_plan import city, ended, indicators, plan, scenario, services

from planner.plan import Status, who_vouches
from planner.report import numbers, proof, reading, speech, words
from planner.report.figures import Figures, add_up
from planner.report.vouching import vouched


@pytest.fixture(scope="module")
def figures() -> Figures:
    """Return the sums of the invented plan."""
    return add_up(scenario(), city(), plan(), services())


def plain(text: str) -> str:
    """Return the text with ordinary spaces."""
    return text.replace(numbers.SPACE, " ")


def test_headline(figures: Figures) -> None:
    """Asked, built, served (deficit and demand told apart), gained: word for word."""
    told = words.headline(scenario(), plan(), figures)
    assert plain(told.asked) == (
        "With at most 20 EUR million to build and 9 EUR million a year to run, where should places "
        "for health and education go so that as much need as possible is met?"
    )
    assert plain(told.built) == (
        "The plan builds 2 facilities – 1 for health (2 modules) and 1 for education – for 14 of 20 EUR "
        "million to build and 4.5 of 9 EUR million a year to run."
    )
    assert plain(told.reached) == (
        "Of the need that is not met today it serves, at any quality: health for 80 of 140 people (57 %). "
        "Of all need, served today and under the plan, at any quality: education from 40 (50 %) to 80 (100 %)"
        " of 80 pupils."
    )
    assert plain(told.gains) == (
        "Wellbeing, which is 1 where every need is met, goes from 0.57 to 0.70 on average: +0.17 in the "
        "places where the worst-off fifth of residents live, 0.00 in those of the best-off fifth."
    )
    assert plain(told.sure) == (
        "Proven: at least 99.1 % of what this budget can do under this principle, in this model. "
        "This is on the solver's word."
    )


def test_no_limit_on_money(figures: Figures) -> None:
    """Without a budget the question says so, and costs stand alone."""
    free = scenario(budget={"currency": "EUR million"}, objective={"sufficiency": {"floor": 0.5}})
    assert words.asked(free, figures) == (
        "With no limit on money, where should places for health and education go so that as few people as "
        "possible are left without enough?"
    )
    assert plain(words.costs(free, figures)) == "14 EUR million to build and 4.5 EUR million a year to run"


def priced(status: Status, gap: float) -> Status:
    """Return the status with a gap that prices prove, of a principle or of a cost."""
    level = None if status.before is None else 0.80432
    proof = who_vouches(status.gap, gap)
    return replace(status, priced_bound=290.0, priced_level=level, priced_gap=gap, proof=proof)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            ended("optimal", gap=0.0),
            (
                "Proven: in this model, no plan within this budget does better under this principle. "
                "This is on the solver's word."
            ),
        ),
        (
            priced(ended("within_gap"), 0.00845),
            (
                "Proven: at least 99.1 % of what this budget can do under this principle, in this model. "
                "Anybody can recompute this by arithmetic alone."
            ),
        ),
        (
            priced(ended("within_gap"), 0.0421),
            (
                "Proven: at least 99.1 % of what this budget can do under this principle, in this model. "
                "By arithmetic alone, without the solver's word: at least 95.7 % of it."
            ),
        ),
        (
            priced(ended("within_gap", before=None), 0.0421),
            (
                "Proven: in this model, no plan does better by more than 0.9 % of this plan's cost. "
                "By arithmetic alone, without the solver's word: by no more than 4.3 % of it."
            ),
        ),
        (
            ended("given", gap=None),
            "This plan was made by hand; how much better a plan could do was not asked.",
        ),
        (
            ended("time_limit", gap=0.0321),
            (
                "The search was stopped by its time limit of 300 seconds. "
                "The plan may miss up to 3.3 % of the possible gain. This is on the solver's word."
            ),
        ),
        (
            ended("interrupted", gap=0.05),
            (
                "The search was stopped by hand. The plan may miss up to 5 % of the possible gain. "
                "This is on the solver's word."
            ),
        ),
        (
            ended("within_gap", gap=0.0084, before=None),
            (
                "Proven: in this model, no plan does better by more than 0.9 % of this plan's cost. "
                "This is on the solver's word."
            ),
        ),
        (
            ended("time_limit", gap=0.02, before=None),
            (
                "The search was stopped by its time limit of 300 seconds. "
                "A better plan could cost up to 2 % less. This is on the solver's word."
            ),
        ),
        (
            ended("interrupted", gap=None),
            "The search was stopped by hand. How much better a plan could do is not known.",
        ),
        (
            ended("within_gap", gap=None),
            "The search ended by itself, but no bound tells how good the plan is.",
        ),
        (
            Status("within_gap", 1.0, 1.0, 1.0, 0.7, 0.7004, 0.7, 0.5, 1.0),
            (
                "Proven: in this model, no plan within this budget could gain more than a trace over today. "
                "This is on the solver's word."
            ),
        ),
    ],
)
def test_how_sure(status: Status, sentence: str) -> None:
    """Each ending is told with what is proven and no more."""
    assert plain(words.sure(scenario(), status)) == sentence


def test_no_sentence_says_best_plan(figures: Figures) -> None:
    """No ending makes a sentence call a plan the best or optimal."""
    for ending in ("optimal", "within_gap", "time_limit", "interrupted", "given"):
        told = words.headline(scenario(), plan(status=ended(ending)), figures)
        text = f"{told.asked} {told.built} {told.reached} {told.gains} {told.sure}".lower()
        assert "optimal" not in text
        assert "best plan" not in text


def test_closing_line(figures: Figures) -> None:
    """The command's last line says what, for how much, how sure, and where to read."""
    line = plain(words.closing(scenario(), plan(), figures, "runs/tiny-1234abcd/report.html"))
    assert line.startswith("The plan builds 2 facilities – ")
    assert line.endswith("in this model. This is on the solver's word. Read runs/tiny-1234abcd/report.html")


def test_figures_by_hand(figures: Figures) -> None:
    """Wellbeing by cell, for everyone, for a group and for the worst-off fifth, as worked out by hand."""
    assert figures.cells["before"].round(6).tolist() == [0.333333, 1.0, 0.5]
    assert figures.cells["after"].round(6).tolist() == [0.5, 1.0, 0.7]
    assert math.isclose(figures.everyone.before, 850 / 1500)
    assert math.isclose(figures.everyone.after, 0.7)
    assert math.isclose(figures.gains_by_group[1].after, 285 / 550)
    assert math.isclose(figures.gains_by_fifth[0].change, 1 / 6)
    assert figures.gains_by_fifth[4].change == 0.0
    assert [gain.people for gain in figures.gains_by_fifth] == [300.0] * 5


def test_judged_by_neighbourhoods_cells_share_their_neighbourhoods_wellbeing() -> None:
    """Judged by neighbourhoods, both cells of Alder have Alder's wellbeing, and Alder's is unchanged."""
    told = add_up(scenario(judge_by="neighbourhoods"), city(), plan(), services())
    assert told.cells["after"].round(6).tolist() == [0.7, 0.7, 0.7]
    assert told.neighbourhoods["after"].round(6).tolist()[:2] == [0.7, 0.7]


def test_the_top_neighbourhoods_are_named(figures: Figures) -> None:
    """Neighbourhoods that gain are named from the greatest gain on; those that do not gain are not."""
    assert words.top_places(figures) == "Neighbourhoods with large gains: Birch (+0.20) and Alder (+0.10)."


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (numbers.number(8_516_202.4), "8,516,202"),
        (numbers.number(0.12345), "0.123"),
        (numbers.number(12.345), "12.3"),
        (numbers.number(-3.0), "−3"),
        (numbers.number(-0.001, 2), "0.00"),
        (numbers.number(math.nan), "–"),
        (numbers.number(math.inf), "∞"),
        (numbers.change(0.125, 2), "+0.12"),
        (numbers.change(-0.5), "−0.50"),
        (numbers.change(0.0001), "0.00"),
        (numbers.percent(0.0), "0 %"),
        (numbers.percent(0.0004), "< 0.1 %"),
        (numbers.percent(0.0644), "6.4 %"),
        (numbers.percent(0.9996), "99.9 %"),
        (numbers.percent(1.0), "100 %"),
        (numbers.percent(math.nan), "–"),
        (numbers.at_least(0.9916), "99.1 %"),
        (numbers.at_least(0.99), "99 %"),
        (numbers.at_most(0.0084), "0.9 %"),
        (numbers.at_most(0.01), "1 %"),
        (numbers.money(2998.0, "USD million"), "2,998 USD million"),
    ],
)
def test_numbers(told: str, text: str) -> None:
    """Numbers have thousands marks, proofs round to the careful side, nobody is rounded to everybody."""
    assert plain(told) == text


def test_indicator_sentences() -> None:
    """Indicators of everyone's wellbeing become sentences with the way they move."""
    assert [plain(sentence) for sentence in proof.sentences(indicators())] == [
        (
            "Below the floor of wellbeing, the number of people falls from 1,200 people to 1,000 people. "
            "It does not say how far below: somebody just under the floor counts like somebody with nothing."
        ),
        (
            "Inequality of wellbeing (Gini: 0 when all have the same) falls from 0.200 to 0.100. "
            "It is the same when all have equally little: read it beside the mean."
        ),
        "On average, wellbeing rises from 0.600 to 0.700. A mean can rise while some lose.",
    ]


def test_groups_are_told_as_where_they_live() -> None:
    """A group is never told as if its single people had been measured."""
    assert reading.group_name("Black residents") == "People living where Black residents live"
    assert words.where_live("everyone") == "all residents"


def test_units() -> None:
    """Known units follow the count; others are told as written."""
    assert [words.people("person", 1), words.people("person", 2)] == ["person", "people"]
    assert words.people("m³/day", 2) == "m³/day"


def test_a_tip_of_a_place_without_residents() -> None:
    """A neighbourhood without residents says so and shows no figure."""
    assert reading.tip("Park", 0.0, math.nan, math.nan) == "Park: no residents"


def test_every_language_goes_through_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A translation is used for every sentence; an unknown language falls back to English."""

    class Shout(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return message.upper() if "%" not in message else message

    token = speech._translations.set(Shout())
    assert words.principle("mclp") == "AS MANY PEOPLE AS POSSIBLE ARE WITHIN THE STANDARD"
    speech._translations.reset(token)
    with speech.spoken("xx"):
        assert words.principle("mclp") == "as many people as possible are within the standard"
        assert speech.language() == "xx"
    assert speech.language() == "en"


def test_unknown_names_are_still_told() -> None:
    """A principle, measure, summary or reason that we have no words for is told by its name."""
    assert words.principle("new_idea") == "the aim “new idea” is met as far as possible"
    assert reading.measure_name("green_space") == "green space"
    assert reading.summary_name("trimmed_mean") == "trimmed mean"
    assert reading.reason("on strike") == "on strike"


def test_who_vouches_for_the_bound() -> None:
    """What prices prove, what the solver says beside them, and what rests on its word alone."""
    assert vouched(ended("given", gap=None)).startswith("None is told: ")
    assert vouched(ended("interrupted", gap=None)) == "None is known."
    assert vouched(ended("within_gap")).startswith("It is on the solver's word: no prices are saved")
    assert plain(vouched(priced(ended("within_gap"), 0.00845))) == (
        "Recomputed by arithmetic alone, from prices saved with the run: no plan of this model passes an "
        "equal outcome of 0.8044, so that this one misses at most 0.9 % of the possible gain."
    )
    assert plain(vouched(priced(ended("within_gap", before=None), 0.0421))) == (
        "Recomputed by arithmetic alone, from prices saved with the run: no plan of this model has a value "
        "below 290.0000, so that at most 4.3 % of this plan's can be saved. The search's own bound is closer "
        "(at most 0.9 %), on the solver's word."
    )
