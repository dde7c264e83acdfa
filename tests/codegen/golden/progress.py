# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/progress -o progress.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, Unpack

from gradlink.typed import APP_DEFAULT, AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/progress"
"""The app that was read."""


GenerateParam4: TypeAlias = Literal[
    "euler ancestral with exponential noise",
    "dpm++ 2m karras sde",
    "uni pc bh2 corrected",
]


class ProgressClient(TypedClient):
    """A client for one app, for threads.

    The app: Progress, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def generate(
        self,
        *,
        param_0: str = APP_DEFAULT,
        param_1: str = APP_DEFAULT,
        param_2: float = 0,
        param_3: float = 7.5,
        param_4: GenerateParam4 = "dpm++ 2m karras sde",
    ) -> str:
        """Call /generate of the app.

        Args:
            param_0: the_prompt_that_says_what_is_to_be_seen_in_the_picture.
            param_1: the_negative_prompt.
            param_2: seed. From 0 to 2.14748e+09. In steps of 1.
            param_3: guidance scale. From 1 to 20. In steps of 0.5.
            param_4: scheduler.
        """
        return self._call(
            "/generate",
            {
                "param_0": param_0,
                "param_1": param_1,
                "param_2": param_2,
                "param_3": param_3,
                "param_4": param_4,
            },
        )

    def load(self, *, steps: float = 2) -> str:
        """Call /load of the app.

        Args:
            steps: In steps of 1.
        """
        return self._call("/load", {"steps": steps})


class AsyncProgressClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Progress, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def generate(
        self,
        *,
        param_0: str = APP_DEFAULT,
        param_1: str = APP_DEFAULT,
        param_2: float = 0,
        param_3: float = 7.5,
        param_4: GenerateParam4 = "dpm++ 2m karras sde",
    ) -> str:
        """Call /generate of the app.

        Args:
            param_0: the_prompt_that_says_what_is_to_be_seen_in_the_picture.
            param_1: the_negative_prompt.
            param_2: seed. From 0 to 2.14748e+09. In steps of 1.
            param_3: guidance scale. From 1 to 20. In steps of 0.5.
            param_4: scheduler.
        """
        return await self._call(
            "/generate",
            {
                "param_0": param_0,
                "param_1": param_1,
                "param_2": param_2,
                "param_3": param_3,
                "param_4": param_4,
            },
        )

    async def load(self, *, steps: float = 2) -> str:
        """Call /load of the app.

        Args:
            steps: In steps of 1.
        """
        return await self._call("/load", {"steps": steps})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Progress","gradio":"6.31.0","endpoints":[
{"name":"/generate","text":"","streams":false,"takes":[
{"name":"param_0","type":"str","default":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
xxxxxxxxxxxxxxxxxx","text":"the_prompt_that_says_what_is_to_be_seen_in_the_picture."
}
,{"name":"param_1","type":"str","default":"nothing of what is ugly, blurred or wrong
","text":"the_negative_prompt."}
,{"name":"param_2","type":{"number":"float","min":0,"max":2147483647},"default":0,"t
ext":"seed.\nFrom 0 to 2.14748e+09.\nIn steps of 1."}
,{"name":"param_3","type":{"number":"float","min":1.0,"max":20.0},"default":7.5,"tex
t":"guidance scale.\nFrom 1 to 20.\nIn steps of 0.5."}
,{"name":"param_4","type":{"choice":["euler ancestral with exponential noise","dpm++
\u00202m karras sde","uni pc bh2 corrected"]},"default":"dpm++ 2m karras sde","text":"sch
eduler."}
],"gives":[
["image","str"]
]}
,{"name":"/load","text":"","streams":false,"takes":[
{"name":"steps","type":"float","default":2,"text":"In steps of 1."}
],"gives":[
["state","str"]
]}
]}
"""
