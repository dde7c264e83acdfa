"""Each app of ``apps/`` is called through its golden module."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from PIL import Image

from gradlink import AppError, ArgumentError, FileError
from gradlink.typed import APP_DEFAULT
from tests.codegen.golden.assistant import AssistantClient
from tests.codegen.golden.awkward import AsyncAwkwardClient, AwkwardClient
from tests.codegen.golden.calculator import CalculatorClient
from tests.codegen.golden.chat import AsyncEchoChatClient, EchoChatClient
from tests.codegen.golden.chatbot import ChatbotClient
from tests.codegen.golden.classifier import ImageClassifierClient
from tests.codegen.golden.countdown import AsyncCountdownClient, CountdownClient, GrowResult
from tests.codegen.golden.counter import StateCounterClient
from tests.codegen.golden.hello import AsyncHelloWorldClient, HelloWorldClient
from tests.codegen.golden.multimodal import MultimodalChatClient
from tests.codegen.golden.picker import PickerClient
from tests.codegen.golden.pictures import FakeGalleryClient
from tests.codegen.golden.plain_json import JSONClient
from tests.codegen.golden.progress import ProgressClient
from tests.codegen.golden.rendered import RenderedClient
from tests.codegen.golden.reverse_audio import ReverseAudioClient
from tests.codegen.golden.sentence import SentenceBuilderClient
from tests.codegen.golden.sentiment import SentimentClient
from tests.codegen.golden.sepia import AsyncSepiaFilterClient, SepiaFilterClient
from tests.codegen.golden.several import AsyncSeveralClient, SeveralClient
from tests.codegen.golden.tabbed import FlipTextClient
from tests.codegen.golden.table import TransposeClient
from tests.codegen.golden.typed import TypedFunctionsClient
from tests.codegen.golden.video import VideoClient
from tests.codegen.golden.zipped import FileSizesClient

pytestmark = pytest.mark.live
QUIET: Any = {"verbose": False}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "in.png"
    Image.new("RGB", (4, 4), (200, 100, 50)).save(path)
    return path


def size(path: str) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_hello(apps_url: str) -> None:
    with HelloWorldClient(f"{apps_url}hello", **QUIET) as client:
        assert client.greet(name="you") == "Hello, you!!"
        assert client.greet(name="you", intensity=3) == "Hello, you!!!"
        assert client.with_options(timeout=60, headers={"x-a": "b"}).greet(name="me") == "Hello, me!!"
        with pytest.raises(TypeError):
            client.greet("you")  # type: ignore[misc]


async def test_hello_on_an_event_loop(apps_url: str) -> None:
    async with AsyncHelloWorldClient(f"{apps_url}hello", **QUIET) as client:
        assert await client.greet(name="you") == "Hello, you!!"
        assert await client.with_options(timeout=60).greet(name="me") == "Hello, me!!"
    unopened = AsyncHelloWorldClient(f"{apps_url}hello", **QUIET)
    assert await unopened.greet(name="you", intensity=1) == "Hello, you!"
    await unopened.close()


def test_texts(apps_url: str) -> None:
    with SentimentClient(f"{apps_url}sentiment", **QUIET) as sentiment:
        answer = sentiment.classify(text="a good film")
        assert answer["label"] == "positive"
        assert [one["label"] for one in answer["confidences"] or []] == ["positive", "negative"]
    with CalculatorClient(f"{apps_url}calculator", **QUIET) as calculator:
        assert calculator.calculate(num2=3) == 7
        assert calculator.calculate(num1=1, operation="subtract", num2=3) == -2
        with pytest.raises(AppError, match="Cannot divide by zero"):
            calculator.calculate(operation="divide", num2=0)
    with SentenceBuilderClient(f"{apps_url}sentence", **QUIET) as sentence:
        said = sentence.build(place="zoo")
        assert said == "The 4 cats from Japan went to the zoo where they ran and ate until the night"
        said = sentence.build(countries=["USA", "Pakistan"], place="park", activities=["swam"], morning=True)
        assert said.startswith(
            "The 4 cats from USA and Pakistan went to the park where they swam until the mor"
        )
    with PickerClient(f"{apps_url}picker", **QUIET) as picker:
        assert picker.pick(size=2, color="green", tags=["c"]) == "2 green c"
        assert picker.pick(tags=APP_DEFAULT) == "1 red "
    with FlipTextClient(f"{apps_url}tabbed", **QUIET) as tabbed:
        assert tabbed.first_tab(text="abc") == "cba"
        assert tabbed.second_tab(text="abc") == "ABC"
    with RenderedClient(f"{apps_url}rendered", **QUIET) as rendered:
        assert rendered.count(count=3) == "3 boxes"
    with ProgressClient(f"{apps_url}progress", **QUIET) as progress:
        assert progress.load() == "loaded"
        prompt = f"{'x' * 60} nothing of what is ugly, blurred or wrong"
        assert progress.generate() == f"{prompt} 0 7.5 dpm++ 2m karras sde"
        assert progress.generate(param_0="a", param_1="b", param_4="uni pc bh2 corrected").startswith("a b ")


def test_streams(apps_url: str) -> None:
    with CountdownClient(f"{apps_url}countdown", **QUIET) as client:
        assert list(client.count(start=2)) == ["2s", "1s", "0s"]
        job = client.count(start=1, unit="m")
        assert next(job_values := iter(job)) == "1m"
        assert list(job_values) == ["0m"]
        assert job.result() == "0m"
        assert client.grow(start=1).result() == GrowResult("ab", 2)
        assert [value.length for value in client.grow()] == [1, 2]
        assert client.count(start=2).cancel() in {True, False}
    with EchoChatClient(f"{apps_url}chat", **QUIET) as chat:
        assert "".join(chat.chat(message="hi there").deltas()) == "You said hi there"


async def test_streams_on_an_event_loop(apps_url: str) -> None:
    async with AsyncCountdownClient(f"{apps_url}countdown", **QUIET) as client:
        assert [value async for value in client.count(start=2)] == ["2s", "1s", "0s"]
        assert [value.text async for value in client.grow()] == ["a", "ab"]
        assert await client.grow() == GrowResult("ab", 2)
        async for _ in client.count(start=50):
            break
        with anyio.fail_after(60):
            assert await client.count(start=0).result() == "0s"
    async with AsyncEchoChatClient(f"{apps_url}chat", **QUIET) as chat:
        assert [added async for added in chat.chat(message="hi").deltas()] == ["You", " said", " hi"]


async def test_several_values(apps_url: str) -> None:
    with SeveralClient(f"{apps_url}several", **QUIET) as client:
        found = client.analyse(a="A")
        assert tuple(found) == ("Abc", 1, True, {"a": [1, 2]})
        assert (found.text, found.count_, found.is_upper, found.index_) == ("Abc", 1, True, {"a": [1, 2]})
        client.forget(text="x")
        assert client.ping() == "pong"
        assert client.lambda_(text="x") == "x"
    async with AsyncSeveralClient(f"{apps_url}several", **QUIET) as again:
        assert (await again.analyse(a="A", b="", c="")).text == "A"
        await again.forget(text="x")


def test_state_belongs_to_the_session(apps_url: str) -> None:
    with StateCounterClient(f"{apps_url}counter", **QUIET) as client:
        assert [client.add(), client.add(amount=2)] == [1, 3]


@pytest.fixture
def content(picture: Path) -> bytes:
    return picture.read_bytes()


async def test_images(apps_url: str, picture: Path, content: bytes) -> None:
    with ImageClassifierClient(f"{apps_url}classifier", **QUIET) as classifier:
        for image in (str(picture), picture, content):
            assert classifier.classify(image=image)["label"] == "cat"
        with pytest.raises(FileError):
            classifier.classify(image="/nowhere.png")
    with SepiaFilterClient(f"{apps_url}sepia", **QUIET) as sepia:
        assert size(sepia.filter(image=str(picture), strength=1)) == (4, 4)
    async with AsyncSepiaFilterClient(f"{apps_url}sepia", **QUIET) as again:
        assert size(await again.filter(image=str(picture))) == (4, 4)


def test_files(apps_url: str, tmp_path: Path, picture: Path) -> None:
    sound = tmp_path / "in.wav"
    with wave.open(str(sound), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(np.arange(8000, dtype=np.int16).tobytes())
    with ReverseAudioClient(f"{apps_url}reverse_audio", **QUIET) as audio:
        assert Path(audio.reverse(audio=str(sound))).stat().st_size > 8000
    text = tmp_path / "a.txt"
    text.write_text("hello")
    with FileSizesClient(f"{apps_url}zipped", **QUIET) as sizes:
        assert sizes.sizes(files=[str(text), picture]) == {
            "a.txt": 5,
            "in.png": picture.stat().st_size,
        }
        assert [Path(path).read_text() for path in sizes.twice(file=str(text))] == ["hello", "hello"]
    with FakeGalleryClient(f"{apps_url}pictures", **QUIET) as gallery:
        drawn = gallery.draw(count=2)
        assert [one["caption"] for one in drawn] == ["picture 0", "picture 1"]
        assert gallery.measure(obj=[{"image": str(picture)}, {"image": picture, "caption": "b"}]) == 2
    with VideoClient(f"{apps_url}video", **QUIET) as video:
        clip = tmp_path / "a.mp4"
        clip.write_bytes(b"no video")
        described = video.describe(
            video=str(clip), picture={"background": str(picture), "layers": [str(picture)], "composite": None}
        )
        # The app has no video for anybody, though its schema says that there is one.
        assert video.make(text="x") is None
        assert described == ".mp4 ['background', 'composite', 'layers']"


def test_talks(apps_url: str, picture: Path) -> None:
    with AssistantClient(f"{apps_url}assistant", **QUIET) as assistant:
        assert assistant.chat(message="hi") == "You are helpful. hi 20 short"
        assert assistant.chat(message="hi", prompt="Be", tokens=10, style="long") == "Be hi 10 long"
    with MultimodalChatClient(f"{apps_url}multimodal", **QUIET) as multimodal:
        message = multimodal.chat(message={"text": "/etc/passwd", "files": [str(picture)]})
        assert message == "1 files, /etc/passwd"
    with ChatbotClient(f"{apps_url}chatbot", **QUIET) as chatbot:
        said = chatbot.user(message="hi")
        assert said.message == ""
        assert [one["role"] for one in said.history] == ["user"]
        answered = chatbot.bot(history=[{"role": "user", "content": [{"text": "hi", "type": "text"}]}])
        assert [one["role"] for one in answered.result()] == ["user", "assistant"]


def test_data(apps_url: str) -> None:
    with TransposeClient(f"{apps_url}table", **QUIET) as table:
        found = table.transpose(rows={"headers": ["a", "b"], "data": [["1", "2"], ["3", "4"]]})
        assert found["data"] == [["1", "3"], ["2", "4"]]
    with JSONClient(f"{apps_url}plain_json", **QUIET) as plain:
        assert plain.keep(value={"a": [None, 1]}) == {"a": [None, 1]}
        assert plain.show(when="2026-01-01 00:00:00").text == "#ff0000"
        assert [one["token"] for one in plain.tag(text="He ran")] == ["He", " ran"]
    with TypedFunctionsClient(f"{apps_url}typed", **QUIET) as typed:
        person = typed.describe(
            person={"name": "Ann", "addresses": [{"street": "A", "number": 1}], "nick": ""},
            tags=["x"],
            scores={"a": 1.5},
        )
        assert person["nick"] == "short11.5"
        assert typed.find()[0]["addresses"] == [{"street": "A", "number": 10}]
        assert list(typed.steps(count=3)) == [0, 1, 2]


async def test_awkward_names(apps_url: str) -> None:
    whole = "SELF CLASS HEADERS TIMEOUT API_NAME GRÖSSE STR _PRIVATE __MANGLED"
    changed = "SELF CLASS h t API_NAME g STR _PRIVATE __MANGLED"
    with AwkwardClient(f"{apps_url}awkward", **QUIET) as client:
        for method in (
            client.close_,
            client.client_,
            client.str_,
            client.init__,
            client.v1_say_it,
            client.class_,
        ):
            assert method() == whole
        assert client.with_options_(headers="h", timeout="t", größe="g") == changed
        assert client.index() == ("a", "b", "c")
        given = client.reserved(headers="h", param_1=1, timeout=2.0, param_3=["c"])
        assert given == "h 1 2.0 ['c'] 50 c"
        with pytest.raises(ArgumentError):
            client.reserved(headers="h", param_1=APP_DEFAULT, timeout=2.0, param_3=[])
    unopened = AsyncAwkwardClient(f"{apps_url}awkward", **QUIET)
    assert await unopened.größe(self_="SELF", headers="h", timeout="t", größe="g") == changed
    await unopened.close()
