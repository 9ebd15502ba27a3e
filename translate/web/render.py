"""Templates to pages. Everything a template prints is escaped; a name it doesn't know is an error."""

import json
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

TEMPLATES = Path(__file__).parent / "templates"


def page(
    request: Request,
    template: str,
    /,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """The `template` (a page or a fragment) with `context`, `request` and the token of this run."""
    known = {"request": request, "token": request.app.state.token}
    body = _environment().get_template(template).render(known | context)
    # Half of a surrogate pair can't be written as UTF-8; as in the outputs, it is shown, not fatal.
    return HTMLResponse(body.encode("utf-8", "replace"), status_code=status, headers=headers)


def macros(name: str) -> Any:
    """The macros of the template `name`, for fragments that are made apart from a page."""
    return _environment().get_template(name).module


def is_fragment(request: Request) -> bool:
    """Whether a script asked (htmx or fetch), so that a part of a page is the answer."""
    return "hx-request" in request.headers or "x-dragoman-token" in request.headers


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["urlencode"] = in_url
    environment.filters["json"] = _as_json
    environment.filters["when"] = _when
    environment.globals["version"] = _version()
    return environment


def in_url(value: object) -> str:
    """One part of a path or query: Jinja's own leaves slashes alone."""
    return quote(str(value), safe="", errors="replace")


def _as_json(value: Any) -> str:
    """JSON for an attribute in double quotes (escaped like any text, unlike `tojson`)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _when(moment: datetime) -> str:
    """In this machine's time, without words that depend on a language."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _version() -> str:
    try:
        return version("dragoman")
    except PackageNotFoundError:
        return ""
