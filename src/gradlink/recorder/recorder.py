"""Ties it together: what the proxy hears becomes happenings, steps, and the program that is written anew each time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import AppSchema
from gradlink.codegen.snippets.calls import Target
from gradlink.recorder.events import Gave, Happening, LoggedIn, Uploaded
from gradlink.recorder.files import RecordedFiles
from gradlink.recorder.hidden import Secrets
from gradlink.recorder.journal import Journal
from gradlink.recorder.meaning import Meaning
from gradlink.recorder.multipart import Part as SentFile
from gradlink.recorder.programs.python import python_part, python_program
from gradlink.recorder.programs.typescript import typescript_part, typescript_program
from gradlink.recorder.programs.writing import Part
from gradlink.recorder.steps import Recording, Step
from gradlink.recorder.values import Values

_LOGGER: Final = logging.getLogger("gradlink.recorder")
USER: Final = "APP_USER"
PASSWORD: Final = "APP_PASSWORD"  # noqa: S105  # the name of the variable that has it
COOKIE: Final = "APP_COOKIE"
# A shorter one is no secret, but a choice such as a language.
MIN_COOKIE: Final = 16
MAX_COOKIES: Final = 50
MAX_SECRETS: Final = 500


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where a recording goes.

    Attributes:
        language: "python" or "typescript".
        write: takes the program each time that it has changed.
        show: takes the lines of each step.
    """

    language: str
    write: Callable[[str], None]
    show: Callable[[Part], None]


class Recorder:
    """One recording. It is used by one thread.

    Attributes:
        schema: the app, None as long as it requires a login.
        target: the app as programs connect to it.
        secrets: what must not be written.
        auth: the login, None where none is known.
    """

    def __init__(self, target: Target, files: RecordedFiles, outlet: Outlet) -> None:
        self.schema: AppSchema | None = None
        self.target = target
        self.secrets = Secrets()
        self.auth: tuple[str, str] | None = None
        self._files = files
        self._outlet = outlet
        self._journal = Journal()
        self._values = Values(Routes(target.url, target.api_prefix), self.secrets, files.keep)
        self._meaning = Meaning(self._values)
        self._shown: dict[int, tuple[str, ...]] = {}
        self._written = ""

    @property
    def recording(self) -> Recording:
        """The steps so far."""
        return self._meaning.recording()

    def described(self, schema: AppSchema) -> None:
        """Note what the app is."""
        self.schema = schema
        self.target = replace(self.target, api_prefix=schema.prefix)
        self._values.routes = Routes(self.target.url, schema.prefix)
        self._journal.dialect = schema.dialect
        self._meaning.described(schema)

    def logs_in(self, user: str, password: str) -> None:
        """Note that the app requires a login."""
        self.auth = (user, password)
        self.secrets.add(password, PASSWORD)
        self.secrets.add(user, USER, alone=True)
        self.target = replace(self.target, user=USER, password=PASSWORD)

    def has_cookies(self, cookies: str) -> None:
        """Note the cookies that a browser sends: an app may say them aloud."""
        for pair in cookies.split(";")[:MAX_COOKIES]:
            value = pair.partition("=")[2].strip()
            if len(value) >= MIN_COOKIE and len(self.secrets.values) < MAX_SECRETS:
                self.secrets.add(value, COOKIE)

    def program(self) -> str:
        """Return the program so far."""
        make = typescript_program if self._outlet.language == "typescript" else python_program
        return make(self.recording, self.target)

    def update(self) -> None:
        """Write the program if it has changed."""
        text = self.program()
        if text != self._written:
            self._written = text
            self._outlet.write(text)

    @contextmanager
    def hearing(self) -> Generator[None]:
        """Hear something that is said; what goes wrong meanwhile is noted, and does not disturb those who speak."""
        try:
            yield
        except Exception as exc:
            _LOGGER.debug("something is not recorded", exc_info=True)
            self._meaning.note(f"something could not be recorded: {type(exc).__name__}")

    # -- what the proxy hears ---------------------------------------------------------------------

    def call_sent(self, body: JSONObject, name: str) -> int | None:
        """Take a call as it goes to the app; return its number, None if it is not recorded."""
        number, happened = self._journal.begin(body, name)
        self._take(happened)
        return number

    def call_joined(self, call: int, status: int, reply: bytes, given: str | None) -> None:
        """Take the answer to a join."""
        self._take(self._journal.joined(call, status, reply, given))

    def call_answered(self, call: int, status: int, reply: bytes) -> None:
        """Take the answer of the direct route."""
        self._take(self._journal.answered(call, status, reply))

    def message(self, text: str, event_id: str | None) -> None:
        """Take an event of a stream."""
        self._take(self._journal.message(text, event_id))

    def event_id_of(self, text: str) -> str | None:
        """Return the event id that a job's own stream says it has."""
        return self._journal.event_id_of(text)

    def uploaded(self, files: Sequence[SentFile] | None, reply: bytes) -> None:
        """Take an upload that the app has accepted; ``files`` is None if it was too large to be kept."""
        self._take(self._journal.uploaded(files, reply))

    def cancelled(self, body: JSONObject) -> None:
        """Take a cancel."""
        self._take(self._journal.cancelled(body))

    def chunk(self, event_id: str, body: JSONObject) -> None:
        """Take further input for a running call."""
        self._take(self._journal.chunk(event_id, body))

    def closed(self, event_id: str) -> None:
        """Take the end of a running call's input."""
        self._take(self._journal.closed(event_id))

    def logged_in(self, user: str, password: str) -> None:
        """Take a login that the app has accepted."""
        self._take(self._journal.logged_in(user, password))

    def _take(self, happened: Sequence[Happening]) -> None:
        for one in happened:
            match one:
                case Uploaded(path=path, name=name, content=content):
                    self._values.uploaded(path, None if content is None else self._files.keep(name, content))
                case LoggedIn(user=user, password=password):
                    self.logs_in(user, password)
                case _:
                    step = self._meaning.take(one)
                    if step is not None:
                        self._show(step)
        # A value of a stream changes nothing: how many there are is only written when it is cancelled.
        if any(not isinstance(one, Gave) for one in happened):
            self.update()

    def _show(self, step: Step) -> None:
        """Show a step when it is known what it is, and again when that has changed."""
        if step.streams and not step.ended:
            return
        is_typescript = self._outlet.language == "typescript"
        part = typescript_part(step) if is_typescript else python_part(step, self.recording)
        if self._shown.get(step.number) != part.lines:
            self._shown[step.number] = part.lines
            self._outlet.show(part)
