"""The front door: signing in and out, the language, each role's home, and whether the house stands."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy import text

from api.here import LANGUAGE_COOKIE, Here
from api.intake_words import intake_words
from api.security import ANYONE, COOKIE, May, secret_of
from api.todo import todos
from common.errors import Refusal
from common.words import LANGUAGES
from network.accounts import set_language, sign_in, sign_out
from network.roles import Right
from stock.agreed_times import expected


@dataclass
class SignInForm:
    login: str = ""
    password: str = ""
    next: str = "/"


@get("/", guards=[May()], sync_to_thread=True)
def at_home(here: NamedDependency[Here]) -> Response[Any]:
    """What is most useful today, and the places of the role."""
    receives = Right.WRITE_STOCK in here.me.rights
    with here.database.reading() as session:
        waiting = todos(here, session)
        coming = expected(session, here.clock.now(), here.me.site_id) if receives and here.me.site_id else []
    said = intake_words(here.words) if receives else None
    return here.page("pages/today.html", todos=waiting, expected=coming, said=said)


@get("/sign-in", guards=[ANYONE], sync_to_thread=True)
def sign_in_page(here: NamedDependency[Here], next: FromQuery[str] = "/") -> Response[Any]:  # noqa: A002
    if here.person:
        return here.go(_inside(next))
    return here.page("pages/sign_in.html", form=SignInForm(next=_inside(next)), refusal=None)


@post("/sign-in", guards=[ANYONE], sync_to_thread=True)
def sign_in_now(here: NamedDependency[Here], data: URLEncodedBody[SignInForm]) -> Response[Any]:
    stamp = here.clock.stamp()
    try:
        token, _ = sign_in(here.database, data.login, data.password, _device(here), stamp, here.house.lasting)
    except Refusal as refusal:
        form = SignInForm(data.login, "", _inside(data.next))
        return here.page("pages/sign_in.html", form=form, refusal=refusal.say(here.words), status=refusal.kind.value)
    answer = here.go(_inside(data.next))
    answer.cookies.append(
        Cookie(
            key=COOKIE,
            value=token,
            httponly=True,
            secure=here.house.settings.secure_cookies,
            samesite="lax",
            max_age=here.house.settings.session_hours * 3600,
        )
    )
    return answer


@post("/sign-out", guards=[May()], sync_to_thread=True)
def sign_out_now(here: NamedDependency[Here]) -> Response[Any]:
    token = secret_of(here.request)
    if token:
        with here.database.writing() as session:
            sign_out(session, token)
    answer = here.go("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


@post("/language/{language:str}", guards=[ANYONE], sync_to_thread=True)
def choose_language(
    here: NamedDependency[Here],
    language: FromPath[str],
    next: FromQuery[str] = "/",  # noqa: A002
) -> Response[Any]:
    answer = here.go(_inside(next))
    if language in LANGUAGES:
        if here.person:
            with here.database.writing() as session:
                set_language(session, here.me.id, language)
        answer.cookies.append(
            Cookie(key=LANGUAGE_COOKIE, value=language, max_age=365 * 24 * 3600, samesite="lax", httponly=True)
        )
    return answer


@get("/healthz", guards=[ANYONE], sync_to_thread=False, media_type="text/plain")
def alive() -> str:
    """The process answers."""
    return "ok"


@get("/readyz", guards=[ANYONE], sync_to_thread=True, media_type="text/plain")
def ready(here: NamedDependency[Here]) -> str:
    """The database answers too."""
    with here.database.reading() as session:
        session.execute(text("SELECT 1"))
    return "ok"


def _inside(path: str) -> str:
    """A path of this site, never another site's address; browsers read `\\` as `/` and skip what cannot be printed."""
    stays = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if stays else "/"


def _device(here: Here) -> str:
    return here.request.headers.get("user-agent", "")[:60]


ROUTES = [at_home, sign_in_page, sign_in_now, sign_out_now, choose_language, alive, ready]
