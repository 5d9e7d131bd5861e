"""The scale: what it says, what another one would change for the households of today, and its adoption."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from api.amounts import UnreadableNumber, euros_typed, number_typed
from api.here import Here
from api.security import May
from api.typed import day_typed
from api.writing import write_once
from common.errors import Refusal
from common.words import N_, Words
from households.composition import CONSUMPTION_UNITS, Shares
from households.living_remainder import Proposal
from households.scale import Denominator, LineRule, Rounding, Scale, Thresholds
from households.scales import Comparison, adopt, compare, scale_named, scale_on, scales_of
from network.roles import Right

MAY = May(Right.COORDINATE)

PARTS = ("part-first", "part-next", "part-child", "part-until")

DENOMINATORS = {
    Denominator.PERSONS: N_("every person counts for one"),
    Denominator.CONSUMPTION_UNITS: N_("consumption units (1, then 0.5 from 14 years, 0.3 below)"),
    Denominator.PARTS: N_("the network’s own parts, below"),
}
ROUNDINGS = {
    Rounding.NEAREST: N_("to the nearest cent"),
    Rounding.DOWN: N_("down to the cent, in their favour"),
}
OWN_PARTS = N_("own parts (%(first)s, then %(next)s, %(child)s under %(age)s years)")
PROPOSALS = {
    Proposal.URGENT: N_("help at once"),
    Proposal.ADMIT: N_("admission"),
    Proposal.COMMITTEE: N_("committee"),
    Proposal.REFUSE: N_("no admission"),
}


@dataclass
class ScaleForm:
    """Another scale as it is typed, beginning from the one in force."""

    typed: dict[str, str]
    counted: set[str]

    @classmethod
    def like(cls, scale: Scale, today: dt.date, words: Words) -> "ScaleForm":
        limits = scale.thresholds
        typed = {
            "version": f"{today:%Y-%m-%d}",
            "valid_from": today.isoformat(),
            "denominator": scale.denominator.value,
            "days": words.number(scale.days),
            "rounding": scale.rounding.value,
            "urgent": words.typed_euros(limits.urgent_cents),
            "admit": words.typed_euros(limits.admit_cents),
            "committee": words.typed_euros(limits.committee_cents),
        }
        typed |= _typed_parts(scale.parts or CONSUMPTION_UNITS, words)
        caps = {rule.kind: rule.cap_cents for rule in scale.lines if rule.cap_cents is not None}
        typed |= {f"cap-{kind}": words.typed_euros(cents) for kind, cents in caps.items()}
        return cls(typed, {rule.kind for rule in scale.lines if rule.counted})

    @classmethod
    def of(cls, data: Mapping[str, Any], scale: Scale) -> "ScaleForm":
        typed = {name: str(value).strip() for name, value in data.items()}
        return cls(typed, {rule.kind for rule in scale.lines if data.get(f"count-{rule.kind}")})

    def get(self, name: str) -> str:
        return self.typed.get(name, "")

    def scale(self, like: Scale) -> Scale:
        """The scale these fields describe; raises what each piece of it refuses."""
        denominator = next((d for d in Denominator if d == self.get("denominator")), like.denominator)
        return Scale(
            version=self.get("version"),
            valid_from=day_typed(self.get("valid_from"), "valid_from", N_("In force from")) or like.valid_from,
            lines=tuple(self._line(rule) for rule in like.lines),
            thresholds=Thresholds(*(self._cents(name) for name in ("urgent", "admit", "committee"))),
            denominator=denominator,
            parts=self._parts() if denominator is Denominator.PARTS else None,
            days=self._number("days", "30"),
            rounding=next((r for r in Rounding if r == self.get("rounding")), like.rounding),
        )

    def _line(self, rule: LineRule) -> LineRule:
        cap = euros_typed(self.get(f"cap-{rule.kind}"), f"cap-{rule.kind}")
        return LineRule(rule.kind, rule.side, rule.label, rule.kind in self.counted, cap)

    def _cents(self, name: str) -> int:
        cents = euros_typed(self.get(name), name)
        if cents is None:
            raise UnreadableNumber(typed="", example="9,00", field=name)
        return cents

    def _parts(self) -> Shares | None:
        """The table of parts, None where nothing of it is filled in."""
        if not any(self.get(name) for name in PARTS):
            return None
        until = self._number("part-until", "14")
        if until % 1:
            raise UnreadableNumber(typed=self.get("part-until")[:40], example="14", field="part-until")
        first, following, child = (self._number(name, "0,5") for name in PARTS[:3])
        return Shares(first, following, child, int(until))

    def _number(self, name: str, example: str) -> Decimal:
        number = number_typed(self.get(name), name, example)
        if number is None:
            raise UnreadableNumber(typed="", example=example, field=name)
        return number


@dataclass(frozen=True)
class Pair:
    """Two scales that are kept, by their versions, to be compared."""

    one: str
    other: str


@get("/scales", guards=[MAY], sync_to_thread=True)
def scales_page(here: NamedDependency[Here], one: FromQuery[str] = "", other: FromQuery[str] = "") -> Response[Any]:
    """With `one` and `other`, those two versions are compared on the households of today."""
    return _page(here, pair=Pair(one, other) if one or other else None)


@post("/scales", guards=[MAY], sync_to_thread=True)
def try_scale(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """`do=adopt` makes it the network's scale from its first day; anything else only compares."""
    today = here.clock.today()
    with here.database.reading() as session:
        current = scale_on(session, today)
    form = ScaleForm.of(data, current)
    if data.get("do") != "adopt":
        return _page(here, form)

    def work(session: Session) -> bool:
        adopt(session, form.scale(current), "adopted by the network", here.stamp())
        return True

    try:
        asked = {name: value for name, value in form.typed.items() if name not in ("key", "_csrf_token")}
        write_once(here, str(data.get("key", "")), asked, work, bool)
    except Refusal as refusal:
        return _page(here, form, refusal)
    return here.go("/scales", N_("The scale is adopted. Decisions already signed keep theirs."))


def _page(
    here: Here, form: ScaleForm | None = None, refusal: Refusal | None = None, pair: Pair | None = None
) -> Response[Any]:
    today, comparison = here.clock.today(), None
    with here.database.reading() as session:
        current = scale_on(session, today)
        every = scales_of(session)
        if refusal is None:
            try:
                comparison = _compared(session, current, form, pair, today)
            except Refusal as cannot:
                refusal = cannot
    shown = form or ScaleForm.like(current, today, here.words)
    return here.page(
        "pages/scales.html",
        status=refusal.kind.value if refusal else 200,
        current=current,
        every=every,
        shared={scale.version: _shared(here, scale) for scale in every},
        versions=[(scale.version, scale.version) for scale in every],
        form=shown,
        lines=[(r.kind, r.label.say(here.words), r.side, r.kind in shown.counted) for r in current.lines],
        roundings=[(r.value, here.words.text(name)) for r, name in ROUNDINGS.items()],
        denominators=[(d.value, here.words.text(name)) for d, name in DENOMINATORS.items()],
        pair=pair or Pair(every[0].version, every[-1].version),
        comparison=_said(here, comparison, pair) if comparison else None,
        why=(refusal.field, refusal.say(here.words)) if refusal else (None, ""),
    )


def _compared(
    session: Session, current: Scale, form: ScaleForm | None, pair: Pair | None, today: dt.date
) -> Comparison | None:
    """What is typed beside what is in force, or two versions that are kept."""
    if form is not None:
        return compare(session, current, form.scale(current), today)
    if pair is not None:
        return compare(session, scale_named(session, pair.one), scale_named(session, pair.other), today)
    return None


def _said(here: Here, comparison: Comparison, pair: Pair | None) -> dict[str, Any]:
    """Counts before and after, and who would move; numbers only."""
    now, then = (here.words.text(name) for name in (N_("In force"), N_("The other one")))
    names = {proposal: here.words.text(name) for proposal, name in PROPOSALS.items()}
    return {
        "households": comparison.households,
        "sides": (pair.one, pair.other) if pair else (now, then),
        "cannot": comparison.cannot,
        "rows": [(names[p], comparison.to(p, 0), comparison.to(p, 1)) for p in Proposal],
        "moves": [
            (names[before], names[after], n)
            for (before, after), n in sorted(comparison.moves.items(), key=lambda move: -move[1])
            if before != after
        ],
    }


def _typed_parts(parts: Shares, words: Words) -> dict[str, str]:
    typed: tuple[Decimal | int, ...] = (parts.first, parts.next, parts.child, parts.child_until)
    return {name: words.number(number) for name, number in zip(PARTS, typed, strict=True)}


def _shared(here: Here, scale: Scale) -> str:
    """Between whom a scale shares, with the numbers of its own parts."""
    if scale.denominator is not Denominator.PARTS:
        return here.words.text(DENOMINATORS[scale.denominator])
    parts = scale.weights
    return here.words.text(OWN_PARTS, first=parts.first, next=parts.next, child=parts.child, age=parts.child_until)


ROUTES = [scales_page, try_scale]
