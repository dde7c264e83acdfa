# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/chatbot -o chatbot.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import (
    Any,
    Final,
    Literal,
    NamedTuple,
    NotRequired,
    TypeAlias,
    TypedDict,
    Unpack,
)

from gradlink.typed import (
    APP_DEFAULT,
    AsyncTypedClient,
    AsyncTypedJob,
    FileInput,
    Options,
    TypedClient,
    TypedJob,
)

APP: Final = "http://127.0.0.1:7860/chatbot"
"""The app that was read."""


class BotHistoryMetadata(TypedDict):
    """An object in `history` of `bot`."""

    title: NotRequired[str]
    id: NotRequired[int | str]
    parent_id: NotRequired[int | str]
    log: NotRequired[str]
    duration: NotRequired[float]
    status: NotRequired[Literal["pending", "done"]]


class BotHistoryContent(TypedDict):
    """An object in `history` of `bot`."""

    text: str
    type: NotRequired[Literal["text"]]


class BotHistoryContent2(TypedDict):
    """An object in `history` of `bot`."""

    file: FileInput
    alt_text: NotRequired[str | None]
    type: NotRequired[Literal["file"]]


class BotHistoryContent3(TypedDict):
    """An object in `history` of `bot`."""

    component: str
    value: Any
    constructor_args: dict[str, Any]
    props: dict[str, Any]
    type: NotRequired[Literal["component"]]


BotHistoryContent4: TypeAlias = (
    BotHistoryContent | BotHistoryContent2 | BotHistoryContent3
)


class BotHistoryOptions(TypedDict):
    """An object in `history` of `bot`."""

    value: str
    label: NotRequired[str]


class BotHistory(TypedDict):
    """An object in `history` of `bot`."""

    role: str
    metadata: NotRequired[BotHistoryMetadata | None]
    content: list[BotHistoryContent4]
    options: NotRequired[list[BotHistoryOptions] | None]


class BotHistoryResultContent(TypedDict):
    """An object in `history` of `bot`."""

    text: str
    type: Literal["text"]


class BotHistoryResultContent2(TypedDict):
    """An object in `history` of `bot`."""

    file: str
    alt_text: str | None
    type: Literal["file"]


class BotHistoryResultContent3(TypedDict):
    """An object in `history` of `bot`."""

    component: str
    value: Any
    constructor_args: dict[str, Any]
    props: dict[str, Any]
    type: Literal["component"]


BotHistoryResultContent4: TypeAlias = (
    BotHistoryResultContent | BotHistoryResultContent2 | BotHistoryResultContent3
)


class BotHistoryResult(TypedDict):
    """An object in `history` of `bot`."""

    role: str
    metadata: BotHistoryMetadata | None
    content: list[BotHistoryResultContent4]
    options: list[BotHistoryOptions] | None


class UserResult(NamedTuple):
    """What `user` returns."""

    message: str
    history: list[BotHistoryResult]


class ChatbotClient(TypedClient):
    """A client for one app, for threads.

    The app: Chatbot, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def bot(
        self,
        *,
        history: list[BotHistory] = APP_DEFAULT,
    ) -> TypedJob[list[BotHistoryResult]]:
        """Call /bot of the app.

        Args:
            history: Left out: [].
        """
        return self._stream(
            "/bot",
            {"history": history},
            [("history", ..., "content", ..., "file")],
        )

    def user(
        self,
        *,
        message: str,
        history: list[BotHistory] = APP_DEFAULT,
    ) -> UserResult:
        """Call /user of the app.

        Args:
            history: Left out: [].
        """
        return self._call(
            "/user",
            {"message": message, "history": history},
            [("history", ..., "content", ..., "file")],
            record=UserResult,
        )


class AsyncChatbotClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Chatbot, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    def bot(
        self,
        *,
        history: list[BotHistory] = APP_DEFAULT,
    ) -> AsyncTypedJob[list[BotHistoryResult]]:
        """Call /bot of the app.

        Args:
            history: Left out: [].
        """
        return self._stream(
            "/bot",
            {"history": history},
            [("history", ..., "content", ..., "file")],
        )

    async def user(
        self,
        *,
        message: str,
        history: list[BotHistory] = APP_DEFAULT,
    ) -> UserResult:
        """Call /user of the app.

        Args:
            history: Left out: [].
        """
        return await self._call(
            "/user",
            {"message": message, "history": history},
            [("history", ..., "content", ..., "file")],
            record=UserResult,
        )


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Chatbot","gradio":"6.31.0","endpoints":[
{"name":"/bot","text":"","streams":true,"takes":[
{"name":"history","type":{"list":{"object":{"role":"str","metadata":{"optional":{"an
y":[{"object":{"title":{"optional":"str"},"id":{"optional":{"any":["int","str"]}},"p
arent_id":{"optional":{"any":["int","str"]}},"log":{"optional":"str"},"duration":{"o
ptional":"float"},"status":{"optional":{"choice":["pending","done"]}}}},"null"]},"ha
s_default":true},"content":{"list":{"any":[{"object":{"text":"str","type":{"optional
":{"choice":["text"]},"has_default":true}}},{"object":{"file":"file","alt_text":{"op
tional":{"any":["str","null"]},"has_default":true},"type":{"optional":{"choice":["fi
le"]},"has_default":true}}},{"object":{"component":"str","value":"any","constructor_
args":{"object":{},"rest":"any"},"props":{"object":{},"rest":"any"},"type":{"optiona
l":{"choice":["component"]},"has_default":true}}}]}},"options":{"optional":{"any":[{
"list":{"object":{"value":"str","label":{"optional":"str"}}}},"null"]},"has_default"
:true}}}},"default":[],"text":"Left out: []."}
],"gives":[
["history",{"list":{"object":{"role":"str","metadata":{"optional":{"any":[{"object":
{"title":{"optional":"str"},"id":{"optional":{"any":["int","str"]}},"parent_id":{"op
tional":{"any":["int","str"]}},"log":{"optional":"str"},"duration":{"optional":"floa
t"},"status":{"optional":{"choice":["pending","done"]}}}},"null"]},"has_default":tru
e},"content":{"list":{"any":[{"object":{"text":"str","type":{"optional":{"choice":["
text"]},"has_default":true}}},{"object":{"file":"file","alt_text":{"optional":{"any"
:["str","null"]},"has_default":true},"type":{"optional":{"choice":["file"]},"has_def
ault":true}}},{"object":{"component":"str","value":"any","constructor_args":{"object
":{},"rest":"any"},"props":{"object":{},"rest":"any"},"type":{"optional":{"choice":[
"component"]},"has_default":true}}}]}},"options":{"optional":{"any":[{"list":{"objec
t":{"value":"str","label":{"optional":"str"}}}},"null"]},"has_default":true}}}}]
]}
,{"name":"/user","text":"","streams":false,"takes":[
{"name":"message","type":"str","text":""}
,{"name":"history","type":{"list":{"object":{"role":"str","metadata":{"optional":{"a
ny":[{"object":{"title":{"optional":"str"},"id":{"optional":{"any":["int","str"]}},"
parent_id":{"optional":{"any":["int","str"]}},"log":{"optional":"str"},"duration":{"
optional":"float"},"status":{"optional":{"choice":["pending","done"]}}}},"null"]},"h
as_default":true},"content":{"list":{"any":[{"object":{"text":"str","type":{"optiona
l":{"choice":["text"]},"has_default":true}}},{"object":{"file":"file","alt_text":{"o
ptional":{"any":["str","null"]},"has_default":true},"type":{"optional":{"choice":["f
ile"]},"has_default":true}}},{"object":{"component":"str","value":"any","constructor
_args":{"object":{},"rest":"any"},"props":{"object":{},"rest":"any"},"type":{"option
al":{"choice":["component"]},"has_default":true}}}]}},"options":{"optional":{"any":[
{"list":{"object":{"value":"str","label":{"optional":"str"}}}},"null"]},"has_default
":true}}}},"default":[],"text":"Left out: []."}
],"gives":[
["message","str"]
,["history",{"list":{"object":{"role":"str","metadata":{"optional":{"any":[{"object"
:{"title":{"optional":"str"},"id":{"optional":{"any":["int","str"]}},"parent_id":{"o
ptional":{"any":["int","str"]}},"log":{"optional":"str"},"duration":{"optional":"flo
at"},"status":{"optional":{"choice":["pending","done"]}}}},"null"]},"has_default":tr
ue},"content":{"list":{"any":[{"object":{"text":"str","type":{"optional":{"choice":[
"text"]},"has_default":true}}},{"object":{"file":"file","alt_text":{"optional":{"any
":["str","null"]},"has_default":true},"type":{"optional":{"choice":["file"]},"has_de
fault":true}}},{"object":{"component":"str","value":"any","constructor_args":{"objec
t":{},"rest":"any"},"props":{"object":{},"rest":"any"},"type":{"optional":{"choice":
["component"]},"has_default":true}}}]}},"options":{"optional":{"any":[{"list":{"obje
ct":{"value":"str","label":{"optional":"str"}}}},"null"]},"has_default":true}}}}]
]}
]}
"""
