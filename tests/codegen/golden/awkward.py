# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/awkward -o awkward.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Unpack

from gradlink.typed import APP_DEFAULT, AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/awkward"
"""The app that was read."""


class IndexResult(NamedTuple):
    """What `index` returns."""

    str_: str
    fields: str
    class_: str


class AwkwardClient(TypedClient):
    """A client for one app, for threads.

    The app: Awkward, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def init__(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /__init__ of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return self._call(
            "/__init__",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    def class_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /class of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return self._call(
            "/class",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    def client_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /client of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return self._call(
            "/client",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    def close_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /close of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return self._call(
            "/close",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    def größe(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /größe of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return self._call(
            "/größe",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    def index(self) -> IndexResult:
        """Call /index of the app."""
        return self._call("/index", {}, record=IndexResult)

    def reserved(
        self,
        *,
        headers: str,
        param_1: int,
        timeout: float,
        param_3: list[str],
        title: str = APP_DEFAULT,
        cls: str = "c",
    ) -> Any:
        r"""Say "yes" to \ everything; 'quotes' and ''more''. > > > reserved("x")

        Args:
            headers: 1st.
            param_1: 2nd.
            timeout: 3rd.
            param_3: 4th.
            title: 5th.
            cls: 6th.
        """
        return self._call_any(
            "/reserved",
            {
                "headers": headers,
                "param_1": param_1,
                "timeout": timeout,
                "param_3": param_3,
                "title": title,
                "cls": cls,
            },
        )

    def str_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /str of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return self._call(
            "/str",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    def v1_say_it(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /v1/say-it of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return self._call(
            "/v1/say-it",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    def with_options_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /with_options of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return self._call(
            "/with_options",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )


class AsyncAwkwardClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Awkward, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def init__(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /__init__ of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return await self._call(
            "/__init__",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    async def class_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /class of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return await self._call(
            "/class",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    async def client_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /client of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return await self._call(
            "/client",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    async def close_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /close of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return await self._call(
            "/close",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    async def größe(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /größe of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return await self._call(
            "/größe",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    async def index(self) -> IndexResult:
        """Call /index of the app."""
        return await self._call("/index", {}, record=IndexResult)

    async def reserved(
        self,
        *,
        headers: str,
        param_1: int,
        timeout: float,
        param_3: list[str],
        title: str = APP_DEFAULT,
        cls: str = "c",
    ) -> Any:
        r"""Say "yes" to \ everything; 'quotes' and ''more''. > > > reserved("x")

        Args:
            headers: 1st.
            param_1: 2nd.
            timeout: 3rd.
            param_3: 4th.
            title: 5th.
            cls: 6th.
        """
        return await self._call_any(
            "/reserved",
            {
                "headers": headers,
                "param_1": param_1,
                "timeout": timeout,
                "param_3": param_3,
                "title": title,
                "cls": cls,
            },
        )

    async def str_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /str of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return await self._call(
            "/str",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    async def v1_say_it(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /v1/say-it of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return await self._call(
            "/v1/say-it",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )

    async def with_options_(
        self,
        *,
        self_: str = "SELF",
        klass: str = "CLASS",
        headers: str = "HEADERS",
        timeout: str = "TIMEOUT",
        param_4: str = "API_NAME",
        größe: str = "GRÖSSE",
        text: str = "STR",
        private: str = "_PRIVATE",
        mangled: str = "__MANGLED",
    ) -> str:
        """Call /with_options of the app.

        Args:
            klass: class.
            param_4: api_name.
            text: str.
            private: _private.
            mangled: __mangled.
        """
        return await self._call(
            "/with_options",
            {
                "self": self_,
                "klass": klass,
                "headers": headers,
                "timeout": timeout,
                "param_4": param_4,
                "größe": größe,
                "text": text,
                "private": private,
                "mangled": mangled,
            },
        )


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Awkward","gradio":"6.31.0","endpoints":[
{"name":"/__init__","text":"","streams":false,"takes":[
{"name":"self","type":"str","default":"SELF","text":""}
,{"name":"klass","type":"str","default":"CLASS","text":"class."}
,{"name":"headers","type":"str","default":"HEADERS","text":""}
,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
,{"name":"text","type":"str","default":"STR","text":"str."}
,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
],"gives":[
["class","str"]
]}
,{"name":"/class","text":"","streams":false,"takes":[
{"name":"self","type":"str","default":"SELF","text":""}
,{"name":"klass","type":"str","default":"CLASS","text":"class."}
,{"name":"headers","type":"str","default":"HEADERS","text":""}
,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
,{"name":"text","type":"str","default":"STR","text":"str."}
,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
],"gives":[
["class","str"]
]}
,{"name":"/client","text":"","streams":false,"takes":[
{"name":"self","type":"str","default":"SELF","text":""}
,{"name":"klass","type":"str","default":"CLASS","text":"class."}
,{"name":"headers","type":"str","default":"HEADERS","text":""}
,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
,{"name":"text","type":"str","default":"STR","text":"str."}
,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
],"gives":[
["class","str"]
]}
,{"name":"/close","text":"","streams":false,"takes":[
{"name":"self","type":"str","default":"SELF","text":""}
,{"name":"klass","type":"str","default":"CLASS","text":"class."}
,{"name":"headers","type":"str","default":"HEADERS","text":""}
,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
,{"name":"text","type":"str","default":"STR","text":"str."}
,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
],"gives":[
["class","str"]
]}
,{"name":"/gr\u00f6\u00dfe","text":"","streams":false,"takes":[
{"name":"self","type":"str","default":"SELF","text":""}
,{"name":"klass","type":"str","default":"CLASS","text":"class."}
,{"name":"headers","type":"str","default":"HEADERS","text":""}
,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
,{"name":"text","type":"str","default":"STR","text":"str."}
,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
],"gives":[
["class","str"]
]}
,{"name":"/index","text":"","streams":false,"takes":[
],"gives":[
["str","str"]
,["_fields","str"]
,["class","str"]
]}
,{"name":"/reserved","text":"Say \"yes\" to \\ everything; \u0027quotes\u0027 and \u
0027\u0027more\u0027\u0027. \u003e\u003e\u003e reserved(\"x\")","streams":false,"tak
es":[
{"name":"headers","type":"str","text":"1st."}
,{"name":"param_1","type":"int","text":"2nd."}
,{"name":"timeout","type":"float","text":"3rd."}
,{"name":"param_3","type":{"list":"str"},"text":"4th."}
,{"name":"title","type":"str","default":"ttttttttttttttttttttttttttttttttttttttttttt
ttttttt","text":"5th."}
,{"name":"cls","type":"str","default":"c","text":"6th."}
],"gives":[
["1st","any"]
]}
,{"name":"/str","text":"","streams":false,"takes":[
{"name":"self","type":"str","default":"SELF","text":""}
,{"name":"klass","type":"str","default":"CLASS","text":"class."}
,{"name":"headers","type":"str","default":"HEADERS","text":""}
,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
,{"name":"text","type":"str","default":"STR","text":"str."}
,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
],"gives":[
["class","str"]
]}
,{"name":"/v1/say-it","text":"","streams":false,"takes":[
{"name":"self","type":"str","default":"SELF","text":""}
,{"name":"klass","type":"str","default":"CLASS","text":"class."}
,{"name":"headers","type":"str","default":"HEADERS","text":""}
,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
,{"name":"text","type":"str","default":"STR","text":"str."}
,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
],"gives":[
["class","str"]
]}
,{"name":"/with_options","text":"","streams":false,"takes":[
{"name":"self","type":"str","default":"SELF","text":""}
,{"name":"klass","type":"str","default":"CLASS","text":"class."}
,{"name":"headers","type":"str","default":"HEADERS","text":""}
,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
,{"name":"text","type":"str","default":"STR","text":"str."}
,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
],"gives":[
["class","str"]
]}
]}
"""
