# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/old_3_16 -o old_3_16.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, Unpack

from gradlink.typed import AsyncTypedClient, FileInput, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/old_3_16"
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

    The app: Gradio, Gradio 3.16.2.
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

    def chat(self, *, text: str = "", chatbot: Any) -> ChatResult:
        """Call /chat of the app."""
        return self._call(
            "/chat",
            {"text": text, "chatbot": chatbot},
            record=ChatResult,
        )

    def chatlist(self) -> Any:
        """Call /chatlist of the app."""
        return self._call_any("/chatlist", {})

    def count(self, *, text: str = "", n: float = 3.0) -> str:
        """Call /count of the app."""
        return self._call("/count", {"text": text, "n": n})

    def counter(self, *, n: float = 3.0) -> float:
        """Call /counter of the app."""
        return self._call("/counter", {"n": n})

    def echo(self, *, text: str = "") -> str:
        """Call /echo of the app."""
        return self._call("/echo", {"text": text})

    def echo_1(self, *, text: str = "") -> str:
        """Call /echo_1 of the app."""
        return self._call("/echo_1", {"text": text})

    def emptygen(self) -> str:
        """Call /emptygen of the app."""
        return self._call("/emptygen", {})

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
        """Call /fast_json of the app."""
        return self._call_any("/fast_json", {"json_in": json_in})

    def file_upper(self, *, file: FileInput) -> str:
        """Call /file_upper of the app."""
        return self._call("/file_upper", {"file": file}, [("file",)])

    def files_info(self, *, files: list[FileInput]) -> Any:
        """Call /files_info of the app."""
        return self._call_any("/files_info", {"files": files}, [("files", ...)])

    def framegen(self) -> Any:
        """Call /framegen of the app."""
        return self._call_any("/framegen", {})

    def gallery(self, *, image: FileInput) -> Any:
        """Call /gallery of the app."""
        return self._call_any("/gallery", {"image": image}, [("image",)])

    def gate(self, *, key: str = "") -> str:
        """Call /gate of the app."""
        return self._call("/gate", {"key": key})

    def gategen(self, *, key: str = "", n: float = 3.0) -> str:
        """Call /gategen of the app."""
        return self._call("/gategen", {"key": key, "n": n})

    def gateprogress(self, *, key: str = "", n: float = 3.0) -> str:
        """Call /gateprogress of the app."""
        return self._call("/gateprogress", {"key": key, "n": n})

    def genboom(self, *, n: float = 3.0) -> str:
        """Call /genboom of the app."""
        return self._call("/genboom", {"n": n})

    def generr(self, *, n: float = 3.0) -> str:
        """Call /generr of the app."""
        return self._call("/generr", {"n": n})

    def image_flip(self, *, image: FileInput) -> str:
        """Call /image_flip of the app."""
        return self._call("/image_flip", {"image": image}, [("image",)])

    def jsongen(self) -> Any:
        """Call /jsongen of the app."""
        return self._call_any("/jsongen", {})

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
            slider: From 0 to 100.
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

    def samegen(self) -> str:
        """Call /samegen of the app."""
        return self._call("/samegen", {})

    def slow(self, *, n: float = 3.0) -> str:
        """Call /slow of the app."""
        return self._call("/slow", {"n": n})

    def slowgen(self, *, n: float = 3.0, delay: float = 0.2, key: str = "") -> str:
        """Call /slowgen of the app."""
        return self._call("/slowgen", {"n": n, "delay": delay, "key": key})

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

    The app: Gradio, Gradio 3.16.2.
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

    async def chat(self, *, text: str = "", chatbot: Any) -> ChatResult:
        """Call /chat of the app."""
        return await self._call(
            "/chat",
            {"text": text, "chatbot": chatbot},
            record=ChatResult,
        )

    async def chatlist(self) -> Any:
        """Call /chatlist of the app."""
        return await self._call_any("/chatlist", {})

    async def count(self, *, text: str = "", n: float = 3.0) -> str:
        """Call /count of the app."""
        return await self._call("/count", {"text": text, "n": n})

    async def counter(self, *, n: float = 3.0) -> float:
        """Call /counter of the app."""
        return await self._call("/counter", {"n": n})

    async def echo(self, *, text: str = "") -> str:
        """Call /echo of the app."""
        return await self._call("/echo", {"text": text})

    async def echo_1(self, *, text: str = "") -> str:
        """Call /echo_1 of the app."""
        return await self._call("/echo_1", {"text": text})

    async def emptygen(self) -> str:
        """Call /emptygen of the app."""
        return await self._call("/emptygen", {})

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
        """Call /fast_json of the app."""
        return await self._call_any("/fast_json", {"json_in": json_in})

    async def file_upper(self, *, file: FileInput) -> str:
        """Call /file_upper of the app."""
        return await self._call("/file_upper", {"file": file}, [("file",)])

    async def files_info(self, *, files: list[FileInput]) -> Any:
        """Call /files_info of the app."""
        return await self._call_any("/files_info", {"files": files}, [("files", ...)])

    async def framegen(self) -> Any:
        """Call /framegen of the app."""
        return await self._call_any("/framegen", {})

    async def gallery(self, *, image: FileInput) -> Any:
        """Call /gallery of the app."""
        return await self._call_any("/gallery", {"image": image}, [("image",)])

    async def gate(self, *, key: str = "") -> str:
        """Call /gate of the app."""
        return await self._call("/gate", {"key": key})

    async def gategen(self, *, key: str = "", n: float = 3.0) -> str:
        """Call /gategen of the app."""
        return await self._call("/gategen", {"key": key, "n": n})

    async def gateprogress(self, *, key: str = "", n: float = 3.0) -> str:
        """Call /gateprogress of the app."""
        return await self._call("/gateprogress", {"key": key, "n": n})

    async def genboom(self, *, n: float = 3.0) -> str:
        """Call /genboom of the app."""
        return await self._call("/genboom", {"n": n})

    async def generr(self, *, n: float = 3.0) -> str:
        """Call /generr of the app."""
        return await self._call("/generr", {"n": n})

    async def image_flip(self, *, image: FileInput) -> str:
        """Call /image_flip of the app."""
        return await self._call("/image_flip", {"image": image}, [("image",)])

    async def jsongen(self) -> Any:
        """Call /jsongen of the app."""
        return await self._call_any("/jsongen", {})

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
            slider: From 0 to 100.
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

    async def samegen(self) -> str:
        """Call /samegen of the app."""
        return await self._call("/samegen", {})

    async def slow(self, *, n: float = 3.0) -> str:
        """Call /slow of the app."""
        return await self._call("/slow", {"n": n})

    async def slowgen(
        self,
        *,
        n: float = 3.0,
        delay: float = 0.2,
        key: str = "",
    ) -> str:
        """Call /slowgen of the app."""
        return await self._call("/slowgen", {"n": n, "delay": delay, "key": key})

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
{"format":1,"title":"Gradio","gradio":"3.16.2","endpoints":[
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
,{"name":"/chat","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
,{"name":"chatbot","type":"any","text":""}
],"gives":[
["text","str"]
,["chatbot","any"]
]}
,{"name":"/chatlist","text":"","streams":false,"takes":[
],"gives":[
["chatbot","any"]
]}
,{"name":"/count","text":"","streams":false,"takes":[
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
,{"name":"/emptygen","text":"","streams":false,"takes":[
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
{"name":"json_in","type":"any","text":""}
],"gives":[
["json_out","any"]
]}
,{"name":"/file_upper","text":"","streams":false,"takes":[
{"name":"file","type":"file","text":""}
],"gives":[
["file_out","file"]
]}
,{"name":"/files_info","text":"","streams":false,"takes":[
{"name":"files","type":{"list":"file"},"text":""}
],"gives":[
["json_out","any"]
]}
,{"name":"/framegen","text":"","streams":false,"takes":[
],"gives":[
["frame","any"]
]}
,{"name":"/gallery","text":"","streams":false,"takes":[
{"name":"image","type":"file","text":""}
],"gives":[
["gallery","any"]
]}
,{"name":"/gate","text":"","streams":false,"takes":[
{"name":"key","type":"str","default":"","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/gategen","text":"","streams":false,"takes":[
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
,{"name":"/genboom","text":"","streams":false,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/generr","text":"","streams":false,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/image_flip","text":"","streams":false,"takes":[
{"name":"image","type":"file","text":""}
],"gives":[
["image_out","file"]
]}
,{"name":"/jsongen","text":"","streams":false,"takes":[
],"gives":[
["json_out","any"]
]}
,{"name":"/kitchen","text":"","streams":false,"takes":[
{"name":"text","type":"str","default":"","text":""}
,{"name":"n","type":"float","default":3.0,"text":""}
,{"name":"slider","type":{"number":"float","min":0,"max":100},"default":5,"text":"Fr
om 0 to 100."}
,{"name":"check","type":"bool","default":true,"text":""}
,{"name":"op","type":{"choice":["add","sub"]},"default":"add","text":""}
,{"name":"drop","type":{"choice":["x","y"]},"default":"x","text":""}
,{"name":"multi_drop","type":{"list":{"choice":["p","q","r"]}},"text":""}
,{"name":"json_in","type":"any","text":""}
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
,{"name":"/samegen","text":"","streams":false,"takes":[
],"gives":[
["out","str"]
]}
,{"name":"/slow","text":"","streams":false,"takes":[
{"name":"n","type":"float","default":3.0,"text":""}
],"gives":[
["out","str"]
]}
,{"name":"/slowgen","text":"","streams":false,"takes":[
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
