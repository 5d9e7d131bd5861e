"""The waste report as tables: the figures a spreadsheet takes away, to the gram and the cent."""

from allocation.habit import Replayed
from allocation.waste import WasteReport
from api.spreadsheets import Cell, Table
from common.words import N_, Grams, Words

MEASURE_NAMES = {
    "received": N_("Received"),
    "eaten": N_("Eaten"),
    "left_behind": N_("Left behind"),
    "lost": N_("Lost"),
    "on_hand": N_("On hand at the end"),
}


REPLAYED = (
    N_(
        "Of the food that could be given, %(ours)s passed its date on the shelf or was left behind and thrown away;"
        " first expired, first out would have lost %(usual)s."
    ),
    N_(
        "Same food, same visits (%(visits)s), same shares thrown away; breakage, the cold chain, recalls, counts, food"
        " kept back or sent elsewhere count on neither side."
    ),
)


def replayed_said(replayed: Replayed, words: Words) -> list[str]:
    """What habit would have lost, then what that holds and does not: the same on screen and on paper."""
    facts = {"ours": Grams(replayed.ours), "usual": Grams(replayed.usual), "visits": replayed.visits}
    return [words.text(line, **facts) for line in REPLAYED]


def waste_tables(report: WasteReport, words: Words) -> list[Table]:
    """Every figure of the report, in the order of its page."""
    french = words.language == "fr"

    def named(row: object) -> str:
        return str(getattr(row, "name_fr" if french else "name_en"))

    def table(name: str, headings: list[str], rows: list[tuple[Cell, ...]]) -> Table:
        return Table(words.text(name), tuple(map(words.text, headings)), tuple(rows))

    by_name = [N_("Grams")]
    return [
        table(
            N_("Figures of the period"),
            [N_("Figure"), N_("Grams"), N_("Euro cents"), N_("Meals"), N_("kg of CO2e"), N_("Grams the period before")],
            [
                (words.text(MEASURE_NAMES[m.key]), m.grams, m.cents, m.meals, m.co2e_kg, m.grams_before)
                for m in report.measures
            ],
        ),
        table(N_("The account of the period"), [N_("Figure"), N_("Grams")], _account(report, words)),
        table(N_("Rates and coverage"), [N_("Figure"), N_("Value")], _rates(report, words)),
        table(N_("Causes of loss"), [N_("Cause"), *by_name], [(named(r), r.grams) for r in report.causes]),
        table(N_("Reasons for leaving"), [N_("Reason"), *by_name], [(named(r), r.grams) for r in report.reasons]),
        table(N_("Where it went then"), [N_("Exit"), *by_name], [(named(r), r.grams) for r in report.exits]),
        table(
            N_("Families"),
            [N_("Family"), N_("Grams received"), N_("Grams eaten"), N_("Grams left behind"), N_("Grams lost")],
            [(named(f), f.received, f.eaten, f.left, f.lost) for f in report.families],
        ),
        table(
            N_("Donors"),
            [N_("Donor"), N_("Grams received"), N_("Grams lost")],
            [(named(d), d.of_grams, d.grams) for d in report.donors],
        ),
        table(
            N_("Weeks"),
            [N_("Week of"), N_("Grams received"), N_("Grams eaten"), N_("Grams left behind"), N_("Grams lost")],
            [(w.monday, w.received, w.eaten, w.left, w.lost) for w in report.weeks],
        ),
        table(
            N_("Food groups"),
            [N_("Group"), N_("Grams eaten"), N_("Share"), N_("Reference share")],
            [(named(g), g.grams, g.share, g.target) for g in report.balance],
        ),
    ]


def _account(report: WasteReport, words: Words) -> list[tuple[Cell, ...]]:
    """Both sides add up: what was there and came, and what became of it."""
    lines = (
        (N_("On hand at the start"), report.before),
        (N_("Received"), report.received),
        (N_("Found or missing by counting"), report.counted),
        (N_("From or to other sites"), report.moved),
        (N_("Eaten by households"), report.given),
        (N_("Cooking workshops"), report.workshops),
        (N_("Given to partners"), report.partners),
        (N_("Lost"), report.lost),
        (N_("On hand at the end"), report.on_hand),
        (N_("Left behind"), report.left_behind),
        (N_("Of which saved"), report.left_saved),
    )
    return [(words.text(name), grams) for name, grams in lines]


def _rates(report: WasteReport, words: Words) -> list[tuple[Cell, ...]]:
    covered, usual = report.coverage, report.habit
    replayed = usual.replayed if usual else None
    lines: list[tuple[str, Cell]] = [
        (N_("Eaten, of all that left the shelves"), report.rescue_rate),
        (N_("The same, the period before"), report.rescue_rate_before),
        (N_("Left behind, of all that was offered"), report.left_rate),
        (N_("Distance from the reference shares"), report.distance),
        (N_("Coverage of the worst off"), covered.worst if covered else None),
        (N_("Average coverage"), covered.average if covered else None),
        (N_("Grams the plans foresaw to lose"), usual.planned if usual and usual.sessions else None),
        (N_("Grams first expired, first out would have lost"), usual.usual if usual and usual.sessions else None),
        (N_("Grams lost of the food that could be given"), replayed.ours if replayed else None),
        (N_("Grams first expired, first out would have lost of it"), replayed.usual if replayed else None),
        (N_("Households served"), report.households_served),
        (N_("Visits served"), report.visits_served),
        (N_("Visits missed"), report.visits_absent),
        (N_("kg of CO2e by the factor of each family"), report.impact.co2e_by_family_kg),
        (N_("Version of the factors"), report.impact.version),
    ]
    return [(words.text(name), value) for name, value in lines]
