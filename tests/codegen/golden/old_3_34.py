# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/old_3_34 -o old_3_34.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, Unpack

from gradlink.typed import (
    AsyncTypedClient,
    AsyncTypedJob,
    FileInput,
    Options,
    TypedClient,
    TypedJob,
)

APP: Final = "http://127.0.0.1:7860/old_3_34"
"""The app that was read."""


class ChatResult(NamedTuple):
    """What `chat` returns."""

    text: str
    chatbot: Any


class MultiResult(NamedTuple):
    """What `multi` returns."""

    out: str
    result: float
    label: Any


class AppClient(TypedClient):
    """A client for one app, for threads.

    The app: Gradio, Gradio 3.34.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def add(
        self,
        *,
        a: float,
        b: float = 10.0,
        op: Literal["add", "sub"] = "add",
    ) -> float:
        """Call /add of the app."""
        return self._call("/add", {"a": a, "b": b, "op": op})

    def await_mark(
        self,
        *,
        key: str = "",
        name: str = "ticks",
        times: float = 1.0,
        patience: float = 30.0,
    ) -> str:
        """Call /await_mark of the app."""
        return self._call(
            "/await_mark",
            {"key": key, "name": name, "times": times, "patience": patience},
        )

    def batch_double(self, *, n: float = 3.0) -> float:
        """Call /batch_double of the app."""
        return self._call("/batch_double", {"n": n})

    def batch_gate(self, *, key: str = "") -> str:
        """Call /batch_gate of the app."""
        return self._call("/batch_gate", {"key": key})

    def boom(self, *, text: str = "") -> str:
        """Call /boom of the app."""
        return self._call("/boom", {"text": text})

    def chat(self, *, text: str = "", chatbot: Any) -> TypedJob[ChatResult]:
        """Call /chat of the app.

        Args:
            chatbot: filepath to JSON file
        """
        return self._stream(
            "/chat",
            {"text": text, "chatbot": chatbot},
            record=ChatResult,
        )

    def chatlist(self) -> TypedJob[Any]:
        """Call /chatlist of the app."""
        return self._stream("/chatlist", {})

    def count(self, *, text: str = "", n: float = 3.0) -> TypedJob[str]:
        """Call /count of the app."""
        return self._stream("/count", {"text": text, "n": n})

    def counter(self, *, n: float = 3.0) -> float:
        """Call /counter of the app."""
        return self._call("/counter", {"n": n})

    def echo(self, *, text: str = "") -> str:
        """Call /echo of the app."""
        return self._call("/echo", {"text": text})

    def echo_1(self, *, text: str = "") -> str:
        """Call /echo_1 of the app."""
        return self._call("/echo_1", {"text": text})

    def emptygen(self) -> TypedJob[str]:
        """Call /emptygen of the app."""
        return self._stream("/emptygen", {})

    def err(self, *, text: str = "") -> str:
        """Call /err of the app."""
        return self._call("/err", {"text": text})

    def fast(self, *, text: str = "") -> str:
        """Call /fast of the app."""
        return self._call("/fast", {"text": text})

    def fast_boom(self, *, text: str = "") -> str:
        """Call /fast_boom of the app."""
        return self._call("/fast_boom", {"text": text})

    def fast_counter(self, *, n: float = 3.0) -> float:
        """Call /fast_counter of the app."""
        return self._call("/fast_counter", {"n": n})

    def fast_err(self, *, text: str = "") -> str:
        """Call /fast_err of the app."""
        return self._call("/fast_err", {"text": text})

    def fast_json(self, *, json_in: Any) -> Any:
        """Call /fast_json of the app.

        Args:
            json_in: filepath to JSON file
        """
        return self._call_any("/fast_json", {"json_in": json_in})

    def file_upper(self, *, file: FileInput) -> str:
        """Call /file_upper of the app.

        Args:
            file: filepath or URL to file
        """
        return self._call("/file_upper", {"file": file}, [("file",)])

    def files_info(self, *, files: list[FileInput]) -> Any:
        """Call /files_info of the app.

        Args:
            files: List of filepath(s) or URL(s) to files
        """
        return self._call_any("/files_info", {"files": files}, [("files", ...)])

    def framegen(self) -> TypedJob[Any]:
        """Call /framegen of the app."""
        return self._stream("/framegen", {})

    def gallery(self, *, image: FileInput) -> list[list[str | None]]:
        """Call /gallery of the app.

        Args:
            image: filepath or URL to image
        """
        return self._call("/gallery", {"image": image}, [("image",)])

    def gate(self, *, key: str = "") -> str:
        """Call /gate of the app."""
        return self._call("/gate", {"key": key})

    def gategen(self, *, key: str = "", n: float = 3.0) -> TypedJob[str]:
        """Call /gategen of the app."""
        return self._stream("/gategen", {"key": key, "n": n})

    def gateprogress(self, *, key: str = "", n: float = 3.0) -> str:
        """Call /gateprogress of the app."""
        return self._call("/gateprogress", {"key": key, "n": n})

    def genboom(self, *, n: float = 3.0) -> TypedJob[str]:
        """Call /genboom of the app."""
        return self._stream("/genboom", {"n": n})

    def generr(self, *, n: float = 3.0) -> TypedJob[str]:
        """Call /generr of the app."""
        return self._stream("/generr", {"n": n})

    def image_flip(self, *, image: FileInput) -> str:
        """Call /image_flip of the app.

        Args:
            image: filepath or URL to image
        """
        return self._call("/image_flip", {"image": image}, [("image",)])

    def jsongen(self) -> TypedJob[Any]:
        """Call /jsongen of the app."""
        return self._stream("/jsongen", {})

    def kitchen(
        self,
        *,
        text: str = "",
        n: float = 3.0,
        slider: float = 5,
        check: bool = True,
        op: Literal["add", "sub"] = "add",
        drop: Literal["x", "y"] = "x",
        multi_drop: list[Literal["p", "q", "r"]],
        json_in: Any,
    ) -> Any:
        """Call /kitchen of the app.

        Args:
            slider: numeric value between 0 and 100 From 0 to 100.
            drop: Option from: ['x', 'y']
            multi_drop: List of options from: ['p', 'q', 'r']
            json_in: filepath to JSON file
        """
        return self._call_any(
            "/kitchen",
            {
                "text": text,
                "n": n,
                "slider": slider,
                "check": check,
                "op": op,
                "drop": drop,
                "multi_drop": multi_drop,
                "json_in": json_in,
            },
        )

    def logs(self, *, text: str = "") -> str:
        """Call /logs of the app."""
        return self._call("/logs", {"text": text})

    def multi(self, *, text: str = "") -> MultiResult:
        """Call /multi of the app."""
        return self._call("/multi", {"text": text}, record=MultiResult)

    def observe(self, *, key: str = "") -> str:
        """Call /observe of the app."""
        return self._call("/observe", {"key": key})

    def open_gate(self, *, key: str = "", times: float = 1.0) -> str:
        """Call /open_gate of the app."""
        return self._call("/open_gate", {"key": key, "times": times})

    def ping(self) -> str:
        """Call /ping of the app."""
        return self._call("/ping", {})

    def progress(self, *, n: float = 3.0) -> str:
        """Call /progress of the app."""
        return self._call("/progress", {"n": n})

    def samegen(self) -> TypedJob[str]:
        """Call /samegen of the app."""
        return self._stream("/samegen", {})

    def slow(self, *, n: float = 3.0) -> str:
        """Call /slow of the app."""
        return self._call("/slow", {"n": n})

    def slowgen(
        self,
        *,
        n: float = 3.0,
        delay: float = 0.2,
        key: str = "",
    ) -> TypedJob[str]:
        """Call /slowgen of the app."""
        return self._stream("/slowgen", {"n": n, "delay": delay, "key": key})

    def turn(self, *, key: str = "") -> str:
        """Call /turn of the app."""
        return self._call("/turn", {"key": key})

    def upd(self, *, text: str = "") -> str:
        """Call /upd of the app."""
        return self._call("/upd", {"text": text})

    def whoami(self) -> Any:
        """Call /whoami of the app."""
        return self._call_any("/whoami", {})


class AsyncAppClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Gradio, Gradio 3.34.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def add(
        self,
        *,
        a: float,
        b: float = 10.0,
        op: Literal["add", "sub"] = "add",
    ) -> float:
        """Call /add of the app."""
        return await self._call("/add", {"a": a, "b": b, "op": op})

    async def await_mark(
        self,
        *,
        key: str = "",
        name: str = "ticks",
        times: float = 1.0,
        patience: float = 30.0,
    ) -> str:
        """Call /await_mark of the app."""
        return await self._call(
            "/await_mark",
            {"key": key, "name": name, "times": times, "patience": patience},
        )

    async def batch_double(self, *, n: float = 3.0) -> float:
        """Call /batch_double of the app."""
        return await self._call("/batch_double", {"n": n})

    async def batch_gate(self, *, key: str = "") -> str:
        """Call /batch_gate of the app."""
        return await self._call("/batch_gate", {"key": key})

    async def boom(self, *, text: str = "") -> str:
        """Call /boom of the app."""
        return await self._call("/boom", {"text": text})

    def chat(self, *, text: str = "", chatbot: Any) -> AsyncTypedJob[ChatResult]:
        """Call /chat of the app.

        Args:
            chatbot: filepath to JSON file
        """
        return self._stream(
            "/chat",
            {"text": text, "chatbot": chatbot},
            record=ChatResult,
        )

    def chatlist(self) -> AsyncTypedJob[Any]:
        """Call /chatlist of the app."""
        return self._stream("/chatlist", {})

    def count(self, *, text: str = "", n: float = 3.0) -> AsyncTypedJob[str]:
        """Call /count of the app."""
        return self._stream("/count", {"text": text, "n": n})

    async def counter(self, *, n: float = 3.0) -> float:
        """Call /counter of the app."""
        return await self._call("/counter", {"n": n})

    async def echo(self, *, text: str = "") -> str:
        """Call /echo of the app."""
        return await self._call("/echo", {"text": text})

    async def echo_1(self, *, text: str = "") -> str:
        """Call /echo_1 of the app."""
        return await self._call("/echo_1", {"text": text})

    def emptygen(self) -> AsyncTypedJob[str]:
        """Call /emptygen of the app."""
        return self._stream("/emptygen", {})

    async def err(self, *, text: str = "") -> str:
        """Call /err of the app."""
        return await self._call("/err", {"text": text})

    async def fast(self, *, text: str = "") -> str:
        """Call /fast of the app."""
        return await self._call("/fast", {"text": text})

    async def fast_boom(self, *, text: str = "") -> str:
        """Call /fast_boom of the app."""
        return await self._call("/fast_boom", {"text": text})

    async def fast_counter(self, *, n: float = 3.0) -> float:
        """Call /fast_counter of the app."""
        return await self._call("/fast_counter", {"n": n})

    async def fast_err(self, *, text: str = "") -> str:
        """Call /fast_err of the app."""
        return await self._call("/fast_err", {"text": text})

    async def fast_json(self, *, json_in: Any) -> Any:
        """Call /fast_json of the app.

        Args:
            json_in: filepath to JSON file
        """
        return await self._call_any("/fast_json", {"json_in": json_in})

    async def file_upper(self, *, file: FileInput) -> str:
        """Call /file_upper of the app.

        Args:
            file: filepath or URL to file
        """
        return await self._call("/file_upper", {"file": file}, [("file",)])

    async def files_info(self, *, files: list[FileInput]) -> Any:
        """Call /files_info of the app.

        Args:
            files: List of filepath(s) or URL(s) to files
        """
        return await self._call_any("/files_info", {"files": files}, [("files", ...)])

    def framegen(self) -> AsyncTypedJob[Any]:
        """Call /framegen of the app."""
        return self._stream("/framegen", {})

    async def gallery(self, *, image: FileInput) -> list[list[str | None]]:
        """Call /gallery of the app.

        Args:
            image: filepath or URL to image
        """
        return await self._call("/gallery", {"image": image}, [("image",)])

    async def gate(self, *, key: str = "") -> str:
        """Call /gate of the app."""
        return await self._call("/gate", {"key": key})

    def gategen(self, *, key: str = "", n: float = 3.0) -> AsyncTypedJob[str]:
        """Call /gategen of the app."""
        return self._stream("/gategen", {"key": key, "n": n})

    async def gateprogress(self, *, key: str = "", n: float = 3.0) -> str:
        """Call /gateprogress of the app."""
        return await self._call("/gateprogress", {"key": key, "n": n})

    def genboom(self, *, n: float = 3.0) -> AsyncTypedJob[str]:
        """Call /genboom of the app."""
        return self._stream("/genboom", {"n": n})

    def generr(self, *, n: float = 3.0) -> AsyncTypedJob[str]:
        """Call /generr of the app."""
        return self._stream("/generr", {"n": n})

    async def image_flip(self, *, image: FileInput) -> str:
        """Call /image_flip of the app.

        Args:
            image: filepath or URL to image
        """
        return await self._call("/image_flip", {"image": image}, [("image",)])

    def jsongen(self) -> AsyncTypedJob[Any]:
        """Call /jsongen of the app."""
        return self._stream("/jsongen", {})

    async def kitchen(
        self,
        *,
        text: str = "",
        n: float = 3.0,
        slider: float = 5,
        check: bool = True,
        op: Literal["add", "sub"] = "add",
        drop: Literal["x", "y"] = "x",
        multi_drop: list[Literal["p", "q", "r"]],
        json_in: Any,
    ) -> Any:
        """Call /kitchen of the app.

        Args:
            slider: numeric value between 0 and 100 From 0 to 100.
            drop: Option from: ['x', 'y']
            multi_drop: List of options from: ['p', 'q', 'r']
            json_in: filepath to JSON file
        """
        return await self._call_any(
            "/kitchen",
            {
                "text": text,
                "n": n,
                "slider": slider,
                "check": check,
                "op": op,
                "drop": drop,
                "multi_drop": multi_drop,
                "json_in": json_in,
            },
        )

    async def logs(self, *, text: str = "") -> str:
        """Call /logs of the app."""
        return await self._call("/logs", {"text": text})

    async def multi(self, *, text: str = "") -> MultiResult:
        """Call /multi of the app."""
        return await self._call("/multi", {"text": text}, record=MultiResult)

    async def observe(self, *, key: str = "") -> str:
        """Call /observe of the app."""
        return await self._call("/observe", {"key": key})

    async def open_gate(self, *, key: str = "", times: float = 1.0) -> str:
        """Call /open_gate of the app."""
        return await self._call("/open_gate", {"key": key, "times": times})

    async def ping(self) -> str:
        """Call /ping of the app."""
        return await self._call("/ping", {})

    async def progress(self, *, n: float = 3.0) -> str:
        """Call /progress of the app."""
        return await self._call("/progress", {"n": n})

    def samegen(self) -> AsyncTypedJob[str]:
        """Call /samegen of the app."""
        return self._stream("/samegen", {})

    async def slow(self, *, n: float = 3.0) -> str:
        """Call /slow of the app."""
        return await self._call("/slow", {"n": n})

    def slowgen(
        self,
        *,
        n: float = 3.0,
        delay: float = 0.2,
        key: str = "",
    ) -> AsyncTypedJob[str]:
        """Call /slowgen of the app."""
        return self._stream("/slowgen", {"n": n, "delay": delay, "key": key})

    async def turn(self, *, key: str = "") -> str:
        """Call /turn of the app."""
        return await self._call("/turn", {"key": key})

    async def upd(self, *, text: str = "") -> str:
        """Call /upd of the app."""
        return await self._call("/upd", {"text": text})

    async def whoami(self) -> Any:
        """Call /whoami of the app."""
        return await self._call_any("/whoami", {})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Gradio","gradio":"3.34.0","endpoints":[
{"name":"/add","text":"","streams":false,"takes":[
{"name":"a","type":"float","text":""}
,{"name":"b","type":"float","default":10.0,"text":""}
,{"name":"op","type":{"choice":["add","sub"]},"default":"add","text":""}
],"gives":[
["result","float"]
]}
,{"name":"/await_mark","text":"","streams":false,"takes":[
{"name":"key","type":"str","default":"","text":""}
,{"name":"name","type":"str","default":"ticks","text":""}
,{"name":"times","type":"float","default":1.0,"text":""}
,{"name":"patience","type":"float","default":30.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/batch_double","text":"","streams":false,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["result","float"]
]}
,{"name":"/batch_gate","text":"","streams":false,"takes":[
{"name":"key","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/boom","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/chat","text":"","streams":true,"takes":[
{"name":"text","type":"str","default":"","text":""}
,{"name":"chatbot","type":"any","text":"filepath to JSON file"}
],"gives":[
["text","str"]
,["chatbot","any"]
]}
,{"name":"/chatlist","text":"","streams":true,"takes":[
],"gives":[
["chatbot","any"]
]}
,{"name":"/count","text":"","streams":true,"takes":[
{"name":"text","type":"str","default":"","text":""}
,{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/counter","text":"","streams":false,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["result","float"]
]}
,{"name":"/echo","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/echo_1","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/emptygen","text":"","streams":true,"takes":[
],"gives":[
["out","str"]
]}
,{"name":"/err","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/fast","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/fast_boom","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/fast_counter","text":"","streams":false,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["result","float"]
]}
,{"name":"/fast_err","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/fast_json","text":"","streams":false,"takes":[
{"name":"json_in","type":"any","text":"filepath to JSON file"}
],"gives":[
["json_out","any"]
]}
,{"name":"/file_upper","text":"","streams":false,"takes":[
{"name":"file","type":"file","text":"filepath or URL to file"}
],"gives":[
["file_out","file"]
]}
,{"name":"/files_info","text":"","streams":false,"takes":[
{"name":"files","type":{"list":"file"},"text":"List of filepath(s) or URL(s) to file
s"}
],"gives":[
["json_out","any"]
]}
,{"name":"/framegen","text":"","streams":true,"takes":[
],"gives":[
["frame","any"]
]}
,{"name":"/gallery","text":"","streams":false,"takes":[
{"name":"image","type":"file","text":"filepath or URL to image"}
],"gives":[
["gallery",{"list":{"row":["file",{"any":["str","null"]}]}}]
]}
,{"name":"/gate","text":"","streams":false,"takes":[
{"name":"key","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/gategen","text":"","streams":true,"takes":[
{"name":"key","type":"str","default":"","text":""}
,{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/gateprogress","text":"","streams":false,"takes":[
{"name":"key","type":"str","default":"","text":""}
,{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/genboom","text":"","streams":true,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/generr","text":"","streams":true,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/image_flip","text":"","streams":false,"takes":[
{"name":"image","type":"file","text":"filepath or URL to image"}
],"gives":[
["image_out","file"]
]}
,{"name":"/jsongen","text":"","streams":true,"takes":[
],"gives":[
["json_out","any"]
]}
,{"name":"/kitchen","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
,{"name":"n","type":"float","default":3.0,"text":""}
,{"name":"slider","type":{"number":"float","min":0,"max":100},"default":5,"text":"nu
meric value between 0 and 100\nFrom 0 to 100."}
,{"name":"check","type":"bool","default":true,"text":""}
,{"name":"op","type":{"choice":["add","sub"]},"default":"add","text":""}
,{"name":"drop","type":{"choice":["x","y"]},"default":"x","text":"Option from: [\u00
27x\u0027, \u0027y\u0027]"}
,{"name":"multi_drop","type":{"list":{"choice":["p","q","r"]}},"text":"List of optio
ns from: [\u0027p\u0027, \u0027q\u0027, \u0027r\u0027]"}
,{"name":"json_in","type":"any","text":"filepath to JSON file"}
],"gives":[
["json_out","any"]
]}
,{"name":"/logs","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/multi","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
,["result","float"]
,["label","any"]
]}
,{"name":"/observe","text":"","streams":false,"takes":[
{"name":"key","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/open_gate","text":"","streams":false,"takes":[
{"name":"key","type":"str","default":"","text":""}
,{"name":"times","type":"float","default":1.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/ping","text":"","streams":false,"takes":[
],"gives":[
["out","str"]
]}
,{"name":"/progress","text":"","streams":false,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/samegen","text":"","streams":true,"takes":[
],"gives":[
["out","str"]
]}
,{"name":"/slow","text":"","streams":false,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/slowgen","text":"","streams":true,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
,{"name":"delay","type":"float","default":0.2,"text":""}
,{"name":"key","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/turn","text":"","streams":false,"takes":[
{"name":"key","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/upd","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/whoami","text":"","streams":false,"takes":[
],"gives":[
["json_out","any"]
]}
]}
"""
