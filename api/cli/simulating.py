"""`panier simulate`: months of sessions replayed under several ways of planning, side by side."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import msgspec
from babel.numbers import get_decimal_symbol

from allocation.fitted import Fitted, draw, fit
from allocation.generate import MONDAY
from allocation.past import past_of
from allocation.rolling import Truth
from allocation.simulation import FIGURES, RULES_OF_THUMB, Estimate, Report, Way, compare, made_up, staying_away
from api.cli.base import house, say, spoken
from common.words import N_
from network.partners import site_by_code

USUAL_HOUSEHOLDS = 30
NO_SHOWS = 0.07
WAYS = (*RULES_OF_THUMB, "waste>floor>mean", "floor>waste>mean")


@click.command("simulate")
@click.option(
    "--way",
    "ways",
    multiple=True,
    default=WAYS,
    show_default=True,
    help="A rule of thumb (`shelf`: nothing is prepared), or goals in order; `waste:0.05>floor`: waste gives up 5 %; "
    "`waste>floor~0.2`: knowing what comes by food group and day, 20 % off.",
)
@click.option("--runs", default=5, show_default=True, help="Made-up truths, each from a seed of its own.")
@click.option("--seed", default=1, show_default=True, help="The first of them.")
@click.option("--households", type=int, help="30 where nothing else is said; with --fit as many as came.")
@click.option("--weeks", default=6, show_default=True)
@click.option("--supply", default=0.7, show_default=True, help="What comes in over what is needed.")
@click.option(
    "--no-shows", type=float, help="How often a household stays away: 0.07; with --past drawn so in --runs ways."
)
@click.option("--effort", default=0.3, show_default=True, help="Times the planner's usual search.")
@click.option("--past", "site", metavar="SITE", help="Replay the sessions of this site instead, by its code.")
@click.option("--fit", "like", metavar="SITE", help="Make up truths that look like the past of this site, by its code.")
@click.option("--days", default=60, show_default=True, help="How far back, with --past and --fit.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The report as JSON.")
def simulate(
    ways: tuple[str, ...],
    runs: int,
    seed: int,
    households: int | None,
    weeks: int,
    supply: float,
    no_shows: float | None,
    effort: float,
    site: str | None,
    like: str | None,
    days: int,
    out: Path | None,
) -> None:
    """Replay weeks of sessions under several ways of planning and tell their figures side by side."""
    planned = [Way(name, effort) for name in ways]
    for way in planned:
        _ = way.policy  # What is no way is refused before the first hour is spent.
    seeds = range(seed, seed + runs)
    if site:
        past = _past(site, days)
        truths = [past] if no_shows is None else [staying_away(past, no_shows, one) for one in seeds]
    elif like:
        truths = _like(fit(_past(like, days)), seeds, weeks, households)
    else:
        missed = NO_SHOWS if no_shows is None else no_shows
        truths = made_up(seeds, households or USUAL_HOUSEHOLDS, weeks, supply, missed)
    with click.progressbar(length=100, label=spoken().text(N_("Replaying"))) as bar:
        report = compare(truths, planned, lambda share: bar.update(int(100 * share) - bar.pos))
    _tell(report)
    if out:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))


def _past(site: str, days: int) -> Truth:
    with house() as opened:
        database = next(opened.registry.database(host) for host in opened.registry.addresses)
        today = opened.clock.today()
        with database.reading() as session:
            return past_of(session, site_by_code(session, site), today - dt.timedelta(days=days), today)


def _like(fitted: Fitted, seeds: Iterable[int], weeks: int, households: int | None) -> list[Truth]:
    """Truths drawn like a past, of which nothing but the aggregates goes on."""
    say(
        N_("Like %(households)s households with %(no_shows)s %% of visits missed, and %(lots)s lots a week."),
        households=fitted.households,
        no_shows=round(100 * fitted.no_shows, 1),
        lots=round(sum(sum(goods.lots.values()) for goods in fitted.goods.values())),
    )
    return [draw(fitted, seed, MONDAY, weeks, households) for seed in seeds]


def _tell(report: Report) -> None:
    """A table a person can read: a column for each figure, a row for each way, hindsight last."""
    words = spoken()
    say(
        N_("Truths: %(truths)s; in each, visits: %(visits)s, households: %(households)s, food: %(kg)s kg."),
        truths=report.truths,
        visits=report.visits,
        households=report.households,
        kg=round(report.given_kg),
    )
    rows = [("", *(words.text(name) for name in FIGURES.values()))]
    rows += [(told.way, *_row(told.figures)) for told in report.ways]
    best = [report.bounds.get(f) for f in FIGURES]
    rows.append(
        (words.text(N_("with hindsight, at best")), *("" if b is None else _written(b.mean, b.half) for b in best))
    )
    _table(rows)
    if report.truths > 1:
        say(N_("Less those of %(way)s on the same truth:"), way=report.ways[0].way)
        _table([("", *rows[0][1:]), *((told.way, *_row(told.beside)) for told in report.ways[1:])])
    say(N_("± is half the width of the 95 %% interval. Rules broken by what was handed over: %(n)s."), n=report.broken)


def _row(figures: dict[str, Estimate]) -> list[str]:
    return [_written(figures[f].mean, figures[f].half) for f in FIGURES]


def _table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        click.echo(
            "  ".join(
                cell.rjust(width) if n else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )


def _written(mean: float, half: float) -> str:
    digits = 1 if abs(mean) >= 10 else 3
    written = f"{mean:.{digits}f} ± {half:.{digits}f}" if half else f"{mean:.{digits}f}"
    return written.replace(".", get_decimal_symbol(spoken().locale))
