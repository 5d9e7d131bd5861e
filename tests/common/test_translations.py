"""Everything a person can read is in the French catalogue, and reads as French is written."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import jinja2
import pytest
from jinja2 import nodes

from allocation.exits import EXIT_NAMES, REASON_NAMES
from allocation.waste import CAUSE_NAMES
from api.here import TEMPLATES
from api.navigation import ORDER
from api.refusals import SENTENCES
from common.errors import Refusal
from common.words import words
from households import vocabulary
from households.reference import needs, scales
from network.roles import ROLE_NAMES
from stock import losses, reference, story
from stock.bookings import NOTE_NAMES
from stock.places import STORAGE_NAMES
from stock.shorthand import QUESTIONS
from tools.translations import ROOMS, faults, in_catalogue, in_code

NAMES = {
    "roles": ROLE_NAMES.values(),
    "storages": STORAGE_NAMES.values(),
    "notes of the intake": NOTE_NAMES.values(),
    "doubts about a date": QUESTIONS.values(),
    "movements": [*story.SAID.values(), *story.LEADS.values()],
    "exits of a loss": losses.EXIT_NAMES.values(),
    "exits of what is left behind": EXIT_NAMES.values(),
    "reasons": REASON_NAMES.values(),
    "causes": CAUSE_NAMES.values(),
    "contents": vocabulary.CONTENTS.values(),
    "equipment": vocabulary.EQUIPMENT.values(),
    "channels": vocabulary.CHANNELS.values(),
    "outcomes": vocabulary.OUTCOMES.values(),
    "bonds": vocabulary.BONDS.values(),
    "sexes": vocabulary.SEXES.values(),
    "first contacts": vocabulary.HEARD.values(),
    "housing": vocabulary.HOUSING.values(),
    "main incomes": vocabulary.STATUSES.values(),
    "ends": vocabulary.END_REASONS.values(),
    "answers to an appeal": vocabulary.ANSWERS.values(),
    "reasons of a decision": vocabulary.REASONS.values(),
    "places of the menu": [place.label for places in ORDER.values() for place in places],
    "what the web refuses": SENTENCES.values(),
}


def refusals() -> Iterator[type[Refusal]]:
    """Every class of refusal the house can raise."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.startswith("api.migrations") and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    known = [Refusal]
    for refusal in known:
        known += refusal.__subclasses__()
        if refusal.__module__.partition(".")[0] in ROOMS:
            yield refusal


def test_the_catalogue_says_in_french_what_the_code_says() -> None:
    assert list(faults(in_code(), in_catalogue())) == []


def test_every_refusal_can_be_said_in_french() -> None:
    french = in_catalogue()

    assert [r.__name__ for r in refusals() if french.get(r.message) is None] == []


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_every_name_of_a_coded_list_has_its_french(names: Iterable[str]) -> None:
    french = in_catalogue()

    assert [name for name in names if french.get(name) is None] == []


@pytest.mark.parametrize("table", ["contents", "equipment"])
def test_households_and_stockroom_call_a_thing_by_one_name(table: str) -> None:
    called = words("fr").text

    for row in getattr(reference, table)():
        assert (row.name_en, called(row.name_en)) == (getattr(vocabulary, table.upper())[row.code], row.name_fr)


def test_names_of_reference_data_have_typographic_apostrophes() -> None:
    tables = (reference.families, reference.food_groups, reference.sources, reference.refusal_reasons, needs)
    names = [row.name_fr for table in (*tables, reference.loss_causes) for row in table()]
    names += [line.label.fr for scale in scales() for line in scale.lines]

    assert [name for name in names if "'" in name] == []


def test_pages_hold_no_words_outside_the_catalogue() -> None:
    assert [said for path in sorted(TEMPLATES.rglob("*.html")) for said in _bare(path.read_text())] == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>Lost</p>", ["Lost"]),
        ('<p title="Lost">{{ n }}</p>', ["Lost"]),
        ("<p>{{ ui.action('Book it', kind='main') }}</p>", ["Book it"]),
        ('<p class="Lost">{{ _("Book it") }} · {{ n }}</p>{# said to nobody #}<script>let x = "Lost";</script>', []),
        ('{{ ngettext("One lot", "%(n)s lots", n) }}{{ ui.icon("arrow left") }}', []),
    ],
)
def test_a_word_outside_the_catalogue_is_found(page: str, found: list[str]) -> None:
    assert list(_bare(page)) == found


def _bare(page: str) -> Iterator[str]:
    """Words that a page says without translation: between tags, in attributes people read, or in an expression."""
    environment = jinja2.Environment(autoescape=True)
    markup = Markup()
    page = CLASS.sub("", page)
    markup.feed("".join(value if kind == "data" else "" for _, kind, value in environment.lex(page)))
    yield from (said.strip() for said in markup.said if WORD.search(said))
    tree = environment.parse(page)
    calls = [c for c in tree.find_all(nodes.Call) if isinstance(c.node, nodes.Name) and c.node.name in MARKS]
    translated = {id(constant) for call in calls for constant in call.find_all(nodes.Const)}
    for constant in tree.find_all(nodes.Const):
        if id(constant) not in translated and SENTENCE.match(str(constant.value)):
            yield constant.value


MARKS = {"_", "ngettext"}
CLASS = re.compile(r"{% block \w+_class %}.*?{% endblock %}")
WORD = re.compile(r"[^\W\d_]{2}")
SENTENCE = re.compile(r"[A-Z][a-z]+ ")


class Markup(HTMLParser):
    """Collects what people read."""

    READ = frozenset({"alt", "aria-description", "aria-label", "placeholder", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value or "" for name, value in attrs if name in self.READ]

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.said.append(data)
