"""The apps that are loaded into others, as their authors would write them.

Each has a text "ready" that its load event fills: a page that shows it listens to what is clicked.
"""

from __future__ import annotations

import io
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import gradio as gr
import numpy as np

SECONDS = 3
RATE = 8_000


def ready() -> None:
    """Let the page say that it listens."""
    text = gr.Textbox(label="ready")
    gr.on([gr.context.Context.root_block.load], lambda: "yes", None, text, api_visibility="private")


def interface() -> gr.Blocks:
    def price(name: str, count: float, gift: bool) -> str:
        return f"{name}: {count * 3:g}{' wrapped' if gift else ''}"

    with gr.Blocks(title="Interface") as demo:
        gr.Interface(
            price,
            [
                gr.Textbox(label="name", info="what to buy"),
                gr.Slider(1, 9, 2, step=1, label="count"),
                gr.Checkbox(label="gift"),
            ],
            gr.Textbox(label="price"),
            examples=[["tea", 3, True], ["milk", 1, False]],
            cache_examples=True,
            flagging_mode="never",
            api_name="price",
        )
        ready()
    return demo


def tabs() -> gr.Blocks:
    with gr.Blocks(title="Tabs") as demo:
        with gr.Sidebar():
            gr.Markdown("## In the *sidebar*")
        with gr.Tabs():
            with gr.Tab("Choose"), gr.Row():
                with gr.Column(scale=2):
                    country = gr.Radio(["France", "Japan"], label="country", value="France")
                    city = gr.Dropdown(["Paris", "Lyon"], label="city", value="Paris")
                with gr.Column(scale=1), gr.Group():
                    chosen = gr.Textbox(label="chosen")
                    more = gr.Textbox("all of it", label="details", visible=False)
                    show = gr.Button("Details")
            with gr.Tab("About"):
                with gr.Accordion("More", open=False):
                    gr.Markdown("The **long** story")
                gr.HTML("<b>bold</b>")

        def cities(name: str) -> Any:
            return gr.update(choices=["Tokyo", "Osaka"], value="Osaka", label=f"city of {name}")

        country.change(cities, country, city)
        city.change(lambda name: f"You are in {name}", city, chosen)
        show.click(
            lambda: (gr.update(visible=True), gr.update(value="Shown", interactive=False)), None, [more, show]
        )
        ready()
    return demo


def chat() -> gr.Blocks:
    def answer(message: dict[str, Any], history: list[Any]) -> Iterator[str]:
        said = f"{len(history) // 2 + 1}: {message['text']}"
        for name in message["files"]:
            said += f" [{Path(name).read_text()}]"
        for end in range(1, len(said) + 1):
            yield said[:end]

    with gr.Blocks(title="Chat") as demo:
        liked = gr.Textbox(label="liked")
        bot = gr.Chatbot(label="bot", elem_id="bot")
        gr.ChatInterface(
            answer, chatbot=bot, multimodal=True, editable=True, textbox=gr.MultimodalTextbox(label="say")
        )

        def like(data: gr.LikeData) -> str:
            return f"{data.index} {data.liked}"

        bot.like(like, None, liked)
        ready()
    return demo


def editing() -> gr.Blocks:
    with gr.Blocks(title="Editing") as demo:
        gr.ChatInterface(lambda message, history: f"{len(history) // 2 + 1}: {message}", editable=True)
        ready()
    return demo


def image() -> gr.Blocks:
    with gr.Blocks(title="Image") as demo:
        given, inverted = gr.Image(label="given"), gr.Image(label="inverted")
        sizes = gr.Textbox(label="sizes")
        gr.Button("Invert").click(lambda picture: 255 - picture, given, inverted)
        gr.Button("Measure").click(
            lambda one, two: f"{one.shape} {int(one.mean())} {int(two.mean())}", [given, inverted], sizes
        )
        ready()
    return demo


def tone(name: str, hertz: float) -> str:
    """Write a sound and return its path."""
    content = io.BytesIO()
    with wave.open(content, "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        wave_form = np.sin(np.arange(SECONDS * RATE) * 2 * np.pi * hertz / RATE)
        sound.writeframes((wave_form * 10_000).astype("<i2").tobytes())
    path = Path(mkdtemp(), name)
    path.write_bytes(content.getvalue())
    return str(path)


def audio() -> gr.Blocks:
    with gr.Blocks(title="Audio") as demo:
        hertz = gr.Number(440, label="hertz")
        sound = gr.Audio(label="sound", type="filepath")
        length = gr.Textbox(label="length")
        gr.Button("Play").click(lambda number: tone("tone.wav", number), hertz, sound)
        gr.Button("Length").click(lambda path: f"{Path(path).stat().st_size} bytes", sound, length)
        ready()
    return demo


def gallery() -> gr.Blocks:
    def colours(count: float) -> list[tuple[Any, str]]:
        return [(np.full((30, 40, 3), 60 * index, np.uint8), f"grey {index}") for index in range(int(count))]

    def picked(data: gr.SelectData) -> str:
        return f"{data.index}: {data.value['caption']}"

    with gr.Blocks(title="Gallery") as demo:
        count = gr.Number(3, label="count")
        pictures = gr.Gallery(label="pictures", columns=3, allow_preview=False)
        which = gr.Textbox(label="which")
        gr.Button("Paint").click(colours, count, pictures)
        pictures.select(picked, None, which)
        ready()
    return demo


def dataframe() -> gr.Blocks:
    with gr.Blocks(title="Dataframe") as demo:
        table = gr.Dataframe(
            [["tea", 3], ["milk", 1]], headers=["what", "price"], label="table", interactive=True
        )
        total, cell = gr.Textbox(label="total"), gr.Textbox(label="cell")
        result = gr.Dataframe(label="result")

        def select(data: gr.SelectData) -> str:
            return f"{data.index} {data.value}"

        gr.Button("Sum").click(lambda frame: str(frame["price"].astype(int).sum()), table, total)
        gr.Button("Double").click(
            lambda frame: frame.assign(price=frame["price"].astype(int) * 2), table, result
        )
        table.select(select, None, cell)
        ready()
    return demo


def streaming() -> gr.Blocks:
    def count(most: float, progress: gr.Progress = gr.Progress()) -> Iterator[str]:  # noqa: B008  # as gradio has it
        for number in range(1, int(most) + 1):
            progress((number, int(most)), desc="counting")
            yield " ".join(map(str, range(1, number + 1)))
            time.sleep(0.02)

    def forever() -> Iterator[str]:
        number = 0
        try:
            while True:
                number += 1
                STEPS["forever"] = number
                yield str(number)
                time.sleep(0.02)
        finally:
            STEPS["stopped"] = STEPS.get("stopped", 0) + 1

    with gr.Blocks(title="Streaming") as demo:
        most = gr.Number(5, label="most")
        text, endless, ends = gr.Textbox(label="text"), gr.Textbox(label="endless"), gr.Textbox(label="ends")
        gr.Button("Count").click(count, most, text, api_name="count")
        running = gr.Button("Endless").click(forever, None, endless)
        gr.Button("Stop").click(None, cancels=[running])
        gr.Button("How many").click(lambda: str(STEPS.get("stopped", 0)), None, ends, api_name="ends")
        ready()
    return demo


# What happened in the functions above, of all visitors.
STEPS: dict[str, int] = {}


def counter() -> gr.Blocks:
    with gr.Blocks(title="Counter") as demo:
        number, kept = gr.State(0), gr.BrowserState("nothing yet")
        shown, changed, remembered = (
            gr.Textbox(label="shown"),
            gr.Textbox(label="changed"),
            gr.Textbox(label="remembered"),
        )
        gr.Button("More").click(lambda n: (n + 1, f"{n + 1} times"), number, [number, shown], api_name="more")
        number.change(lambda n: f"now {n}", number, changed)
        gr.Button("Keep").click(lambda text: text, shown, kept)
        gr.Button("Recall").click(lambda text: text, kept, remembered)
        ready()
    return demo


def chained() -> gr.Blocks:
    def divide(one: float, two: float) -> float:
        gr.Info(f"dividing {one:g}", title="Attention")
        if two == 0:
            raise gr.Error("Nobody can divide by zero", title="Arithmetic", duration=60)
        if two < 0:
            gr.Warning("negative")
        return one / two

    with gr.Blocks(title="Chained") as demo:
        one, two = gr.Number(6, label="one"), gr.Number(3, label="two")
        result, after, always = (
            gr.Number(label="result"),
            gr.Textbox(label="after"),
            gr.Textbox(label="always"),
        )
        event = gr.Button("Divide").click(divide, [one, two], result)
        event.success(lambda value: f"it is {value:g}", result, after)
        event.failure(lambda: "it failed", None, after)
        event.then(lambda value: f"then {value:g}", result, always)
        ready()
    return demo


def others() -> gr.Blocks:
    with gr.Blocks(title="Others") as demo:
        ticks, count = gr.Textbox(label="ticks"), gr.State(0)
        timer = gr.Timer(0.2, active=False)
        timer.tick(lambda n: (n + 1, "ticking" if n > 1 else "started"), count, [count, ticks])
        gr.Button("Start").click(lambda: gr.update(active=True), None, timer)
        upload, content = gr.File(label="upload"), gr.Textbox(label="content")
        upload.upload(lambda path: Path(path).read_text(), upload, content)
        download = gr.File(label="download")
        gr.Button("Copy").click(lambda path: path, upload, download)
        word, loud = gr.Textbox(label="word"), gr.Textbox(label="loud")
        word.submit(str.upper, word, loud)
        gr.ClearButton([word, loud])
        ready()
    return demo


def validated() -> gr.Blocks:
    def check(name: str, count: float, _: int) -> list[Any]:
        return [
            gr.validate(bool(name), "A name is needed"),
            gr.validate(count > 0, f"{count:g} is not positive"),
            gr.validate(is_valid=True, message=""),
        ]

    with gr.Blocks(title="Validated") as demo:
        calls = gr.State(0)
        name, count, result = (
            gr.Textbox(label="name"),
            gr.Number(0, label="count"),
            gr.Textbox(label="result"),
        )
        gr.Button("Order").click(
            lambda name, count, calls: (f"{count:g} {name}", calls + 1),
            [name, count, calls],
            [result, calls],
            validator=check,
            api_name="order",
        )
        ready()
    return demo


# The sessions whose pages are open.
INSIDE: set[str] = set()


def visits() -> gr.Blocks:
    def come(request: gr.Request) -> str:
        INSIDE.add(str(request.session_hash))
        return str(request.session_hash)

    def go(request: gr.Request) -> None:
        INSIDE.discard(str(request.session_hash))

    def endless(progress: gr.Progress = gr.Progress()) -> Iterator[int]:  # noqa: B008  # as gradio has it
        number = 0
        while True:
            number += 1
            progress((number, None), desc="endless")
            yield number
            time.sleep(0.02)

    with gr.Blocks(title="Visits") as demo:
        session, number, inside = (
            gr.Textbox(label="session"),
            gr.Number(label="number"),
            gr.Textbox(label="inside"),
        )
        demo.load(come, None, session, api_name="come")
        demo.unload(go)
        kept = gr.State("")
        gr.Button("Keep").click(lambda text: text, session, kept, api_name="keep")
        gr.Button("Kept").click(lambda text: text, kept, session, api_name="kept")
        gr.Button("Endless").click(endless, None, number, api_name="endless", concurrency_limit=100)
        # Another function: Gradio lets those of one function wait for each other.
        alone = gr.Button("Alone").click
        alone(lambda: (yield from endless()), None, number, api_name="alone", concurrency_limit=1)
        gr.Button("Inside").click(lambda: " ".join(sorted(INSIDE)), None, inside, api_name="inside")
        ready()
    return demo


def scripted() -> gr.Blocks:
    with gr.Blocks(title="Scripted") as demo:
        gr.Markdown("coloured", elem_classes="styled")
        word, shown = gr.Textbox("two", label="word"), gr.Textbox(label="shown")
        html = gr.HTML(
            "templated",
            html_template="<i>${value}${(window.fromTemplate = 'template', '')}</i>",
            js_on_load="window.fromComponent = 'component'",
        )
        changed = "<b>${value}${(window.fromUpdate = 'update', '')}</b>"
        gr.Button("Change").click(lambda: gr.update(html_template=changed, value="changed"), None, html)
        gr.Button("In the page").click(None, word, shown, js="(word) => word + ' in the page'")
        gr.Button("Before").click(lambda text: f"{text}!", word, shown, js="(word) => word + word")
        ready()
    return demo


APPS: dict[str, Callable[[], gr.Blocks]] = {
    app.__name__: app
    for app in (
        interface,
        tabs,
        chat,
        editing,
        image,
        audio,
        gallery,
        dataframe,
        streaming,
        counter,
        chained,
        others,
        validated,
        visits,
    )
}


def mounted() -> Any:
    """Return an application that has all of them."""
    import fastapi

    application = fastapi.FastAPI()
    for name, app in APPS.items():
        gr.mount_gradio_app(application, app().queue(default_concurrency_limit=20), path=f"/{name}")
    styled = {"css": ".styled { color: rgb(1, 2, 3) }", "head": "<script>window.fromHead = 'head'</script>"}
    gr.mount_gradio_app(
        application, scripted(), path="/scripted", js="() => { window.fromPage = 'page' }", **styled
    )
    return application
