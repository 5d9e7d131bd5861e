"""What a handler needs of its request: the network's database, who is asking, their language, the day."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.response import Redirect
from litestar.template.base import csrf_token
from markupsafe import Markup

from api import flash
from api.house import House
from api.navigation import places
from api.own_site import named_elsewhere, sites_of
from api.security import person_of
from api.static_files import static_url
from common.clock import Clock, Stamp
from common.database import Database
from common.errors import Refusal
from common.words import LANGUAGES, Words, plain, words
from network.accounts import Person
from network.partners import site
from stock.urgency import Steps, steps_in_force

OK = 200
LANGUAGE_COOKIE = "language"
FORMS_COOKIE = "panier-forms"
TEMPLATES = Path(__file__).parent / "templates"

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Here:
    """One request's view of the house. Handlers open `database.reading()` or `.writing()` themselves."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self.request = request
        self.house: House = request.app.state.house

    @cached_property
    def database(self) -> Database:
        return self.house.registry.database(self.request.headers.get("host", ""))

    @property
    def me(self) -> Person:
        """Who is signed in; routes open to anyone must not ask."""
        assert self.person is not None  # noqa: S101 - the route's guard has let them in
        return self.person

    @property
    def person(self) -> Person | None:
        """Who is signed in, if anybody."""
        return person_of(self.request)

    @property
    def clock(self) -> Clock:
        return self.house.clock

    def stamp(self) -> Stamp:
        """Now, signed by who is asking."""
        return self.clock.stamp(self.me.id, self.me.site_id)

    @cached_property
    def words(self) -> Words:
        chosen = self.request.cookies.get(LANGUAGE_COOKIE)
        if chosen in LANGUAGES:
            return words(chosen)
        return words(self.person.language if self.person else LANGUAGES[0])

    @cached_property
    def steps(self) -> Steps:
        """How soon goods must leave, by the rule of today: asked for where a page marks a date."""
        with self.database.reading() as session:
            return steps_in_force(session, self.clock.today())

    def works_at(self, site_id: int) -> bool:
        """Whether this person changes what is at a site; reading is for everybody."""
        return self.me.site_id in (None, site_id)

    @cached_property
    def elsewhere(self) -> str | None:
        """The site this address speaks of, where this person only reads what is there."""
        named = named_elsewhere(self.request, self.person) if self.person and self.request.method == "GET" else {}
        if not named:
            return None
        with self.database.reading() as session:
            others = [site_id for site_id in sites_of(session, named) if not self.works_at(site_id)]
            return site(session, others[0]).name if others else None

    def page(self, name: str, /, *, status: int = 200, **context: Any) -> Response[str]:
        """The page made from this template and these values, in the person's language."""
        template = _environment.get_template(name)
        flashes = flash.from_request(self.request)
        html = template.render(**{"flashes": flashes, **self._common(status), **context})
        answer = Response(html, status_code=status, media_type=MediaType.HTML)
        if flashes:
            answer.delete_cookie(flash.COOKIE)
        return answer

    def go(
        self, path: str, done: str = "", *, kind: str = "done", undo: str | None = None, **values: Any
    ) -> Response[Any]:
        """After a form: 303 to the page that shows what was done, with a sentence said once and its way back."""
        answer = Redirect(path, status_code=303)
        if done:
            sentence = self.words.text(done, **values)
            answer.cookies.append(flash.to_cookie(flash.Flash(sentence, kind, undo)))
        return answer

    def refused(self, path: str, refusal: Refusal) -> Response[Any]:
        """Back to a page with the sentence of a refusal: for buttons, which have no typing to keep."""
        return self.go(path, refusal.say(self.words), kind="refusal")

    def name_of(self, row: Any) -> str:
        """The name of a reference row in the person's language."""
        return str(row.name_fr if self.words.language == "fr" else row.name_en)

    def choices(self, rows: Iterable[Any]) -> list[tuple[str, str]]:
        """Code and name of reference rows, as a dictionary orders them: Céréales before Crème, Œufs before Pain."""
        return sorted(((row.code, self.name_of(row)) for row in rows), key=lambda choice: plain(choice[1]))

    def _common(self, status: int) -> dict[str, Any]:
        person = self.person
        path = self.request.url.path
        return {
            "words": self.words,
            "_": self.words.text,
            "ngettext": self.words.plural,
            "language": self.words.language,
            "languages": LANGUAGES,
            "me": person,
            "works_at": self.works_at,
            "elsewhere": self.elsewhere if status == OK else None,
            "rights": {right.value for right in person.rights} if person else set(),
            "nav": places(person, path, self.words) if person else [],
            "today": self.clock.today(),
            "urgency_of": lambda day: self.steps.of(day, self.clock.today()).value,
            "path": path,
            "here_url": quote(self._address(), safe=""),
            "csrf_input": self._csrf_input,
            "csrf": self._csrf,
            "new_key": lambda: token_urlsafe(12),
            "static": static_url,
            "has_authority": bool(self.house.settings.authority),
        }

    def _address(self) -> str:
        """The page a person is on, with what they asked of it; home after a form, whose address shows nothing."""
        url = self.request.url
        if self.request.method != "GET":
            return "/"
        return f"{url.path}?{url.query}" if url.query else url.path

    def _csrf(self) -> str:
        # At an address that is no route nothing makes one: that of the page before is still good.
        return csrf_token({"request": self.request}) or self.request.cookies.get(FORMS_COOKIE, "")

    def _csrf_input(self) -> Markup:
        return Markup('<input type="hidden" name="_csrf_token" value="{}">').format(self._csrf())


def provide_here(request: Request[Any, Any, Any]) -> Here:
    """What handlers ask for; raises UnknownHost, so that no page opens under a name no network has."""
    here = Here(request)
    _ = here.database
    return here
