"""Two periods of Sixmile: what opens when, for how much, and whom it serves, worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sixmile import ran, words

from planner import flow
from planner.errors import InputFault
from planner.model.decide import decide
from planner.question import Ear, Question, ask
from planner.verify.check import check

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan import Plan

# The highest need per resident is 300 of 1,000 (wards a and f in 2026, and 600 of 2,000 in f in 2031). A year
# that begins t years after the start counts 1.03^-t, so that 2026 counts 53.7 % of all years and 2031 46.3 %.
EACH = [1.03**-t for t in range(10)]
FIRST, SECOND = sum(EACH[:5]) / sum(EACH), sum(EACH[5:]) / sum(EACH)
# 2026: of 1,200 in need the clinics that stand serve 150 at 0.8 and 100 at 1. There is 1 a year to run: one
# clinic of 300, near enough for all of them. It costs 3; the centre is paid for too (4), and opens in 2031.
# 2031: of 1,600 in need 250 are served as before, 300 by the clinic, 600 by the centre: 1 + 1.5 a year.
# Without the centre there is money for two more clinics (4 left and 2), but to run one more: 300 fewer.
MISSED = (1200 - 120 - 100 - 300, 1600 - 120 - 100 - 300 - 600)
BEFORE = (1200 - 220, 1600 - 220)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> flow.Run:
    """The scenario, run once."""
    return ran("sixmile_years.yaml", tmp_path_factory.mktemp("years"))


def test_what_opens_when(run: flow.Run) -> None:
    """A clinic serves from 2026, the centre that is paid for then from 2031; what stands goes on."""
    table = run.plan.facilities
    options = {period: sorted(part["option"]) for period, part in table.groupby("period")}
    assert options == {1: ["clinic", "existing", "existing"], 2: ["centre", "clinic", "existing", "existing"]}
    assert table.groupby("period")["capital_cost"].sum().to_dict() == {1: 3.0, 2: 4.0}
    assert table.groupby("period")["operating_cost"].sum().to_dict() == {1: 1.0, 2: 2.5}
    served = run.plan.need_points.groupby("period")[["need", "reached", "residents"]].sum()
    assert served["need"].to_dict() == {1: 1200, 2: 1600}
    assert served["reached"].to_dict() == pytest.approx({1: 550, 2: 1150})
    assert served["residents"].to_dict() == {1: 6000, 2: 7500}


def test_value(run: flow.Run) -> None:
    """The value is what is missing in an average year, in residents at the highest need of all."""
    missed = FIRST * MISSED[0] + SECOND * MISSED[1]
    assert run.plan.status.value == pytest.approx(missed / 0.3)
    assert run.plan.status.bound == pytest.approx(missed / 0.3)
    assert run.plan.status.before == pytest.approx((FIRST * BEFORE[0] + SECOND * BEFORE[1]) / 0.3)
    people = FIRST * 6000 + SECOND * 7500
    assert run.plan.status.level == pytest.approx(1 - missed / 0.3 / people)


def test_words(run: flow.Run) -> None:
    """The report tells what opens when, for how much, and how years are weighed."""
    page = words((run.folder / "report.html").read_text("utf-8"))
    for sentence in (
        "With at most the money of each period (2026 and 2031), where should places for health care go",
        "Each counts by its years, each counting 2.9 % less than the one before: 2026 54 % and 2031 46 %.",
        "What stands outside this section is told of the last period, 2031.",
        "Money to build that a period does not spend is there in the next.",
        "2031: Of all need, served today and under the plan, at any quality: health care from 250 (16 %)",
    ):
        assert sentence in page
    start = page.index("What opens when (million)")
    opens = [cells(row) for row in page[start : page.index("</table>", start)].split("<tr>")[2:]]
    assert [(row[0], row[1], row[2], *row[4:]) for row in opens] == [
        ("2026", "2026", "health care", "clinic", "1", "3"),
        ("2031", "2026", "health care", "centre", "1", "4"),
    ]
    start = page.index("Period by period (money in million)")
    told = [cells(row) for row in page[start : page.index("</table>", start)].split("<tr>")[2:]]
    assert told == [
        ("2026", "5", "7", "7", "1", "1", "46 %"),
        ("2031", "5", "0", "2", "2.5", "2.5", "72 %"),
    ]


def cells(row: str) -> tuple[str, ...]:
    """Return the texts of a row of a table of the page."""
    return tuple(re.findall(r"<t[hd][^>]*>(?:<[^>]*>)*([^<]*)", row))


def test_indicators_by_period(run: flow.Run) -> None:
    """Every indicator is told of each period, of the people who live there then."""
    mean = run.indicators.query(
        "when == 'after' and service == 'all' and group == 'everyone' and measure == 'wellbeing'"
        " and summary == 'mean'"
    ).set_index("period")["value"]
    assert mean.to_dict() == pytest.approx({1: 1 - MISSED[0] / 0.3 / 6000, 2: 1 - MISSED[1] / 0.3 / 7500})


def test_the_run_is_verified(run: flow.Run) -> None:
    """The checker passes the run, read back from its folder."""
    assert flow.verify(run.folder).kept


def asked(folder: Path, **overrides: object) -> Question:
    """Return the question of the scenario with some values put over it."""
    changed = {key.replace("__", "."): value for key, value in overrides.items()}
    return ask(folder / "scenarios" / "sixmile_years.yaml", overrides=changed, ear=Ear())


def decided(folder: Path, **overrides: object) -> Plan:
    """Return the plan of the scenario with some values put over it."""
    question = asked(folder, **overrides)
    return decide(question.problem, question.scenario, question.residents)


def faults(question: Question, plan: Plan) -> list[str]:
    """Return what the checker finds in a plan under a question."""
    verdict = check(question.problem, question.scenario, plan, residents=question.residents)
    return list(verdict.faults)


def test_spoilt_plans_are_refused(run: flow.Run) -> None:
    """The checker finds what opens too early, overdraws a period, is gone again, or is paid for twice."""
    folder = run.folder.parents[1]
    question, plan = asked(folder), run.plan
    assert not faults(question, plan)
    early = plan.facilities.copy()
    centre = early[early["option"] == "centre"].assign(period=1)
    told = faults(question, replace(plan, facilities=pd.concat([early, centre], ignore_index=True)))
    where = centre["provider"].iloc[0]
    assert f"facilities, {where}: is in use before it can be open" in told
    poor = asked(folder, periods__2026__budget={"capital": 6, "operating": 1})
    assert "money: the capital cost 7 up to 2026 is above the budget 6 million" in faults(poor, plan)
    idle = asked(folder, periods__2031__budget={"capital": 2, "operating": 2})
    assert "money: the operating cost 2.5 in 2031 is above the budget 2 million" in faults(idle, plan)
    clinic = (early["option"] == "clinic") & (early["period"] == 2)
    gone = early["provider"][clinic].iloc[0]
    told = faults(question, replace(plan, facilities=early[~clinic]))
    assert f"facilities, {gone}: has fewer modules than in the period before" in told
    again = early.assign(capital_cost=early["capital_cost"].where(~clinic, 3.0))
    told = faults(question, replace(plan, facilities=again))
    assert told == [f"facilities, {gone}: capital cost is 3, should be 0"]


def test_setbacks_are_found(run: flow.Run) -> None:
    """A plan without the clinic's ward f in 2031 breaks the rule that nobody is worse off than before."""
    question, plan = asked(run.folder.parents[1]), run.plan
    first = plan.assignment[plan.assignment["period"] == 1]
    cell = first.loc[first["quality"] * first["served"] > 0, "cell"].iloc[0]
    lost = plan.assignment[(plan.assignment["period"] == 1) | (plan.assignment["cell"] != cell)]
    told = faults(question, replace(plan, assignment=lost))
    assert any(line.startswith("constraint 1 `no_setback`: the rule is broken by ") for line in told)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "constraints",
            [{"locked": {"service": "care", "site": "site_f", "by": "2030"}}],
            "unknown period `2030`; did you mean `2031`?\n    → known: 2026, 2031",
        ),
        (
            "constraints",
            [{"locked": {"service": "care", "site": "site_f", "option": "centre", "by": "2026"}}],
            "care at `site_f` cannot be in use by 2026",
        ),
        (
            "over_time.growth",
            [{"people": 0.1, "neighbourhoods": ["a", "g"]}],
            "unknown neighbourhood `g`\n    → known: a, b, c, d, e, f",
        ),
        (
            "periods.2031.columns",
            {"care": "care_2050"},
            "no column `care_2050`",
        ),
    ],
)
def test_what_is_not_there_is_told(run: flow.Run, key: str, value: object, message: str) -> None:
    """Unknown periods, wards and columns are named, and what cannot be open in time."""
    with pytest.raises(InputFault) as caught:
        decided(run.folder.parents[1], **{key.replace(".", "__"): value})
    assert message in str(caught.value)


def test_growth_rates(run: flow.Run) -> None:
    """People, groups and needs grow by their rates a year, where and for whom they are named."""
    growth = [
        {"people": 0.02},
        {"people": 0.1, "neighbourhoods": ["f"]},
        {"need": 0.05, "services": ["care"], "group": "poor"},
    ]
    question = asked(
        run.folder.parents[1],
        over_time__growth=growth,
        periods__2031__columns=None,
        constraints=[],
    )
    now, then = question.city.at(1), question.city.at(2)
    people, need = 1000 * 1.02**5, (300, 200, 100, 100, 200, 300)
    assert then.cells["population"].tolist() == pytest.approx([people] * 5 + [people * 1.1**5])
    assert then.cells["poor"].tolist() == pytest.approx([p * 1.02**5 for p in (500, 400, 300, 200, 100, 0)])
    assert then.neighbourhoods["population"].tolist() == then.cells["population"].tolist()
    rises = [(1 + share * (1.05**5 - 1)) * 1.02**5 for share in (0.5, 0.4, 0.3, 0.2, 0.1, 0.0)]
    rises[5] *= 1.1**5
    assert then.need["need"].tolist() == pytest.approx([n * r for n, r in zip(need, rises, strict=True)])
    assert now.need["need"].tolist() == list(need)
