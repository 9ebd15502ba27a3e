"""The start page: a text or a file becomes a document; jobs, recent documents, downloads."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from glossary.termbase import shipped_paths
from models.errors import CheckpointError
from models.registry import default_name, known
from translate.documents import FORMATS, MAX_BYTES, Original, bare_name, format_of
from translate.errors import FormatError, TranslateError, UnknownDocument
from translate.formats import WRITERS, writer
from translate.formats.text import read_text
from translate.master import Master, in_its_format
from translate.web.guard import BODY_LIMIT
from translate.web.jobs import Job, Jobs
from translate.web.printed import workspace_of
from translate.web.render import is_fragment, page
from translate.workspace import Entry, Workspace

TEXT_LIMIT = 20 * 2**20  # bytes of UTF-8: some three million words
NAME_LIMIT = (
    160  # bytes: a file system allows 255, and `.report.json` and temporary files come on top
)

_UNFIT = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+'
)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # on Windows
_WORDS = 5  # of a text, to name it by
_DESCRIBED = {  # format -> (media type, what it is)
    "po": ("text/x-gettext-translation", "PO, both languages, for Poedit or Weblate"),
    "html": ("text/html", "side by side, one page to read or print"),
    "txt": ("text/plain", "English text"),
    "json": ("application/json", "report"),
    "tsv": ("text/tab-separated-values", "table for a spreadsheet"),
    "jsonl": ("application/jsonl", "one JSON object a segment"),
    "xliff": ("application/xliff+xml", "XLIFF 2, for translation tools"),
    "xliff12": ("application/xliff+xml", "XLIFF 1.2, for older ones"),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "table of both languages, to review in Word",
    ),
    "tmx": ("application/x-tmx+xml", "translation memory"),
    "tbx": ("application/x-tbx+xml", "terms that occur in it"),
}
_IN_ITS_FORMAT = "document"  # among downloads, what is a document: its English in the same format
_DOWNLOADS = {kind: _DESCRIBED.get(kind, ("application/octet-stream", "")) for kind in WRITERS}


@dataclass(frozen=True, slots=True)
class _Model:
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class _Offered:
    """A termbase to choose: `value` identifies it in the form."""

    path: Path
    label: str
    shipped: bool

    @property
    def value(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class _Order:
    """What the form asks for, checked."""

    name: str
    text: str
    original: Original | None
    model: str | None
    termbases: tuple[Path, ...] | None


class _Problem(Exception):
    """The form can't be used as it is; `field` names the part to correct."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def start(request: Request) -> Response:
    """`/`"""
    workspace = workspace_of(request)
    jobs: Jobs = request.app.state.jobs
    entries = workspace.documents()
    return page(
        request,
        "start.html.j2",
        entries=entries,
        originals={entry.name: Master(entry.path).original() for entry in entries},
        jobs=jobs.unfinished(),
        models=_models(workspace),
        model=_default_model(workspace),
        termbases=_offered(workspace),
        downloads=_DOWNLOADS,
        limit=TEXT_LIMIT,
        document_limit=MAX_BYTES,
        accepted=(".txt", *FORMATS),
        formats=dict.fromkeys(kind.name for kind in FORMATS.values()),
        folder=str(workspace.out),
    )


async def translate(request: Request) -> Response:
    """`POST /translate`: queue the text or the file of the form."""
    async with request.form(max_files=1, max_fields=100, max_part_size=BODY_LIMIT) as form:
        data = await _uploaded(form)
        return await run_in_threadpool(_translate, request, form, data)


async def _uploaded(form: FormData) -> bytes | None:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    return await file.read(MAX_BYTES + 1)


def _translate(request: Request, form: FormData, data: bytes | None) -> Response:
    workspace = workspace_of(request)
    jobs: Jobs = request.app.state.jobs
    try:
        order = _order(workspace, form, data)
        there = _existing(workspace, order.name)
        if there is not None and form.get("existing") != "continue":
            other = free_name(workspace, order.name)
            return page(request, "start_existing.html.j2", status=409, entry=there, other=other)
        name = there.name if there else order.name
        job = jobs.add(
            name,
            order.text,
            model=order.model,
            termbases=order.termbases,
            original=order.original,
        )
    except _Problem as problem:
        return _not_yet(request, str(problem), problem.field)
    except TranslateError as error:
        return _not_yet(request, str(error), "name")
    return Response(status_code=202, headers={"HX-Redirect": f"/jobs/{job.id}"})


def _not_yet(request: Request, message: str, field: str) -> Response:
    return page(request, "start_problem.html.j2", status=422, message=message, field=field)


def _order(workspace: Workspace, form: FormData, data: bytes | None) -> _Order:
    text, original, file_name = _read(form, data)
    given = _value(form, "rename") or _value(form, "name")
    name = clean_name(given) or proposed_name(text, file_name)
    model = _value(form, "model")
    if model and model not in {m.name for m in _models(workspace)}:
        raise _Problem("There is no such model; choose one of the list.", field="model")
    chosen = None if model in ("", _default_model(workspace)) else model
    return _Order(name, text, original, chosen, _termbases(workspace, form))


def _value(form: FormData, key: str) -> str:
    value = form.get(key)
    return value.strip() if isinstance(value, str) else ""


def _read(form: FormData, data: bytes | None) -> tuple[str, Original | None, str]:
    """The text, the document that it stands in, and the name of its file ("" where it was pasted)."""
    if data is None:
        pasted = form.get("text")
        text = pasted if isinstance(pasted, str) else ""
        if not text.strip():
            raise _Problem("Paste an Arabic text or choose a file first.", field="text")
        return _plain(text.encode("utf-8", "replace"), ""), None, ""
    file = form["file"]
    assert isinstance(file, UploadFile)
    shown = file.filename or ""
    kind = format_of(PurePath(shown))
    if kind is None:
        return _plain(data, shown), None, shown
    try:
        text = kind.read(data, shown).text
    except FormatError as error:
        raise _unreadable(error) from error
    return text, Original(suffix=PurePath(shown).suffix.lower(), data=data), shown


def _plain(data: bytes, shown: str) -> str:
    if len(data) > TEXT_LIMIT:
        limit = f"{TEXT_LIMIT // 2**20} MB"
        raise _Problem(
            f"The text is longer than {limit}; divide it into several documents.", field="text"
        )
    try:
        return read_text(data, encoding=None, path=shown or "the text").text
    except FormatError as error:
        raise _unreadable(error) from error


def _unreadable(error: FormatError) -> _Problem:
    """The command's option is of no use here."""
    message = str(error).replace("say which encoding the file has (--encoding), or ", "")
    return _Problem(message, field="text")


def _termbases(workspace: Workspace, form: FormData) -> tuple[Path, ...] | None:
    """The checked ones in the order they count; None for the workspace's own choice."""
    wanted = {value for value in form.getlist("termbase") if isinstance(value, str)}
    offered = _offered(workspace)
    if not wanted <= {one.value for one in offered}:
        raise _Problem("A termbase is gone; load this page again.", field="termbase")
    chosen = tuple(one.path for one in offered if one.value in wanted)
    return None if len(chosen) == len(offered) else chosen


def _offered(workspace: Workspace) -> list[_Offered]:
    shipped = set(shipped_paths())
    return [
        _Offered(path, path.stem if path in shipped else str(path), path in shipped)
        for path in workspace.termbases
        if path.exists()  # one's own comes into being with the first term
    ]


def _models(workspace: Workspace) -> list[_Model]:
    models = [
        _Model(k.name, f"{k.name} ({k.params})" + ("" if k.where else ", will be downloaded"))
        for k in known()
    ]
    default = _default_model(workspace)
    if default not in {m.name for m in models}:
        models.insert(0, _Model(default, default))
    return models


def _default_model(workspace: Workspace) -> str:
    if workspace.model:
        return workspace.model
    try:
        return default_name()
    except CheckpointError:  # a broken choice is said when it is used
        return "starter"


# Names of documents


def clean_name(name: str) -> str:
    """`name` as a folder can be called on any system; "" where nothing is left of it."""
    name = " ".join(_UNFIT.sub("-", name).split()).strip("-. ")
    while len(name.encode()) > NAME_LIMIT:
        name = name[:-1].rstrip("-. ")
    return f"{name}-" if _RESERVED.fullmatch(name) else name


def proposed_name(text: str, file_name: str) -> str:
    """From the file's name, else from the first words."""
    if name := clean_name(bare_name(PurePath(file_name).name)):
        return name
    words = re.findall(r"[^\W_]+", text[:2000])[:_WORDS]
    return clean_name("-".join(words)) or "text"


def free_name(workspace: Workspace, name: str) -> str:
    """`name`, or with the first number that no document has."""
    taken = {entry.name.casefold() for entry in workspace.documents()}
    number, free = 1, name
    while free.casefold() in taken or (workspace.out / free).exists():
        number += 1
        free = f"{name}-{number}"
    return free


def _existing(workspace: Workspace, name: str) -> Entry | None:
    """The document of that name; some file systems know no case."""
    key = name.casefold()
    return next((e for e in workspace.documents() if e.name.casefold() == key), None)


# Jobs


def show_job(request: Request) -> Response:
    """`/jobs/{job}`: the page, and for htmx its numbers."""
    job = _job(request)
    there = f"/d/{quote(job.name, safe='')}"
    if not is_fragment(request):
        if job.state == "done":
            return RedirectResponse(there, status_code=303)
        return page(request, "job.html.j2", **_numbers(request, job))
    if job.state == "done":
        return Response(headers={"HX-Redirect": there})
    if job.finished:
        return Response(headers={"HX-Refresh": "true"})
    return page(request, "job_progress.html.j2", **_numbers(request, job))


def cancel_job(request: Request) -> Response:
    """`POST /jobs/{job}/cancel`"""
    jobs: Jobs = request.app.state.jobs
    jobs.cancel(_job(request))
    return Response(status_code=204)


def _job(request: Request) -> Job:
    jobs: Jobs = request.app.state.jobs
    job = jobs.get(request.path_params["job"])
    if job is None:
        raise HTTPException(404)
    return job


def _numbers(request: Request, job: Job) -> dict[str, Any]:
    jobs: Jobs = request.app.state.jobs
    return {
        "job": job,
        "before": jobs.before(job),
        "rate": round(job.rate),
        "left": None if job.left is None else _duration(job.left),
        "stopping": job.stop.is_set(),
    }


def _duration(seconds: float) -> str:
    if seconds < 55:
        return f"about {max(5, math.ceil(seconds / 5) * 5)} seconds"
    minutes = math.ceil(seconds / 60)
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


# Downloads


def download(request: Request) -> Response:
    """`/d/{name}/download/{format}`"""
    workspace = workspace_of(request)
    kind = {"report": "json"}.get(request.path_params["format"], request.path_params["format"])
    name = request.path_params["name"]
    if kind == _IN_ITS_FORMAT:
        return _document(workspace, name)
    if kind not in _DOWNLOADS:
        raise HTTPException(404)
    if kind == "po":  # the file itself, even a broken one: it holds what people keep there
        body = _master(workspace, name).read_bytes()
    else:
        body = writer(kind).write(workspace.open(name).document)
    return Response(
        body,
        media_type=_DOWNLOADS[kind][0],
        headers={"Content-Disposition": disposition(name + writer(kind).suffix)},
    )


def _document(workspace: Workspace, name: str) -> Response:
    """The file that it was read from, in English, as the document is now."""
    original = Master(_master(workspace, name)).original()
    if original is None:
        raise HTTPException(404)
    return Response(
        in_its_format(workspace.open(name).document, original),
        media_type="application/octet-stream",
        headers={"Content-Disposition": disposition(f"{name}.en{original.suffix}")},
    )


def _master(workspace: Workspace, name: str) -> Path:
    for entry in workspace.documents():
        if entry.name == name:
            return entry.path
    raise UnknownDocument(name)


def disposition(name: str) -> str:
    """Content-Disposition with a name in any script (RFC 6266, RFC 5987)."""
    plain = re.sub(r'[^\w .()+-]|["\\]', "_", name, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"


ROUTES: Sequence[BaseRoute] = [
    Route("/", start, methods=["GET"]),
    Route("/translate", translate, methods=["POST"]),
    Route("/jobs/{job}", show_job, methods=["GET"]),
    Route("/jobs/{job}/cancel", cancel_job, methods=["POST"]),
    Route("/d/{name}/download/{format}", download, methods=["GET"]),
]
