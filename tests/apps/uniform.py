"""One app for every Gradio from 3.16 to 6.x, with the same endpoints wherever the release can have them.

Usage: python uniform.py PORT [VARIANT]

PORT 0 takes a free port.  ``ready URL`` is printed once the server answers.  With ``GRADLINK_APP_FOLLOWS_STDIN``
set, the app ends when its standard input does, so that it never outlives whoever started it.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr

if not __package__:  # Run by its path.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.apps import endpoints as does
from tests.apps.endpoints import MAJOR, known

VARIANTS = {
    "base": "everything, errors shown, direct calls allowed",
    "auth": "a login is needed: user/pass or two/words",
    "tiny": "one worker, one place in the queue, uploads up to 64 kB",
    "single": "one worker",
    "closed": "direct calls of queued functions are refused",
    "hideerr": "what an unexpected error says is hidden",
    "root": "told that a proxy serves it under /sub/app, while it listens on /",
    "mounted": "mounted under /sub/app of another web app",
    "plain": "the author never called queue()",
}
MANY_WORKERS = 8  # Tests hold several functions at gates at once, and others must still run.


class Page:
    """The components that the functions share, and the one button that calls them all."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.text = gr.Textbox(label="text")
        self.out = gr.Textbox(label="out")
        self.key = gr.Textbox(label="key")
        self.name = gr.Textbox(label="name", value="ticks")
        self.a = gr.Number(label="a")
        self.b = gr.Number(label="b", value=10)
        self.op = gr.Radio(["add", "sub"], label="op", value="add")
        self.result = gr.Number(label="result")
        self.n = gr.Number(label="n", value=3)
        self.times = gr.Number(label="times", value=1)
        self.patience = gr.Number(label="patience", value=30)
        self.delay = gr.Number(label="delay", value=0.2)
        self.chatbot = gr.Chatbot(label="chatbot", **({"type": "messages"} if MAJOR == 5 else {}))
        self.json_in = gr.JSON(label="json_in")
        self.json_out = gr.JSON(label="json_out")
        self.file = gr.File(label="file")
        self.file_out = gr.File(label="file_out")
        self.files = gr.File(label="files", file_count="multiple")
        png = known(gr.Image.__init__, format="png")
        self.image = gr.Image(label="image", **png)
        self.image_out = gr.Image(label="image_out", **png)
        self.gallery = gr.Gallery(label="gallery", **known(gr.Gallery.__init__, format="png"))
        self.frame = gr.Dataframe(label="frame")
        self.state = gr.State(0)
        self.label = gr.Label(label="label")
        self.slider = gr.Slider(0, 100, value=5, step=1, label="slider")
        self.check = gr.Checkbox(label="check", value=True)
        self.drop = gr.Dropdown(["x", "y"], value="x", label="drop")
        self.multi_drop = gr.Dropdown(["p", "q", "r"], multiselect=True, label="multi_drop")
        self.button = gr.Button("go")

    def on(self, api_name: Any, function: Any, inputs: Any, outputs: Any, **options: Any) -> Any:
        """Make ``function`` an endpoint; options that the release does not know are left out."""
        # Set for each: Gradio 3 has no such limit, and 4.0 none for the whole app.
        options = known(self.button.click, **{"concurrency_limit": self.workers, **options})
        return self.button.click(function, inputs, outputs, api_name=api_name, **options)


def add_values(page: Page) -> None:
    """Add what answers with one value."""
    page.on("echo", does.echo, page.text, page.out)
    page.on("add", does.add, [page.a, page.b, page.op], page.result)
    page.on("ping", does.ping, None, page.out)
    page.on("multi", does.multi, page.text, [page.out, page.result, page.label])
    page.on("upd", does.upd, page.text, page.out)
    everything = [
        page.text,
        page.n,
        page.slider,
        page.check,
        page.op,
        page.drop,
        page.multi_drop,
        page.json_in,
    ]
    page.on("kitchen", does.kitchen, everything, page.json_out)
    page.on("counter", does.counter, [page.n, page.state], [page.result, page.state])
    page.on("whoami", does.whoami, None, page.json_out)
    page.on("err", does.err, page.text, page.out)
    page.on("boom", does.boom, page.text, page.out)
    page.on("file_upper", does.file_upper, page.file, page.file_out)
    page.on("files_info", does.files_info, page.files, page.json_out)
    page.on("image_flip", does.image_flip, page.image, page.image_out)
    page.on("gallery", does.gallery, page.image, page.gallery)


def add_direct(page: Page) -> None:
    """Add what does not go through the queue."""
    page.on("fast", does.echo, page.text, page.out, queue=False)
    page.on("fast_err", does.err, page.text, page.out, queue=False)
    page.on("fast_boom", does.boom, page.text, page.out, queue=False)
    page.on("fast_counter", does.counter, [page.n, page.state], [page.result, page.state], queue=False)
    if MAJOR >= 4:  # Gradio 3 refuses to start with a generator outside of the queue.
        page.on("fast_count", does.count, [page.text, page.n], page.out, queue=False)
    page.on("open_gate", does.open_gate, [page.key, page.times], page.out, queue=False)
    page.on("fast_json", does.echo, page.json_in, page.json_out, queue=False)
    page.on("observe", does.observe, page.key, page.out, queue=False)
    mark = [page.key, page.name, page.times, page.patience]
    page.on("await_mark", does.await_mark, mark, page.out, queue=False)


def add_streams(page: Page) -> None:
    """Add what needs the queue: what answers little by little, what waits, what is batched."""
    page.on("batch_double", does.batch_double, page.n, page.result, batch=True, max_batch_size=4)
    page.on("count", does.count, [page.text, page.n], page.out)
    page.on("chat", does.chat, [page.text, page.chatbot], [page.text, page.chatbot])
    page.on("chatlist", does.chatlist, None, page.chatbot)
    page.on("jsongen", does.jsongen, None, page.json_out)
    page.on("samegen", does.samegen, None, page.out)
    page.on("emptygen", does.emptygen, None, page.out)
    page.on("framegen", does.framegen, None, page.frame)
    page.on("generr", does.generr, page.n, page.out)
    page.on("genboom", does.genboom, page.n, page.out)
    page.on("progress", does.progress, page.n, page.out)
    page.on("gateprogress", does.gateprogress, [page.key, page.n], page.out)
    page.on("logs", does.logs, page.text, page.out)
    page.on("slow", does.slow, page.n, page.out, concurrency_limit=1)
    page.on("gate", does.gate, page.key, page.out)
    page.on("turn", does.gate, page.key, page.out, concurrency_limit=1)
    slowgen = page.on("slowgen", does.slowgen, [page.n, page.delay, page.key], page.out)
    gategen = page.on("gategen", does.gategen, [page.key, page.n], page.out)
    cancel = gr.Button("cancel").click
    cancel(None, None, None, cancels=[slowgen, gategen], **known(cancel, queue=False))


def add_names(page: Page) -> None:
    """Add endpoints whose names or visibility are unusual."""
    page.on("echo", does.echo, page.text, page.out)
    page.on(False, does.echo, page.text, page.out)
    page.on(None, does.echo, page.text, page.out)
    click = page.button.click
    if known(click, api_visibility=""):
        page.on("undocumented", does.echo, page.text, page.out, api_visibility="undocumented")
        page.on("private", does.echo, page.text, page.out, api_visibility="private")
    elif known(click, show_api=False):
        page.on("undocumented", does.echo, page.text, page.out, show_api=False)


def add_late_features(page: Page) -> None:
    """Add what only later releases have, and what came to this app later."""
    click = page.button.click
    if known(click, validator=None):
        page.on("validated", does.validated, page.n, page.result, validator=does.check_positive)
    if hasattr(gr, "cache"):
        page.on("cached", gr.cache(does.reverse), page.text, page.out)
    if hasattr(gr, "api"):
        gr.api(does.typed, api_name="typed")
    if known(click, stream_every=0.1):
        cam = gr.Image(sources=["webcam"], streaming=True, label="cam", format="png")
        cam.stream(does.image_flip, cam, page.image_out, api_name="cam", stream_every=0.1, time_limit=30)
    page.on("batch_gate", does.batch_gate, page.key, page.out, batch=True, max_batch_size=4)


def build(variant: str) -> Any:
    """Return the app's Blocks, not yet started."""
    workers = 1 if variant in ("tiny", "single") else MANY_WORKERS
    with gr.Blocks(**known(gr.Blocks.__init__, analytics_enabled=False)) as demo:
        page = Page(workers)
        add_values(page)
        add_direct(page)
        if variant == "plain":
            return demo
        add_streams(page)
        add_names(page)
        add_late_features(page)
    limits = {"concurrency_count": workers} if MAJOR == 3 else {}
    if variant == "tiny":
        limits["max_size"] = 1
    demo.queue(**known(demo.queue, **limits, api_open=variant != "closed"))
    return demo


def launch(demo: Any, variant: str, port: int) -> str:
    """Start the server and return its URL."""
    options: dict[str, Any] = {
        "show_error": variant != "hideerr",
        "ssr_mode": False,
        "enable_monitoring": False,
    }
    if variant == "auth":
        options.update(auth=[("user", "pass"), ("two", "words")], auth_message="Please log in")
    if variant == "root":
        options.update(root_path="/sub/app")
    if variant == "tiny":
        options.update(max_file_size="64kb")
    # launch() asks for its own page and gives up if it cannot be served; on newer libraries it cannot, while
    # everything that a client needs works. Such apps exist, mounted in other web apps.
    gr.networking.url_ok = lambda _url: True
    demo.launch(
        server_name="127.0.0.1",
        server_port=port,
        quiet=True,
        prevent_thread_lock=True,
        **known(demo.launch, **options),
    )
    return f"http://127.0.0.1:{port}/"


def mount(demo: Any, port: int) -> str:
    """Start a web app that has ``demo`` under ``/sub/app``, and return the URL of ``demo``."""
    import fastapi
    import uvicorn

    demo.show_error = True  # Before 5.0 only launch() could say so.
    options = known(gr.mount_gradio_app, show_error=True, ssr_mode=False)
    outer = gr.mount_gradio_app(fastapi.FastAPI(), demo, path="/sub/app", **options)
    started = threading.Event()
    server = uvicorn.Server(uvicorn.Config(outer, host="127.0.0.1", port=port, log_level="warning"))
    threading.Thread(target=_serve, args=(server, started.set), daemon=True).start()
    if not started.wait(60):
        raise TimeoutError("the server did not start")
    return f"http://127.0.0.1:{port}/sub/app/"


def _serve(server: Any, started: Callable[[], None]) -> None:
    begin = server.startup

    async def startup(*args: Any, **options: Any) -> None:
        await begin(*args, **options)
        started()

    server.startup = startup
    server.run()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Build, start, and stay until told to end."""
    port = int(sys.argv[1]) or free_port()
    variant = sys.argv[2] if len(sys.argv) > 2 else "base"
    if variant not in VARIANTS:
        raise SystemExit(f"no variant {variant!r}; there are: {', '.join(VARIANTS)}")
    demo = build(variant)
    url = mount(demo, port) if variant == "mounted" else launch(demo, variant, port)
    print("ready", url, flush=True)
    os.dup2(2, 1)  # Nobody reads the pipe any more; whatever is printed from here on must not fill it.
    if os.environ.get("GRADLINK_APP_FOLLOWS_STDIN"):
        sys.stdin.read()
        os._exit(0)
    threading.Event().wait()


if __name__ == "__main__":
    main()
