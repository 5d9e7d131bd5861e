"""The look of the pages: colours that can be read, templates the content policy lets through, pieces that hold."""

import csv
import datetime as dt
import re
from functools import lru_cache
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.nodes import TemplateData
from markupsafe import Markup

from api.counter_words import REASON_ICONS
from api.navigation import ORDER
from api.static_files import FOLDER as STATIC
from common.words import THIN, words
from stock.urgency import Steps

ROOT = STATIC.parent
TEMPLATES = ROOT / "templates"
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
TODAY = dt.date(2026, 11, 23)

GROUNDS = ("paper", "card", "sunk", "brand-tint", "now-tint", "soon-tint", "watch-tint")


# Colours


def themes() -> dict[str, dict[str, str]]:
    """The colours of each theme as tokens.css gives them: light, dark by the device, dark by choice."""
    css = (STATIC / "css/tokens.css").read_text()
    blocks = re.findall(r'(:root(?:\S*"\S*)?) \{\s*color-scheme: \w+;(.*?)\}', css, re.DOTALL)
    return {selector: dict(re.findall(r"--([\w-]+): (#\w{6})", body)) for selector, body in blocks}


LIGHT, DEVICE, CHOSEN = themes().values()


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours, from 1 to 21.

    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_black_on_white_has_the_highest_contrast_there_is() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_both_ways_to_the_dark_theme_give_the_same_colours() -> None:
    assert DEVICE == CHOSEN
    assert DEVICE.keys() == LIGHT.keys()
    assert DEVICE != LIGHT


@pytest.mark.parametrize("theme", [LIGHT, CHOSEN], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *product(("ink",), (*GROUNDS, "fill")),
        *product(("quiet",), ("paper", "card", "sunk", "brand-tint", "now-tint")),
        *product(("brand", "brand-strong"), ("paper", "card", "sunk", "brand-tint")),
        *product(("now",), ("paper", "card", "sunk", "now-tint")),
        *product(("soon",), ("paper", "card", "sunk", "soon-tint")),
        *product(("watch",), ("paper", "card", "sunk", "watch-tint")),
        ("on-brand", "brand"),
        ("on-brand", "brand-strong"),
        ("paper", "now"),
    ],
)
def test_text_can_be_read_on_its_ground(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, CHOSEN], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), [*product(("edge", "brand", "now"), ("paper", "card"))])
def test_the_edge_of_a_field_can_be_seen(theme: dict[str, str], line: str, ground: str) -> None:
    assert contrast(theme[line], theme[ground]) >= 3


def test_colours_are_written_in_the_tokens_only() -> None:
    elsewhere = [sheet for sheet in SHEETS if sheet.name not in ("tokens.css", "print.css")]

    coloured = {sheet.name: re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", sheet.read_text()) for sheet in elsewhere}

    assert not any(coloured.values()), coloured


def test_every_value_a_style_sheet_asks_for_is_a_token() -> None:
    tokens = set(re.findall(r"(--[\w-]+):", (STATIC / "css/tokens.css").read_text()))

    asked = {name for sheet in SHEETS for name in re.findall(r"var\((--[\w-]+)", sheet.read_text())}

    assert asked <= tokens


def test_nothing_moves_for_those_who_ask_for_less_motion() -> None:
    css = "".join(sheet.read_text() for sheet in SHEETS)

    timed = re.findall(r"(?:transition|animation): ([^;]+);", css)

    assert timed
    assert all("var(--move)" in one for one in timed)
    assert re.search(r"prefers-reduced-motion: reduce\) \{\s*:root \{\s*--move: 0s;", css)


# Templates and the content policy


@lru_cache
def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def markup_of(path: Path) -> str:
    """The words of a template that are sent as they stand: without comments, conditions and values."""
    tree = environment().parse(path.read_text())
    return "".join(data.data for data in tree.find_all(TemplateData))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_template_holds_nothing_the_content_policy_would_stop(path: Path) -> None:
    markup = markup_of(path)

    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|javascript:|js:", markup)
    # A block of JSON is data: no browser runs it, and the policy does not speak of it.
    assert re.findall(r'<script(?! src=| type="application/json")', markup) == []
    assert re.findall(r"(?:href|src|action)=[\"']?(?:https?:)?//", markup) == []


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS], ids=lambda path: path.name)
def test_style_and_scripts_fetch_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text()

    assert "//" not in re.sub(r"^\s*//.*$| // .*$|/\*.*?\*/", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "@import" not in text
    assert "eval(" not in text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_form_that_writes_is_made_by_the_piece_that_protects_it(path: Path) -> None:
    forms = re.findall(r"<form[^>]*method=\"post\"", path.read_text())

    assert len(forms) == (1 if path.name == "components.html" else 0)


@pytest.mark.parametrize("path", [p for p in PAGES if p.parent != TEMPLATES], ids=lambda path: path.stem)
def test_a_page_says_what_it_is_given(path: Path) -> None:
    assert re.match(r"\{#-.*?Context.*?-#\}", path.read_text(), re.DOTALL)


def test_the_frame_names_files_that_are_there() -> None:
    frame = (TEMPLATES / "base.html").read_text()
    sheets = re.search(r"for sheet in \[(.*?)\]", frame)
    named = [*re.findall(r"static\('([\w/.-]+)'\)", frame)]

    assert sheets
    named += [f"css/{name}.css" for name in re.findall(r"\"(\w+)\"", sheets[1])]
    assert {f"css/{sheet.name}" for sheet in SHEETS} <= set(named)
    assert all((STATIC / name).is_file() for name in named if not name.startswith("vendor/"))


# Icons and pictograms


def drawn(sprite: str) -> set[str]:
    return set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons" / sprite).read_text()))


def test_every_icon_a_template_names_is_drawn() -> None:
    text = "".join(path.read_text() for path in PAGES)
    named = set(re.findall(r"(?:ui\.)?icon\(\"([\w-]+)\"", text))
    named |= set(re.findall(r"icon_name=\"([\w-]+)\"", text))
    named |= set(re.findall(r"ui\.empty\(\"([\w-]+)\"", text))
    named |= {"mark-now", "mark-soon", "mark-watch"}

    assert len(named) > 20
    assert named - {"session"} <= drawn("icons.svg")


def test_every_icon_the_pages_are_given_is_drawn() -> None:
    places = {place.icon for order in ORDER.values() for place in order} - {"session"}

    assert places | set(REASON_ICONS.values()) <= drawn("icons.svg")


def test_every_family_of_food_has_its_picture() -> None:
    with (ROOT.parent / "stock/reference/families.csv").open() as file:
        pictograms = {row["pictogram"] for row in csv.DictReader(file)}

    assert pictograms <= drawn("food.svg")


# The pieces


def piece(call: str, file: str = "components.html", **values: Any) -> str:
    """What a piece draws, in French, on 23 November 2026."""
    said = words("fr")
    context = {
        "words": said,
        "_": said.text,
        "ngettext": said.plural,
        "language": "fr",
        "today": TODAY,
        "urgency_of": lambda day: Steps().of(day, TODAY).value,
        "here_url": "/stock",
        "csrf_input": lambda: Markup('<input type="hidden" name="_csrf_token" value="secret">'),
        "static": lambda path: f"/static/{path}",
        **values,
    }
    return _compiled(f'{{% import "{file}" as p with context %}}{{{{ p.{call} }}}}').render(context).strip()


@lru_cache
def _compiled(source: str) -> Template:
    return environment().from_string(source)


@pytest.mark.parametrize(
    ("days", "step"),
    [(-1, "now"), (0, "now"), (1, "now"), (2, "soon"), (3, "soon"), (4, "watch"), (7, "watch"), (8, "later")],
)
def test_urgency_has_four_steps(days: int, step: str) -> None:
    mark = piece("mark(day)", day=TODAY + dt.timedelta(days=days))

    assert f'class="mark {step}"' in mark
    assert ("<svg" in mark) == (step != "later")


def test_a_mark_says_its_day_in_a_word_beside_its_colour_and_shape() -> None:
    mark = piece("mark(day)", day=TODAY + dt.timedelta(days=4))

    assert "#mark-watch" in mark
    assert ">vendredi</time>" in mark


def test_a_price_struck_through_says_in_words_which_one_it_is() -> None:
    price = piece("usual_price(2182)")

    assert price.startswith("<s ")
    assert f"prix habituel{THIN}:" in price


def test_a_field_keeps_what_was_typed_and_says_what_is_wrong_with_it() -> None:
    field = piece('field("typed", "Date", "31/02", refusal="Ce jour n’existe pas.", hint="28/11")')

    assert 'value="31/02"' in field
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="typed-why typed-hint"' in field
    assert "Ce jour n’existe pas." in field


def test_what_a_person_typed_is_never_markup() -> None:
    field = piece('field("name", "Name", typed)', typed='"><script>')

    assert "<script>" not in field


def test_a_form_that_writes_carries_its_proof() -> None:
    source = '{% import "components.html" as p with context %}{% call p.post("/x") %}inside{% endcall %}'

    form = environment().from_string(source).render(csrf_input=lambda: Markup("<proof>"), elsewhere=None)

    assert form == '<form method="post" action="/x"><proof>inside</form>'


def test_the_other_language_is_offered_in_its_own_words() -> None:
    offered = piece("languages()")

    assert "English" in offered
    assert "Français" not in offered
    assert 'action="/language/en?next=/stock"' in offered


@pytest.mark.parametrize(("covered", "step"), [(0.0, "f0"), (0.04, "f0"), (0.05, "f0"), (0.5, "f5"), (1.0, "f10")])
def test_a_cell_is_filled_in_proportion(covered: float, step: str) -> None:
    assert f'class="{step}"' in piece("heat_cell(covered)", "charts.html", covered=covered)


def test_a_cell_without_need_is_not_an_empty_one() -> None:
    assert 'class="none"' in piece("heat_cell(none)", "charts.html")


def test_a_figure_stands_beside_its_bound_and_beside_the_usual_way() -> None:
    figure = piece('figure("lost", 34.2, 31.0, 58.4)', "charts.html")

    assert f"34{THIN}kg" in figure
    assert f"31{THIN}kg" in figure
    assert f"58{THIN}kg" in figure
    assert 'class="bound-line"' in figure
    assert 'class="usual"' in figure


def test_a_bound_that_was_not_computed_is_not_drawn() -> None:
    assert "bound-line" not in piece('figure("lines", 612, none, 745)', "charts.html")


@given(part=st.integers(0, 10**9), whole=st.integers(0, 10**9))
def test_a_bar_never_leaves_its_frame(part: int, whole: int) -> None:
    width = float(piece("share(part, whole)", "charts.html", part=part, whole=whole))

    assert 0 <= width <= 100


flows = st.lists(st.integers(1, 10**7), min_size=1, max_size=8)


@given(sources=flows, cut=st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_a_flow_stays_in_its_drawing_whatever_it_shows(sources: list[int], cut: list[int]) -> None:
    total = sum(sources)
    ends = [total * share / sum(cut) for share in cut]

    drawing = piece("flow('Flow', sources, ends)", "charts.html", sources=parts(sources), ends=parts(ends))

    box = re.search(r'viewBox="0 0 770 (\d+)"', drawing)
    assert box
    nodes = re.findall(r'<rect class="node[^"]*" x="[\d.]+" y="([\d.-]+)" width="12" height="([\d.]+)"', drawing)
    assert len(nodes) == len(sources) + len(ends)
    assert all(float(y) >= 0 and float(y) + float(high) <= int(box[1]) + 1 for y, high in nodes)


def parts(grams: list[Any]) -> list[Any]:
    return [SimpleNamespace(label="Lot", grams=g, href=None, kind="") for g in grams]


def test_a_week_without_losses_is_drawn_on_the_ground_line() -> None:
    points = [SimpleNamespace(label="23/11", share=0.0), SimpleNamespace(label="30/11", share=0.0)]

    trend = piece("trend('Trend', points)", "charts.html", points=points)

    assert 'points="85.0,190.0 610.0,190.0 "' in trend
