# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/calculator -o calculator.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Literal, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/calculator"
"""The app that was read."""


class CalculatorClient(TypedClient):
    """A client for one app, for threads.

    The app: Calculator, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def calculate(
        self,
        *,
        num1: float = 4,
        operation: Literal["add", "subtract", "multiply", "divide"] = "add",
        num2: float,
    ) -> float:
        """Call /calculate of the app.

        Args:
            num1: In steps of 1.
            num2: From -100 to 100. In steps of 1.
        """
        return self._call(
            "/calculate",
            {"num1": num1, "operation": operation, "num2": num2},
        )


class AsyncCalculatorClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Calculator, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def calculate(
        self,
        *,
        num1: float = 4,
        operation: Literal["add", "subtract", "multiply", "divide"] = "add",
        num2: float,
    ) -> float:
        """Call /calculate of the app.

        Args:
            num1: In steps of 1.
            num2: From -100 to 100. In steps of 1.
        """
        return await self._call(
            "/calculate",
            {"num1": num1, "operation": operation, "num2": num2},
        )


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Calculator","gradio":"6.31.0","endpoints":[
{"name":"/calculate","text":"","streams":false,"takes":[
{"name":"num1","type":"float","default":4,"text":"In steps of 1."}
,{"name":"operation","type":{"choice":["add","subtract","multiply","divide"]},"defau
lt":"add","text":""}
,{"name":"num2","type":{"number":"float","min":-100,"max":100},"text":"From -100 to\u0020
100.\nIn steps of 1."}
],"gives":[
["result","float"]
]}
]}
"""
