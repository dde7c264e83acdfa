"""How a caller wants the results of a call: its files, and its tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Literal, TypeAlias, get_args

from gradlink._dataclass import dataclass
from gradlink._protocol.filedata import FileData
from gradlink.errors import ArgumentError

FilesAs: TypeAlias = Literal["path", "url", "memory", "lazy"]
FramesOf: TypeAlias = Literal["pandas", "polars"]


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file of a result, where it is.

    Attributes:
        data: as the app describes it; its url is the one that gradlink fetches.
        name: the name that it should have on disk.
        same_origin: the address is the app's own, so the client's headers and cookies are sent with it.
        inline: a data URI, if the app has sent the content instead of an address.
    """

    data: FileData
    name: str
    same_origin: bool
    inline: str | None = None

    @property
    def url(self) -> str:
        return str(self.data.url)


@dataclass(frozen=True, slots=True)
class ResultForm:
    """What a caller gets for the files and the tables of a result.

    Attributes:
        files: "path" stores them, "url" gives FileData, "memory" their content, "lazy" what fetches them when asked.
        frames: the library whose frames the values of Dataframe outputs become; None leaves them as they are.
    """

    files: FilesAs = "path"
    frames: FramesOf | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """The results of one job, as they are made for its caller.

    Attributes:
        in_memory: makes what the caller gets of a file and its content.
        lazily: makes what the caller gets of a file that is not fetched yet.
        as_frame: makes a frame of the value of a Dataframe.
        fetched: what was made of the files so far, by their addresses.
    """

    form: ResultForm
    in_memory: Callable[[ResultFile, bytes], object]
    lazily: Callable[[ResultFile], object]
    as_frame: Callable[[object, FramesOf], object]
    fetched: dict[str, object] = field(default_factory=dict[str, object])


def check_form(files: object, frames: object) -> None:
    """Raise ArgumentError for what a caller cannot want; None is what the client was made with."""
    for name, value, known in (("files", files, get_args(FilesAs)), ("frames", frames, get_args(FramesOf))):
        if value is not None and value not in known:
            raise ArgumentError(f"{name} is one of {', '.join(map(repr, known))}, not {value!r}")
