"""From a job's values to what the caller gets: files fetched, outputs arranged."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace

from gradlink._flows.exchange import MAX_REDIRECTS, Access, login, redirect_target, stays
from gradlink._flows.retry import retrying
from gradlink._io import Flow, HttpDownload, HttpReply, Partial, download, gather, store_data_uri
from gradlink._protocol.dialect import Dialect
from gradlink._protocol.filedata import (
    FileData,
    FoundFile,
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


def collect(
    access: Access,
    dialect: Dialect,
    endpoint: Endpoint,
    output: Output,
    fetched: MutableMapping[str, str] | None,
) -> Flow[object]:
    """Return what the caller of ``endpoint`` gets for ``output``: one value bare, several as a tuple.

    Files become paths on this machine. ``fetched`` maps the addresses that were fetched before to their
    paths and is added to; None fetches nothing and gives :class:`FileData` with their address.
    """
    # A server may send more values than /config declares; only those that are declared are shown.
    shown = endpoint.shown(output.data)
    types = endpoint.shown(endpoint.output_types)
    files = (
        find_in_outputs(shown, endpoint.shown(endpoint.plain_outputs), dialect) if output.has_files else []
    )
    new: dict[tuple[str | int, ...], object] = {}
    if fetched is not None:
        new.update((yield from _store_content(files)))
        files = [file for file in files if file.path not in new]
        addresses = [(*file_address(access.routes, file.data), file_name(file.data)) for file in files]
        missing = {url: (same_origin, name) for url, same_origin, name in addresses if url not in fetched}
        if missing:
            flows = [fetch(access, url, same_origin, name) for url, (same_origin, name) in missing.items()]
            fetched.update(zip(missing, (yield from gather(flows)), strict=True))
        new.update((file.path, fetched[url]) for file, (url, _, _) in zip(files, addresses, strict=True))
        if dialect.inline_results:
            new.update((yield from _store_inline(shown, types)))
    else:
        new = {file.path: described(access, file.data) for file in files}
    skipped = [skip for skip in endpoint.skipped_outputs if not skip]
    return arrange(replaced(shown, new), skipped)


def _store_content(files: list[FoundFile]) -> Flow[dict[tuple[str | int, ...], object]]:
    """Store those of ``files`` that came with their content, as an SVG does."""
    new: dict[tuple[str | int, ...], object] = {}
    for file in files:
        uri = content_uri(file.data)
        if uri is not None:
            new[file.path] = yield from store_data_uri(uri, file_name(file.data))
    return new


def _store_inline(values: list[JSONValue], types: list[str]) -> Flow[dict[tuple[str | int, ...], object]]:
    """Store the files that 3.x sends as data URIs in the values themselves."""
    new: dict[tuple[str | int, ...], object] = {}
    for index, (value, component) in enumerate(zip(values, types, strict=False)):
        for file in find_inline(value, component):
            name = str(file.data.get("orig_name") or file.data.get("name") or component)
            new[index, *file.path] = yield from store_data_uri(str(file.data["data"]), name)
    return new


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
    kept: list[Partial] = []

    def once() -> Flow[str]:
        return (
            yield from _fetch_once(
                access, HttpDownload(url, name, same_origin, temporary, trusted=temporary), kept
            )
        )

    try:
        return (yield from retrying(access.retries, once, is_retryable_read))
    finally:
        for partial in kept:
            partial.discard()


def _fetch_once(access: Access, request: HttpDownload, kept: list[Partial]) -> Flow[str]:
    asked_login = False
    for _ in range(MAX_REDIRECTS):
        _check_host(access, request)
        try:
            saved = yield from download(replace(request, partial=kept[0] if kept else None))
        except DownloadInterruptedError as exc:
            kept[:] = [exc.partial] if exc.partial is not None else []
            raise
        if saved.path is not None:
            kept.clear()
            return saved.path
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
