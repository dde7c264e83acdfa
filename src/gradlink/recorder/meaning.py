"""What the calls of a page mean: the steps of a program that does the same; pure."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.schema import AppSchema, Endpoint, with_rendered
from gradlink.codegen.snippets.calls import Value, Variable
from gradlink.codegen.snippets.values import Unwritable
from gradlink.errors import EndpointError
from gradlink.recorder.chat import Chat, Role, find_chats, text_of_answer
from gradlink.recorder.events import Began, Cancelled, Chunk, Closed, Ended, Gave, Happening, Left, Refused
from gradlink.recorder.names import Names
from gradlink.recorder.page import Dependency, Page, is_ambiguous, is_own, read_page
from gradlink.recorder.steps import Cause, Recording, Step, unnamed
from gradlink.recorder.values import Shown, Values, content_of_update, same
from gradlink.recorder.writable import unwritable

# Far more than a person does in a page.
MAX_STEPS: Final = 2_000
# Further input of one call that is written down; a camera sends ten a second.
MAX_CHUNKS: Final = 100


@dataclass(slots=True)
class Session:
    """One page that is open: what it has, and what it shows."""

    number: int
    schema: AppSchema
    page: Page
    chats: list[Chat]
    shown: dict[int, Shown] = field(default_factory=dict[int, Shown])
    message: Value = None


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
        self._sessions: dict[str, Session] = {}
        self._steps: list[Step] = []
        self._calls: dict[int, _Call] = {}
        self._names = Names()
        self._notes: list[str] = []

    def described(self, schema: AppSchema) -> None:
        """Note what the app is."""
        self._schema = schema
        self._page = read_page(schema.config)

    def recording(self) -> Recording:
        """Return the steps so far."""
        return Recording(tuple(self._steps), len(self._sessions), tuple(self._notes))

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
                self._notes.append(f"{what}: the rest is not recorded")
                return None
            case _:
                return None

    def _session(self, name: str, schema: AppSchema) -> Session:
        found = self._sessions.get(name)
        if found is None:
            chats = find_chats(self._page, schema.endpoints)
            found = Session(len(self._sessions), schema, self._page, chats)
            self._sessions[name] = found
        return found

    def _began(self, began: Began) -> Step | None:
        if self._schema is None:
            self._notes.append("a call before the app had described itself is not recorded")
            return None
        session = self._session(began.session, self._schema)
        fn_index = began.fn_index if began.fn_index is not None else _index_of(began.api_name, session.schema)
        dependency = session.page.dependencies.get(fn_index, Dependency(fn_index))
        step = self._in_chat(session, dependency, began) or self._plain(session, dependency, began)
        if isinstance(step, Role):
            step = None
        elif step is not None and (before := self._same(step, session, dependency)) is not None:
            step = before
        elif step is not None and len(self._steps) >= MAX_STEPS:
            note = f"more than {MAX_STEPS} calls: the rest is not recorded"
            if note not in self._notes:
                self._notes.append(note)
            return None
        elif step is not None:
            self._steps.append(step)
        self._calls[began.call] = _Call(session, dependency, step)
        return step

    def _plain(self, session: Session, dependency: Dependency, began: Began) -> Step | None:
        endpoint = session.schema.endpoints.get(dependency.fn_index, Endpoint(dependency.fn_index, None))
        step = Step(len(self._steps), session.number, _best_name(endpoint, session.schema))
        step.impossible = _why_not(endpoint, session.schema)
        self._explain(step, session, dependency, began)
        self._fill(step, session, dependency, began.data)
        if began.event_data is not None and dependency.wants_event:
            try:
                step.event = self._values.read(began.event_data, "event_data")
            except Unwritable as exc:
                step.impossible = str(exc)
        if step.is_call:
            self._need(session, dependency, endpoint)
        return step

    def _fill(self, step: Step, session: Session, dependency: Dependency, data: list[JSONValue]) -> None:
        """Give a step its values."""
        try:
            step.values = self._arguments(step.endpoint, session, dependency.inputs, data)
        except Unwritable as exc:
            step.impossible = step.impossible or f"a program cannot send it, since {exc}"
        step.impossible = step.impossible or unwritable(step.endpoint, step.values)
        if step.results:
            step.name = self._names.variable((step.endpoint.api_name or "result").rpartition("/")[2])

    def _arguments(
        self, endpoint: Endpoint, session: Session, inputs: tuple[int, ...], data: list[JSONValue]
    ) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for parameter in endpoint.parameters:
            if parameter.slot >= len(data):
                continue
            raw = data[parameter.slot]
            component = inputs[parameter.slot] if parameter.slot < len(inputs) else -1
            hidden = session.page.is_hidden(component)
            if parameter.has_default and same(raw, parameter.default) and not (hidden and raw):
                continue
            shown = session.shown.get(component)
            values[parameter.name] = self._values.argument(raw, parameter, shown, hidden=hidden)
        return values

    def _explain(self, step: Step, session: Session, dependency: Dependency, began: Began) -> None:
        """Say who made the call."""
        if dependency.after is not None:
            before = self._last(session, dependency.after)
            page = before is not None and before.cause is Cause.PAGE
            step.cause = Cause.PAGE if page else Cause.CONSEQUENCE
            step.after = before.endpoint.title if before is not None else ""
            return
        event = dependency.event_of(began.trigger)
        if is_own(event):
            step.cause = Cause.PAGE
        elif is_ambiguous(event):
            self._explain_change(step, session, dependency, began)

    def _explain_change(self, step: Step, session: Session, dependency: Dependency, began: Began) -> None:
        component = began.trigger if began.trigger is not None else _only_target(dependency)
        shown = session.shown.get(component)
        if shown is None:
            return
        now = began.event_data
        if component in dependency.inputs:
            place = dependency.inputs.index(component)
            now = began.data[place] if place < len(began.data) else None
        if session.page.type_of(component) == "state" or same(now, shown.value):
            source = self._steps[shown.step] if shown.step >= 0 else None
            page = source is not None and source.cause is Cause.PAGE
            step.cause = Cause.PAGE if page else Cause.CONSEQUENCE
            step.after = source.endpoint.title if source is not None else ""

    def _need(self, session: Session, dependency: Dependency, endpoint: Endpoint) -> None:
        """Have the page's own calls written as calls without which this one does not work."""
        wanted = session.page.states(dependency.inputs)
        for step in reversed(self._steps):
            if step.client != session.number or step.cause is not Cause.PAGE or step.needed:
                continue
            made = session.page.dependencies.get(step.endpoint.fn_index, Dependency(-1))
            renders = endpoint.render_id is not None and _RENDERED in step.notes
            if renders or wanted & set(made.outputs):
                step.needed = True
                wanted |= session.page.states(made.inputs)

    def _in_chat(self, session: Session, dependency: Dependency, began: Began) -> Step | Role | None:
        """Return the step for a call of a chat's page, the role of one that is part of another, None for any other."""
        found = next(
            (
                (chat, chat.roles[dependency.fn_index])
                for chat in session.chats
                if dependency.fn_index in chat.roles
            ),
            None,
        )
        if found is None:
            return None
        chat, role = found
        match role:
            case Role.MESSAGE:
                session.message = None
                endpoint = session.schema.endpoints[chat.endpoint]
                box = dependency.inputs[0]
                with suppress(Unwritable):
                    session.message = self._values.argument(
                        began.data[0] if began.data else "",
                        endpoint.parameters[0],
                        session.shown.get(box),
                        hidden=False,
                    )
                return role
            case Role.ANSWER:
                return self._answer(session, chat, dependency, began)
            case Role.UNDO | Role.CLEAR:
                step = Step(len(self._steps), session.number, session.schema.endpoints[dependency.fn_index])
                step.impossible = f"it {role.value}, which the page does by itself; a program begins anew with another client"
                return step
            case Role.EDIT | Role.PICK:
                session.message = _message_of(began.event_data, session.message)
                return role
            case _:
                return role

    def _answer(self, session: Session, chat: Chat, dependency: Dependency, began: Began) -> Step:
        endpoint = session.schema.endpoints[chat.endpoint]
        step = Step(len(self._steps), session.number, _best_name(endpoint, session.schema))
        self._fill(step, session, dependency, began.data)
        values = dict(step.values)
        values.pop(endpoint.parameters[0].name, None)
        message: Value = session.message if session.message is not None else ""
        step.values = {endpoint.parameters[0].name: message, **values}
        root = session.page.root_of(dependency.fn_index)
        role = chat.roles.get(root.fn_index, Role.OTHER) if root is not None else Role.OTHER
        if role in {Role.RETRY, Role.EDIT}:
            step.notes.append(
                f"the page {role.value}; a program cannot take messages back, so it asks once more"
            )
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
            if step is not None and _RENDERED not in step.notes:
                step.notes.append(_RENDERED)
        if step is not None:
            step.ended, step.seen, step.error = True, ended.count, ended.error
            step.outputs = None if ended.data is None else self._outputs(call, step, ended.data)
        return step

    def _outputs(self, call: _Call, step: Step, data: list[JSONValue]) -> list[JSONValue] | None:
        """Return what a caller sees of a result."""
        if step.endpoint.fn_index == call.dependency.fn_index:
            return step.endpoint.shown(data)
        # A chat's page gets the history, a program the answer alone, and whatever else there is.
        page = call.session.page
        bots = [
            raw
            for raw, key in zip(data, call.dependency.outputs, strict=False)
            if page.type_of(key) == "chatbot"
        ]
        answer = text_of_answer(bots[0]) if bots else None
        return [answer] if answer is not None and step.results == 1 else None

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
            if found is not None:
                value, keys = found
                variable = None
                if step is not None and step.name and step.is_call and final and not skipped and not in_chat:
                    variable = Variable(step.name, (place, *keys))
                    plain = index < len(step.endpoint.plain_outputs) and step.endpoint.plain_outputs[index]
                    if not plain:
                        self._values.produced(value, variable)
                call.session.shown[component] = Shown(-1 if step is None else step.number, value, variable)
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
            step.chunks.append(self._arguments(step.endpoint, call.session, call.dependency.inputs, data))
        except Unwritable as exc:
            step.impossible = step.impossible or f"a program cannot send it, since {exc}"
        return step

    def _same(self, step: Step, session: Session, dependency: Dependency) -> Step | None:
        """Return the step before that stands for this one, too; None if it is one of its own."""
        before = self._steps[-1] if self._steps else None
        # Pages of 5.x call twice after a change.
        if (
            before is not None
            and step.cause is not Cause.PERSON
            and not before.ended
            and not step.endpoint.stateful
            and (before.endpoint, before.client, before.values) == (step.endpoint, step.client, step.values)
        ):
            return before
        # A timer calls for ever; what it does is said once, unless calls of the person need it.
        if step.cause is Cause.PAGE and not session.page.states(dependency.outputs):
            last = self._last(session, step.endpoint.fn_index)
            if last is not None and last.cause is Cause.PAGE and _RENDERED not in last.notes:
                return last
        return None

    def _step(self, number: int, *, forget: bool = False) -> Step | None:
        call = self._calls.pop(number, None) if forget else self._calls.get(number)
        return None if call is None else call.step

    def _last(self, session: Session, fn_index: int) -> Step | None:
        return next(
            (
                step
                for step in reversed(self._steps)
                if step.client == session.number and step.endpoint.fn_index == fn_index
            ),
            None,
        )


_RENDERED: Final = "it makes parts of the page (gr.render)"


def _index_of(api_name: str, schema: AppSchema) -> int:
    wanted = "/" + api_name.lstrip("/")
    return next((e.fn_index for e in schema.endpoints.values() if e.api_name == wanted), -1)


def _best_name(endpoint: Endpoint, schema: AppSchema) -> Endpoint:
    """Return ``endpoint`` as it is called: by its name, unless that leads to another one."""
    if endpoint.api_name is None:
        return endpoint
    try:
        found = schema.find(endpoint.api_name, None)
    except EndpointError:
        return endpoint
    return endpoint if found.fn_index == endpoint.fn_index else unnamed(endpoint)


def _why_not(endpoint: Endpoint, schema: AppSchema) -> str:
    if endpoint.fn_index not in schema.endpoints:
        return "the app does not describe it"
    if not endpoint.is_valid:
        return "the app keeps it private, so that programs cannot call it"
    return "" if endpoint.callable else "it runs in the page only"


def _only_target(dependency: Dependency) -> int:
    return next((target for target, _ in dependency.targets if target is not None), -1)


def _message_of(event: JSONValue, otherwise: Value) -> Value:
    """Return the text that was picked, or that a message was changed into."""
    match event:
        case {"value": str(text)}:
            return text
        case {"value": {"text": str(text)}}:
            return text
        case _:
            return otherwise
