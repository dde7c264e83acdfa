"""From a job's values to what the caller gets: files fetched, outputs arranged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from gradlink._flows.delivery import Delivery, ResultFile
from gradlink._flows.exchange import MAX_REDIRECTS, Access, login, redirect_target, stays
from gradlink._flows.retry import retrying
from gradlink._io import (
    Downloaded,
    Flow,
    HttpDownload,
    HttpReply,
    Partial,
    download,
    gather,
    read_data_uri,
    store_data_uri,
)
from gradlink._protocol.dialect import Dialect
from gradlink._protocol.filedata import (
    FileData,
    content_uri,
    file_address,
    file_name,
    find_in_outputs,
    find_inline,
    is_private_address,
    replaced,
)
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.outputs import Output, arrange
from gradlink._protocol.policy import is_retryable_read
from gradlink._protocol.replies import reply_error
from gradlink._protocol.routes import without_credentials
from gradlink._protocol.schema import Endpoint
from gradlink.errors import DownloadInterruptedError, FileError, RedirectError


def is_shown_as_it_is(dialect: Dialect, output: Output, delivery: Delivery) -> bool:
    """Tell whether nothing is to be made of the values of ``output``: there are neither files nor tables in them."""
    # Files in a text are not known by their form.
    inline = dialect.inline_results and output.edits is None
    return not (output.has_files or inline or delivery.form.frames is not None)


def collect(
    access: Access,
    dialect: Dialect,
    endpoint: Endpoint,
    output: Output,
    delivery: Delivery,
) -> Flow[object]:
    """Return what the caller of ``endpoint`` gets for ``output``: one value bare, several as a tuple.

    Files and tables have the form that ``delivery`` says; what it has fetched before is not fetched again.
    """
    # A server may send more values than /config declares; only those that are declared are shown.
    shown = endpoint.shown(output.data)
    types = endpoint.shown(endpoint.output_types)
    found = (
        find_in_outputs(shown, endpoint.shown(endpoint.plain_outputs), dialect) if output.has_files else []
    )
    files = {file.path: result_file(access, file.data) for file in found}
    new: dict[tuple[str | int, ...], object]
    if delivery.form.files == "url":
        new = {path: file.data for path, file in files.items()}
    else:
        if dialect.inline_results:
            files.update(_inline_files(shown, types))
        new = yield from _delivered(access, files, delivery)
    values: list[object] = [*replaced(shown, new)]
    if (library := delivery.form.frames) is not None:
        values = [
            delivery.as_frame(value, library) if component == "dataframe" else value
            for value, component in zip(values, types, strict=False)
        ]
    skipped = [skip for skip in endpoint.skipped_outputs if not skip]
    return arrange(values, skipped)


def _delivered(
    access: Access, files: Mapping[tuple[str | int, ...], ResultFile], delivery: Delivery
) -> Flow[dict[tuple[str | int, ...], object]]:
    """Return what the caller gets for each of ``files``; those with one address are one."""
    new: dict[tuple[str | int, ...], object] = {}
    missing: dict[str, ResultFile] = {}
    for path, file in files.items():
        if file.inline is not None:
            new[path] = yield from _deliver(access, file, delivery)
        elif file.url not in delivery.fetched:
            missing[file.url] = file
    if missing:
        made = yield from gather([_deliver(access, file, delivery) for file in missing.values()])
        delivery.fetched.update(zip(missing, made, strict=True))
    new.update((path, delivery.fetched[file.url]) for path, file in files.items() if file.inline is None)
    return new


def _deliver(access: Access, file: ResultFile, delivery: Delivery) -> Flow[object]:
    match delivery.form.files:
        case "lazy":
            return delivery.lazily(file)
        case "memory":
            return delivery.in_memory(file, (yield from fetch_content(access, file)))
        case "path" | "url":
            return (yield from fetch_file(access, file))
        case _:
            assert_never(delivery.form.files)


def fetch_file(access: Access, file: ResultFile) -> Flow[str]:
    """Store a file of a result and return its path on this machine."""
    if file.inline is not None:
        return (yield from store_data_uri(file.inline, file.name))
    return (yield from fetch(access, file.url, file.same_origin, file.name))


def fetch_content(access: Access, file: ResultFile) -> Flow[bytes]:
    """Return the content of a file of a result, which is not stored."""
    if file.inline is not None:
        return (yield from read_data_uri(file.inline, file.name))
    request = HttpDownload(file.url, file.name, file.same_origin, in_memory=True)
    return (yield from _fetch(access, request)).content or b""


def _inline_files(values: list[JSONValue], types: list[str]) -> dict[tuple[str | int, ...], ResultFile]:
    """Return the files that 3.x sends as data URIs in the values themselves."""
    files: dict[tuple[str | int, ...], ResultFile] = {}
    for index, (value, component) in enumerate(zip(values, types, strict=False)):
        for file in find_inline(value, component):
            name = str(file.data.get("orig_name") or file.data.get("name") or component)
            uri = str(file.data["data"])
            files[index, *file.path] = ResultFile(FileData(url=uri, orig_name=name), name, False, uri)
    return files


def result_file(access: Access, data: Mapping[str, JSONValue]) -> ResultFile:
    """Return where a file of a result is."""
    _, same_origin = file_address(access.routes, data)
    return ResultFile(described(access, data), file_name(data), same_origin, content_uri(data))


def described(access: Access, data: Mapping[str, JSONValue]) -> FileData:
    """Return ``data`` as FileData whose url is the one that gradlink would fetch."""
    url, same_origin = file_address(access.routes, data)
    file = FileData({**data, "url": url})
    return file.allow_fetching() if same_origin else file


def fetch(access: Access, url: str, same_origin: bool, name: str, *, temporary: bool = False) -> Flow[str]:
    """Fetch a file and return its path on this machine; an interrupted download goes on where it broke.

    The client's headers and cookies go to the app's own origin only, redirects included. A file of a result
    is not fetched from an address of this machine or a private network, unless the app itself lives there:
    an app must not make its callers ask their own network for it. A ``temporary`` file, which is
    fetched only to be uploaded again, was named by the program; what its host redirects to was not.
    """
    request = HttpDownload(url, name, same_origin, temporary, trusted=temporary)
    return (yield from _fetch(access, request)).path or ""


def _fetch(access: Access, request: HttpDownload) -> Flow[Downloaded]:
    kept: list[Partial] = []

    def once() -> Flow[Downloaded]:
        return (yield from _fetch_once(access, request, kept))

    try:
        return (yield from retrying(access.retries, once, is_retryable_read))
    finally:
        for partial in kept:
            partial.discard()


def _fetch_once(access: Access, request: HttpDownload, kept: list[Partial]) -> Flow[Downloaded]:
    asked_login = False
    for _ in range(MAX_REDIRECTS):
        _check_host(access, request)
        try:
            saved = yield from download(replace(request, partial=kept[0] if kept else None))
        except DownloadInterruptedError as exc:
            kept[:] = [exc.partial] if exc.partial is not None else []
            raise
        if saved.complete:
            kept.clear()
            return saved
        location = saved.headers.get("location")
        if 300 <= saved.status < 400 and location:
            target = redirect_target(request.url, location)
            same = stays(request.url, target)
            request = replace(
                request,
                url=target,
                same_origin=request.same_origin and same,
                trusted=request.trusted and same,
            )
        elif saved.status == 401 and request.same_origin and access.auth is not None and not asked_login:
            asked_login = True
            yield from login(access)
        else:
            reply = HttpReply(saved.status, saved.headers, saved.body, saved.url)
            raise reply_error(reply, f"the file {request.file_name!r}")
    raise RedirectError(f"{without_credentials(request.url)}: gave up after {MAX_REDIRECTS} redirects")


def _check_host(access: Access, request: HttpDownload) -> None:
    if (
        request.same_origin
        or request.trusted
        or (is_private_address(access.routes.base) and not request.temporary)
    ):
        return
    if is_private_address(request.url):
        shown = without_credentials(request.url)
        if request.temporary:
            raise FileError(
                f"the file {request.file_name!r} is redirected to {shown}: a private address, not fetched"
            )
        raise FileError(
            f"the app names {shown} as a file of its result: a private address, which is not fetched"
        )
