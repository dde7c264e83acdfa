"""What the calls of a page mean: the steps of a program that does the same; pure."""

from __future__ import annotations

from typing import Final

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.schema import AppSchema, Endpoint, with_rendered
from gradlink.codegen.snippets.calls import Variable
from gradlink.codegen.snippets.values import Unwritable
from gradlink.recorder.causes import explain, need, stands_for
from gradlink.recorder.chat import Chat, Role, find_chats
from gradlink.recorder.chatting import answer_of, in_chat
from gradlink.recorder.events import Began, Cancelled, Chunk, Closed, Ended, Gave, Happening, Left, Refused
from gradlink.recorder.names import Names
from gradlink.recorder.page import Dependency, Page, read_page
from gradlink.recorder.sessions import Session, arguments, called, fill, index_of, why_not
from gradlink.recorder.steps import RENDERS, Recording, Step
from gradlink.recorder.values import Shown, Values, content_of_update, weighs_less
from gradlink.recorder.writable import unwritable

# Far more than a person does in a page.
MAX_STEPS: Final = 2_000
# Further input of one call that is written down; a camera sends ten a second.
MAX_CHUNKS: Final = 100
MAX_SESSIONS: Final = 200
# What is kept of values, in characters: to recognise one that is sent on, and to say what a test is to expect.
MAX_VALUE: Final = 4 * 1024**2
MAX_RESULT: Final = 64 * 1024


@dataclass(slots=True)
class _Call:
    """A call that has not ended, and its step; None if it is part of another one."""

    session: Session
    dependency: Dependency
    step: Step | None


class Meaning:
    """Takes what happens, one thing after the other; :meth:`recording` is what has come of it."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._schema: AppSchema | None = None
        self._page = Page()
        self._chats: list[Chat] = []
        self._sessions: dict[str, Session] = {}
        self._steps: list[Step] = []
        self._calls: dict[int, _Call] = {}
        self._names = Names()
        self._notes: list[str] = []

    def described(self, schema: AppSchema) -> None:
        """Note what the app is."""
        self._schema = schema
        self._page = read_page(schema.config)
        self._chats = find_chats(self._page, schema.endpoints)

    def recording(self) -> Recording:
        """Return the steps so far."""
        # A page that was opened, and in which nothing was done, needs no client.
        clients: dict[int, int] = {}
        for step in self._steps:
            if step.is_call:
                step.client = clients.setdefault(step.session, len(clients))
        return Recording(tuple(self._steps), len(clients), tuple(self._notes))

    def take(self, happening: Happening) -> Step | None:
        """Take what has happened; return the step that is new, or has changed."""
        match happening:
            case Began():
                return self._began(happening)
            case Gave(call=number, count=count, data=data):
                return self._gave(number, count, data)
            case Ended():
                return self._ended(happening)
            case Refused(call=number):
                return self._refused(number)
            case Cancelled(call=number, count=count):
                step = self._step(number, forget=True)
                if step is not None:
                    step.cancelled, step.seen, step.ended = True, count, True
                return step
            case Chunk(call=number, data=data):
                return self._chunk(number, data)
            case Closed(call=number):
                step = self._step(number)
                if step is not None:
                    step.closed = True
                return step
            case Left(what=what):
                self.note(f"{what}: the rest is not recorded")
                return None
            case _:
                return None

    def _session(self, name: str) -> Session | None:
        found = self._sessions.get(name)
        if found is None and self._schema is None:
            self.note("a call before the app had described itself is not recorded")
        elif found is None and len(self._sessions) >= MAX_SESSIONS:
            self.note(f"more than {MAX_SESSIONS} pages were opened: the rest is not recorded")
        elif found is None and self._schema is not None:
            found = Session(len(self._sessions), self._schema, self._page, self._chats)
            self._sessions[name] = found
        return found

    def note(self, text: str) -> None:
        """Have something said at the beginning of the program, once."""
        if text not in self._notes:
            self._notes.append(text)

    def _began(self, began: Began) -> Step | None:
        session = self._session(began.session)
        if session is None:
            return None
        fn_index = began.fn_index if began.fn_index is not None else index_of(began.api_name, session.schema)
        dependency = session.page.dependencies.get(fn_index, Dependency(fn_index))
        step = in_chat(self._values, len(self._steps), session, dependency, began) or self._plain(
            session, dependency, began
        )
        if isinstance(step, Role):
            step = None
        elif step is not None and (before := stands_for(self._steps, step, session, dependency)) is not None:
            step = before
        elif step is not None and len(self._steps) >= MAX_STEPS:
            self.note(f"more than {MAX_STEPS} calls: the rest is not recorded")
            return None
        elif step is not None:
            if step.results:
                step.name = self._names.variable((step.endpoint.api_name or "result").rpartition("/")[2])
            self._steps.append(step)
        self._calls[began.call] = _Call(session, dependency, step)
        return step

    def _plain(self, session: Session, dependency: Dependency, began: Began) -> Step | None:
        endpoint = session.schema.endpoints.get(dependency.fn_index, Endpoint(dependency.fn_index, None))
        step = Step(len(self._steps), session.number, called(endpoint, session.schema))
        step.impossible = why_not(endpoint, session.schema)
        explain(self._steps, step, session, dependency, began)
        fill(self._values, step, session, dependency, began.data)
        if began.event_data is not None and dependency.wants_event:
            try:
                step.event = self._values.read(began.event_data, "event_data")
            except Unwritable as exc:
                step.impossible = step.impossible or f"a program cannot send it, since {exc}"
            step.impossible = step.impossible or unwritable(step.endpoint, step.values, step.event)
        if step.is_call:
            need(self._steps, session, dependency, endpoint)
        return step

    def _gave(self, number: int, count: int, data: list[JSONValue]) -> Step | None:
        call = self._calls.get(number)
        if call is None:
            return None
        if call.step is not None:
            call.step.seen = count
        self._show(call, data, final=False)
        return None

    def _ended(self, ended: Ended) -> Step | None:
        call = self._calls.pop(ended.call, None)
        if call is None:
            return None
        step = call.step
        if ended.data is not None:
            self._show(call, ended.data, final=True)
        if ended.rendered:
            name = next(key for key, one in self._sessions.items() if one is call.session)
            call.session.schema = with_rendered(call.session.schema, ended.rendered, name)
            call.session.page = call.session.page.with_rendered(ended.rendered)
            if step is not None and RENDERS not in step.notes:
                step.notes.append(RENDERS)
        if step is not None:
            step.ended, step.seen = True, ended.count
            step.error = self._values.without_secrets(ended.error)
            step.outputs = None if ended.data is None else _outputs(call, step, ended.data)
        return step

    def _show(self, call: _Call, data: list[JSONValue], *, final: bool) -> None:
        """Note what the page shows now."""
        step, place = call.step, 0
        in_chat = step is not None and step.endpoint.fn_index != call.dependency.fn_index
        for index, raw in enumerate(data):
            skipped = step is None or (
                index < len(step.endpoint.skipped_outputs) and step.endpoint.skipped_outputs[index]
            )
            found = content_of_update(raw)
            component = call.dependency.outputs[index] if index < len(call.dependency.outputs) else -1
            if found is not None and weighs_less(found[0], MAX_VALUE):
                value, keys = found
                variable = None
                if step is not None and step.name and step.is_call and final and not skipped and not in_chat:
                    variable = Variable(step.name, (place, *keys))
                    plain = index < len(step.endpoint.plain_outputs) and step.endpoint.plain_outputs[index]
                    if not plain:
                        self._values.produced(value, variable)
                call.session.shown[component] = Shown(-1 if step is None else step.number, value, variable)
            elif found is not None:
                call.session.shown.pop(component, None)
            place += not skipped

    def _refused(self, number: int) -> Step | None:
        step = self._step(number, forget=True)
        if step is not None:
            step.impossible = step.impossible or "the app did not accept it"
        return step

    def _chunk(self, number: int, data: list[JSONValue]) -> Step | None:
        call = self._calls.get(number)
        if call is None or call.step is None:
            return None
        step = call.step
        if len(step.chunks) >= MAX_CHUNKS:
            note = f"more than {MAX_CHUNKS} inputs: the rest is not recorded"
            if note not in step.notes:
                step.notes.append(note)
            return None
        try:
            chunk = arguments(self._values, step.endpoint, call.session, call.dependency.inputs, data)
        except Unwritable as exc:
            step.impossible = step.impossible or f"a program cannot send it, since {exc}"
            return step
        step.impossible = step.impossible or unwritable(step.endpoint, chunk)
        step.chunks.append(chunk)
        return step

    def _step(self, number: int, *, forget: bool = False) -> Step | None:
        call = self._calls.pop(number, None) if forget else self._calls.get(number)
        return None if call is None else call.step


def _outputs(call: _Call, step: Step, data: list[JSONValue]) -> list[JSONValue] | None:
    """Return what a caller sees of a result."""
    if step.endpoint.fn_index == call.dependency.fn_index:
        shown = step.endpoint.shown(data)
        return shown if weighs_less(shown, MAX_RESULT) else None
    return answer_of(call.session.page, call.dependency.outputs, step, data)
