"""Who gains and who waits, what else could be, who meets whom: sentences and tables of the equity audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.report.changed import lost
from planner.report.figures import EVERYONE, records
from planner.report.numbers import NOTHING, change, number, percent
from planner.report.reading import group_name
from planner.report.sheets import Sheet, part_of
from planner.report.speech import _, listed
from planner.report.words import people

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario

ALL = "all"
NAMED = 10
WAYS = ("before", "after", "nearest", "even")


@dataclass(frozen=True)
class Audit:
    """The tables of the equity audit of the last period, with the names that people know."""

    scenario: Scenario
    figures: Figures
    tables: Mapping[str, pd.DataFrame]

    def table(self, name: str) -> pd.DataFrame:
        """Return one of `frames.equity.EQUITY_TABLES`, its last period."""
        table = self.tables[name]
        last: pd.DataFrame = table[table["period"] == table["period"].max()]
        return last

    def group(self, group: str) -> str:
        """Tell a group as where it lives."""
        known = self.figures.groups["label"].to_dict()
        return group_name(str(known.get(group, group)))

    def service(self, service: str) -> str:
        """Tell a service, or wellbeing."""
        return self.figures.labels.get(service, service) if service != ALL else _("wellbeing")

    def beside(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the figures beside each other, by moment and service."""
        return {(str(row["when"]), str(row["service"])): row for row in records(self.table("beside"))}


def gains(audit: Audit) -> Sheet:
    """Tell how many gain, stay and lose, by group."""
    table = audit.table("gains")
    mine = table[(table["when"] == "after") & (table["measure"] == "wellbeing_change")]
    told = {name: mine[mine["group"] == name] for name in audit.figures.groups.index}
    rows = [_moved(audit, records(row)[0]) for row in told.values() if len(row)]
    heads = (_("Who"), _("Gain"), _("Stay"), _("Mean gain"), _("Lose"), _("Mean loss"))
    caption = _("People in places whose wellbeing rises, stays or falls under the plan")
    if not (mine["lose"] > 0).any():
        return Sheet(caption, heads[:-1], tuple(row[:-1] for row in rows))
    return Sheet(caption, heads, tuple(rows))


def _moved(audit: Audit, row: dict[str, Any]) -> tuple[str, ...]:
    up = change(row["mean_gain"], 3) if row["gain"] > 0 else NOTHING
    down = change(row["mean_loss"], 3) if row["lose"] > 0 else NOTHING
    gain, stay, lose = (number(row[name], 0) for name in ("gain", "stay", "lose"))
    return audit.group(str(row["group"])), gain, stay, up, lose, down


def waiting(audit: Audit) -> Sheet:
    """Tell how many wait below the floor, before and under the plan."""
    figures, rows = audit.beside(), []
    for service in (ALL, *audit.figures.labels):
        was, now = figures["before", service], figures["after", service]
        told = f"{number(now['below'], 0)} {people(str(now['unit']), float(now['below']))}"
        name = _first_up(audit.service(service))
        rows.append((name, number(was["below"], 0), told, part_of(now["below"], now["need"])))
    floor = number(audit.scenario.indicators.floor)
    caption = _("Who waits: in places below the floor of %(floor)s (wellbeing, or share served)") % {
        "floor": floor
    }
    return Sheet(caption, (_("Of"), _("Before"), _("Under the plan"), _("Share of all")), tuple(rows))


def where_waiting(audit: Audit) -> Sheet:
    """Name the neighbourhoods where most people wait below the floor of wellbeing."""
    table = audit.table("below")
    mine = table[(table["service"] == ALL) & table["when"].isin(["before", "after"])]
    wide = mine.pivot_table(index="neighbourhood", columns="when", values=["people", "below"], aggfunc="sum")
    if wide.empty:
        return Sheet("", (), ())
    wide.columns = ["_".join(map(str, pair)) for pair in wide.columns.to_list()]
    top = wide[wide["below_after"] > 0].sort_values("below_after", ascending=False, kind="stable").head(NAMED)
    labels = audit.figures.neighbourhoods["label"]
    rows = [
        (
            str(labels.get(name, name)),
            *(number(row[c], 0) for c in ("people_after", "below_before", "below_after")),
        )
        for name, row in zip(map(str, top.index), records(top), strict=True)
    ]
    heads = (_("Neighbourhood"), _("Residents"), _("Below before"), _("Still below"))
    return Sheet(_("Where most people still live below the floor of wellbeing"), heads, tuple(rows))


def gaps(audit: Audit) -> Sheet:
    """Tell each group's gap to all others, and what closed it."""
    rows = []
    for row in records(audit.table("gaps")):
        before, after = row["others_before"] - row["group_before"], row["others_after"] - row["group_after"]
        parts = (change(row["by_rise"], 3), change(row["by_fall"], 3), number(row["losers"], 0))
        names = (audit.service(str(row["service"])), audit.group(str(row["group"])))
        rows.append((*names, number(before, 3), number(after, 3), *parts))
    heads = (
        _("Of"), _("Who"), _("Behind all others by, before"), _("By, under the plan"),
        _("Closed by the rise of those behind"), _("Closed by the fall of those ahead"),
        _("Losers among those ahead"),
    )  # fmt: skip
    return Sheet(_("Gaps between each group and all others, and what closed them"), heads, tuple(rows), 2)


def levelling(audit: Audit) -> str:
    """Say whether any gap closed because those ahead fell."""
    table = audit.table("gaps")
    if table.empty:
        return ""
    down = records(table[table["levelled_down"]])
    if not down:
        return _("Where a gap between a group and all others closes, it closes because those behind gain: "
                 "on average those ahead do not lose.")  # fmt: skip
    parts = [
        _("%(service)s, %(group)s (%(n)s losers)")
        % {
            "service": audit.service(str(row["service"])),
            "group": audit.group(str(row["group"])),
            "n": number(row["losers"], 0),
        }
        for row in down[:NAMED]
    ]
    return _("Some gaps close in part because those ahead fall: %(parts)s.") % {"parts": "; ".join(parts)}


def closures(audit: Audit) -> str:
    """Say who is displaced by closures."""
    table = audit.tables["displaced"]
    if not (audit.figures.facilities["existing"].astype(bool)).any() and table.empty:
        return ""
    mine = table[table["group"] == EVERYONE]
    gone = lost(audit.figures)
    if mine.empty and gone:
        return _("Nobody is served today at what is closed or repurposed (%(names)s).") % {"names": gone}
    if mine.empty:
        return _("Everything that stands today stays in use: nobody is displaced.")
    parts = [
        _("%(service)s for %(n)s, of whom %(left)s are not served any more")
        % {
            "service": audit.service(str(row["service"])),
            "n": number(row["displaced"], 0),
            "left": number(row["left_without"], 0),
        }
        for row in records(mine)
    ]
    if not gone:
        return _("Closures displace people: %(parts)s.") % {"parts": listed(parts)}
    facts = {"parts": listed(parts), "names": gone}
    return _("Those who are served today at %(names)s lose their place: %(parts)s.") % facts


def displaced(audit: Audit) -> Sheet:
    """Tell who loses the facility that serves them today, by service and group."""
    table = audit.table("displaced")
    names = [name for name in audit.figures.groups.index if name in set(table["group"])]
    found = {(str(row["service"]), str(row["group"])): row for row in records(table)}
    rows = [
        (
            audit.service(service),
            audit.group(group),
            *(number(found[service, group][f], 0) for f in ("displaced", "served_elsewhere", "left_without")),
        )
        for service in audit.figures.labels
        for group in names
        if (service, group) in found
    ]
    heads = (_("Service"), _("Who"), _("Lose their place"), _("Served elsewhere"), _("Not served any more"))
    return Sheet(_("Who loses the facility that serves them today"), heads, tuple(rows), 2)


def ways(audit: Audit) -> Sheet:
    """Set the plan beside before, people going to the nearest, and the same money spread evenly."""
    figures = audit.beside()
    known = [when for when in WAYS if (when, ALL) in figures]
    heads = {
        "before": _("Before"),
        "after": _("The plan, people sent where it says"),
        "nearest": _("The plan, people going to the nearest"),
        "even": _("The same money evenly, people going to the nearest"),
    }
    rows = [
        (_("Served: %(service)s") % {"service": audit.service(service)},
         *(part_of(figures[when, service]["reached"], figures[when, service]["need"]) for when in known))
        for service in audit.figures.labels
    ]  # fmt: skip
    told = (
        (_("Wellbeing on average"), "mean", 3),
        (_("Wellbeing of the worst-off fifth"), "worst_fifth", 3),
        (_("People in places below the floor"), "below", 0),
    )
    rows += [(name, *(number(figures[when, ALL][of], d) for when in known)) for name, of, d in told]
    return Sheet(_("The plan beside other ways"), (_("What"), *(heads[when] for when in known)), tuple(rows))


def if_nearest(audit: Audit) -> str:
    """Say what happens when people simply go to the nearest open facility."""
    figures = audit.beside()
    plan, other = figures["after", ALL], figures["nearest", ALL]
    parts = []
    for service, label in audit.figures.labels.items():
        sent, go = figures["after", service], figures["nearest", service]
        if abs(sent["reached"] - go["reached"]) >= 1:
            facts = {"service": label, "go": number(go["reached"], 0), "sent": number(sent["reached"], 0)}
            unit = people(str(sent["unit"]), float(sent["reached"]))
            parts.append(
                _("%(service)s serves %(go)s instead of %(sent)s %(unit)s") % (facts | {"unit": unit})
            )
    facts = {"a": number(other["mean"], 3), "b": number(plan["mean"], 3)}
    facts |= {"c": number(other["worst_fifth"], 3), "d": number(plan["worst_fifth"], 3)}
    sentence = _(
        "Average wellbeing is then %(a)s instead of %(b)s, and %(c)s instead of %(d)s in the worst-off fifth."
    )
    sentence %= facts
    return (
        _("%(parts)s. %(rest)s") % {"parts": _first_up(listed(parts)), "rest": sentence}
        if parts
        else sentence
    )


def if_even(audit: Audit) -> str:
    """Say what the same money does when it is spread evenly; empty where nobody asked."""
    figures = audit.beside()
    if ("even", ALL) not in figures:
        return ""
    aimed, even, sent = (figures[when, ALL] for when in ("nearest", "even", "after"))
    facts = {"cost": number(even["capital_cost"]), "planned": number(sent["capital_cost"])}
    facts |= {"currency": audit.scenario.budget.currency}
    facts |= {"a": number(even["mean"], 3), "b": number(aimed["mean"], 3)}
    facts |= {"c": number(even["worst_fifth"], 3), "d": number(aimed["worst_fifth"], 3)}
    facts |= {"e": number(even["below"], 0), "f": number(aimed["below"], 0)}
    sentence = _(
        "Placed by residents alone (%(cost)s of the plan’s %(planned)s %(currency)s), with people going to "
        "the nearest in both: average wellbeing is %(a)s instead of the plan’s %(b)s, %(c)s instead of %(d)s "
        "in the worst-off fifth, and %(e)s instead of %(f)s people live below the floor."
    )
    return sentence % facts


def meetings(audit: Audit) -> tuple[Sheet, Sheet]:
    """Tell for each service the group that facilities keep most apart, and all groups."""
    table = audit.table("separation")
    mine = table[(table["when"] == "after") & table["kept_apart"].notna()]
    nth = {service: k for k, service in enumerate(audit.figures.labels)}
    mine = mine.sort_values("service", key=lambda column: column.map(nth), kind="stable")
    most = mine.loc[mine.groupby("service", sort=False)["kept_apart"].idxmax()] if len(mine) else mine
    caption = _("The group that each service's facilities keep most apart")
    return (
        Sheet(caption, _meeting_heads(), tuple(_meeting(audit, row) for row in records(most)), 2),
        Sheet(
            _("Who meets whom, all groups"),
            _meeting_heads(),
            tuple(_meeting(audit, r) for r in records(mine)),
            2,
        ),
    )


def _meeting_heads() -> tuple[str, ...]:
    return (
        _("Service"), _("Who"), _("Share of all users"), _("Share of those whom its users meet"),
        _("Would have to change facility for equal mixes"), _("The same of their homes"),
    )  # fmt: skip


def _meeting(audit: Audit, row: dict[str, Any]) -> tuple[str, ...]:
    figures = ("share_of_users", "isolation", "dissimilarity", "dissimilarity_of_homes")
    names = (_first_up(audit.service(str(row["service"]))), audit.group(str(row["group"])))
    return (*names, *(percent(float(row[figure])) for figure in figures))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
