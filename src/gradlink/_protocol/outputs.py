"""From the steps of a job to the values that a caller sees.

Vectors: outputs.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradlink._dataclass import dataclass
from gradlink._protocol.diff import apply_edits, replaced
from gradlink._protocol.filedata import find_files
from gradlink._protocol.job import Step, Succeeded, Update
from gradlink._protocol.jsonvalue import JSONValue, as_list
from gradlink.errors import ProtocolError

_KEYS_OF_FILES = frozenset({"path", "meta", "url", "name", "is_file", "_type"})


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a job.

    Attributes:
        data: one value per output of the function.
        edits: what changed since the output before, per output of the function; None if all is new.
        has_files: ``data`` may hold files. False spares a walk through a value that grew by a word.
    """

    data: list[JSONValue]
    edits: list[JSONValue] | None
    has_files: bool


class OutputWalk:
    """Turns updates into outputs, one reader's walk through them.

    A step whose edits do not fit is skipped, and so are those after it until a full value comes, or edits that replace all
    of it: progress is lost then, the result is not.
    """

    __slots__ = ("_broken", "_has_files", "_values", "count")

    def __init__(self) -> None:
        self.count = 0
        self._has_files = False
        self._values: list[JSONValue] = []
        self._broken = False

    def advance(self, update: Update) -> Output | None:
        """Return the output that ``update`` brings, None if it brings none."""
        match update:
            case Step(lost=True):
                self._broken = True
                return None
            case Step(data=None, edits=list() as edits):
                if self._broken:
                    return self._whole_again(edits)
                try:
                    self._values = apply_all(self._values, edits)
                except ProtocolError:
                    self._broken = True
                    return None
                self.count += 1
                self._has_files = self._has_files or brings_file(edits)
                return Output(self._values, edits, self._has_files)
            case Step(data=list() as data, may_hold_files=may_hold_files):
                self._broken = False
                return self._whole(data, may_hold_files=may_hold_files)
            case Succeeded(data=data, is_output=is_output) if is_output or self._broken:
                return self._whole(data, may_hold_files=update.may_hold_files)
            case _:
                return None

    def _whole_again(self, edits: list[JSONValue]) -> Output | None:
        values = replaced(edits)
        if values is None:
            return None
        self._broken = False
        return self._whole(values, may_hold_files=True)

    def _whole(self, data: list[JSONValue], *, may_hold_files: bool) -> Output:
        self.count += 1
        self._values = data
        self._has_files = may_hold_files and bool(find_files(data))
        return Output(data, None, self._has_files)


def brings_file(edits: Sequence[JSONValue]) -> bool:
    """Tell whether these edits may put a file into a value that had none: a whole one, or a part of one."""
    for of_output in edits:
        for edit in as_list(of_output):
            match edit:
                case [_, [*_, str() as key], _] if key in _KEYS_OF_FILES:
                    return True
                case [_, _, dict() | list() as value] if find_files(value):
                    return True
                case _:
                    continue
    return False


def apply_all(values: list[JSONValue], edits: Sequence[JSONValue]) -> list[JSONValue]:
    """Return ``values`` with each output's edits applied; an output that was not there is null before."""
    result = values.copy()
    if len(edits) > len(result):
        result.extend([None] * (len(edits) - len(result)))
    for index, of_output in enumerate(edits):
        if of_output and isinstance(of_output, list):
            result[index] = apply_edits(result[index], of_output)
    return result


def arrange(values: Sequence[object], skipped: Sequence[bool]) -> object:
    """Return what the caller sees: one value bare, several (or none) as a tuple, skipped ones left out."""
    if len(values) == 1 == len(skipped) and not skipped[0]:
        return values[0]  # as nearly always
    shown = [value for value, skip in zip(values, skipped, strict=False) if not skip]
    # A server may send more values than /config declares (gr.render); they belong to no output.
    if skipped.count(False) == 1 and len(shown) == 1:
        return shown[0]
    return tuple(shown)
