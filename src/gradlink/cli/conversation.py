"""A conversation with a chat app: which endpoint answers, what goes with each message, and what is remembered.

An app remembers in its session (a ``gr.ChatInterface`` does), or is given the history with each message (a function
with a ``gr.Chatbot`` among its inputs); both are done here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gradlink._describe.fields import Field, fields_of
from gradlink._describe.functions import callable_endpoints
from gradlink.cli import arguments, exits
from gradlink.cli.endpoints import endpoint_of, submit
from gradlink.errors import EndpointError, FileError

if TYPE_CHECKING:
    from gradlink import Client, Job
    from gradlink._protocol.schema import Endpoint

_WRITTEN = frozenset({"textbox", "multimodaltextbox"})
_HISTORY = "chatbot"


def chat_endpoint(client: Client, name: str | None) -> Endpoint:
    """Return the endpoint that answers messages. Raises EndpointError if none is named and it cannot be found."""
    if name is not None:
        endpoint = endpoint_of(client, name)
        if _message_field(fields_of(client.config, endpoint)) is None:
            raise EndpointError(f"{endpoint.title} takes no text, so it cannot be talked to")
        return endpoint
    able = [
        one
        for one in callable_endpoints(client.endpoints.values())
        if _message_field(fields_of(client.config, one)) is not None
    ]
    for endpoint in able:
        if endpoint.api_name == "/chat":
            return endpoint
    # Those that keep a history, then those that stream.
    for suits in (_has_history, _streams):
        found = [one for one in able if suits(one)]
        if len(found) == 1:
            return found[0]
    if len(able) == 1:
        return able[0]
    names = ", ".join(one.title for one in able[:20]) or "none that takes a text"
    raise EndpointError(f"the app has no endpoint /chat; name the one that answers messages: {names}")


class Conversation:
    """What was said so far, and how it goes on.

    Attributes:
        failed: the exit code of the last failure.
        history: what the app gave back of it, None if nothing, or if the app remembers by itself.
    """

    def __init__(
        self,
        client: Client,
        endpoint: Endpoint,
        fields: Sequence[Field],
        given: Mapping[str, list[arguments.Given]],
    ) -> None:
        """Raise click.UsageError for arguments that the endpoint does not take."""
        message = _message_field(fields)
        assert message is not None  # noqa: S101  # chat_endpoint() takes no other
        self.failed = exits.OK
        self._client = client
        self._endpoint = endpoint
        self._message = message
        self._field_of_history = next((one for one in fields if _component(one) == _HISTORY), None)
        own = {one.name for one in (message, self._field_of_history) if one is not None}
        self._others = arguments.read([one for one in fields if one.name not in own], given, None)
        self.history: Any = None

    def begin_anew(self) -> None:
        """Forget what was said, here and in the app."""
        self.history = None
        self._client.reset_session()

    def note_failure(self, error: BaseException) -> None:
        """Remember how the program is to end if nothing better comes."""
        self.failed = exits.exit_code(error)

    def send(self, message: str) -> Answer:
        """Send a message. Raises FileError for a file that cannot be sent."""
        values = {**self._others, self._message.name: self._content(message)}
        if self._field_of_history is not None and self.history is not None:
            values[self._field_of_history.name] = self.history
        return Answer(submit(self._client, self._endpoint, values), self)

    def remember(self, result: Any) -> None:
        """Keep the history that the app gave back, if it did."""
        if self._field_of_history is None:
            return
        values = cast("tuple[object, ...]", result) if isinstance(result, tuple) else (result,)
        components = self._endpoint.shown(self._endpoint.output_types)
        for value, component in zip(values, components, strict=False):
            if component == _HISTORY:
                self.history = value

    def _content(self, message: str) -> Any:
        named = [(word, path) for word, path in mentioned_files(message) if path.is_file()]
        if _component(self._message) != "multimodaltextbox":
            if named:
                raise FileError(f"{self._endpoint.title} takes no files, so {named[0][0]} cannot be sent")
            return message
        from gradlink import handle_file

        for word, _ in named:
            message = message.replace(word, "", 1)
        return {"text": message.strip(), "files": [handle_file(path) for _, path in named]}


def mentioned_files(message: str) -> list[tuple[str, Path]]:
    """Return the words that name a file, ``@photo.png`` or ``@"my photo.png"``, each with its path."""
    found: list[tuple[str, Path]] = []
    place = 0
    while (at := message.find("@", place)) >= 0:
        place = at + 1
        if at > 0 and not message[at - 1].isspace():
            continue  # an address, not a word that begins with it
        quote = message[at + 1 : at + 2]
        if quote in {'"', "'"} and (end := message.find(quote, at + 2)) > 0:
            name, place = message[at + 2 : end], end + 1
        else:
            name = message[at + 1 :].split(maxsplit=1)[0] if message[at + 1 : at + 2].strip() else ""
            place = at + 1 + len(name)
        if name:
            found.append((message[at:place], Path(name).expanduser()))
    return found


class Answer(Iterator[str]):
    """An answer on its way: the text that is added, part by part."""

    def __init__(self, job: Job, conversation: Conversation) -> None:
        self._job = job
        self._conversation = conversation
        self._parts = job.deltas()

    def __next__(self) -> str:
        """Return the next part; raises the app's error where the answer ends with one."""
        try:
            return next(self._parts)
        except StopIteration:
            self._conversation.remember(self._job.result())
            raise

    def stop(self) -> None:
        """Have the app stop."""
        self._job.cancel()


def _message_field(fields: Sequence[Field]) -> Field | None:
    """Return the parameter that takes what a person says: the first that is written, required ones first."""
    written = [one for one in fields if _component(one) in _WRITTEN]
    required = [one for one in written if not one.parameter.has_default]
    named = [one for one in written if one.name in {"message", "msg", "prompt", "query", "text", "input"}]
    return next(iter(required or named or written), None)


def _component(field: Field) -> str:
    return field.parameter.component.lower()


def _has_history(endpoint: Endpoint) -> bool:
    return any(parameter.component.lower() == _HISTORY for parameter in endpoint.parameters)


def _streams(endpoint: Endpoint) -> bool:
    return endpoint.generator
