"""The app that the live tests call: an endpoint for everything that a client must get right.

``python -m tests.apps.everything [PORT] [VARIANT]`` serves it on 127.0.0.1; port 0 takes a free one. When it
answers it prints one line of JSON (``url``, ``variant``, ``ca_file``).
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

# Gradio reads these when it is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr
import trustme
import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware

from tests.apps import awkward, gated
from tests.apps import functions as f
from tests.apps.crowd import crowd_app
from tests.apps.ledger import LEDGER
from tests.apps.recorder import Recorder
from tests.apps.values import values_app

RECORDED = [Middleware(cast("Any", Recorder))]
USERS = [("user", "pass"), ("two", "words")]


class Wiring:
    """The components of an app under construction, and the button that triggers all its functions."""

    def __init__(self) -> None:
        self.text = gr.Textbox(label="text")
        self.text_out = gr.Textbox(label="text out")
        self.number = gr.Number(label="number")
        self.number_out = gr.Number(label="number out")
        self.json = gr.JSON(label="json")
        self.json_out = gr.JSON(label="json out")
        self.button = gr.Button("go")

    def expose(self, fn: Callable[..., Any], inputs: Any, outputs: Any, api_name: Any, **options: Any) -> Any:
        """Make an endpoint of ``fn`` that shares no concurrency limit with another endpoint of it."""
        options.setdefault("concurrency_id", f"{api_name} {len(gr.context.Context.root_block.fns)}")
        return self.button.click(fn, inputs, outputs, api_name=api_name, **options)


def number(value: float, label: str = "number") -> Any:
    return gr.Number(value=value, label=label)


def add_values(w: Wiring) -> None:
    """Add what needs neither session nor time."""
    op = gr.Radio(["add", "sub"], label="op", value="add")
    w.expose(f.echo, w.text, w.text_out, "echo")
    w.expose(f.add, [w.number, number(10), op], w.number_out, "add")
    w.expose(f.ping, None, w.text_out, "ping")
    w.expose(f.big, w.number, w.text_out, "big")
    w.expose(f.multi, w.text, [w.text_out, w.number_out, gr.Label(label="label")], "multi")
    w.expose(f.no_output, w.text, None, "no_output")
    w.expose(f.batch_double, w.number, w.number_out, "batch_double", batch=True, max_batch_size=4)
    w.expose(f.validated, w.number, w.number_out, "validated", validator=f.check_positive)
    w.expose(f.cached, w.text, w.text_out, "cached")
    w.expose(f.whoami, None, w.json_out, "whoami")
    w.expose(f.token_of, w.text, w.text_out, "token_of")
    w.expose(f.token_required, w.text, w.text_out, "token_required")
    slider = gr.Slider(0, 100, value=5, step=1, label="slider")
    check = gr.Checkbox(label="check", value=True)
    drop = gr.Dropdown(["x", "y"], value="x", label="drop")
    multi_drop = gr.Dropdown(["p", "q", "r"], multiselect=True, label="multi drop")
    kitchen = [w.text, w.number, slider, check, op, drop, multi_drop, w.json]
    w.expose(f.kitchen, kitchen, w.json_out, "kitchen")
    gr.api(f.typed, api_name="typed")


def add_updates(w: Wiring) -> None:
    """Add results that change more of a component than its value, and components that the API skips."""
    w.expose(f.update, w.text, w.text_out, "upd")
    w.expose(f.update_choices, w.text, gr.Dropdown(["first"], label="choice"), "upd_choices")
    with gr.Accordion("section") as section:
        gr.Markdown("Inside")
    w.expose(f.update_layout, w.text, [w.text_out, section], "upd_layout")
    w.expose(f.skipped_input, [w.text, w.button, w.number], w.text_out, "skipped_input")


def add_names(w: Wiring) -> None:
    """Add endpoints that differ in nothing but their name and who may see it."""
    w.expose(f.echo, w.text, w.text_out, "echo")  # Gradio calls it echo_1
    w.expose(f.echo, w.text, w.text_out, False)
    w.expose(f.echo, w.text, w.text_out, None)
    w.expose(f.echo, w.text, w.text_out, "undocumented", api_visibility="undocumented")
    w.expose(f.echo, w.text, w.text_out, "private", api_visibility="private")


def add_streams(w: Wiring) -> None:
    """Add generators."""
    chatbot = gr.Chatbot(label="history")
    table = gr.Dataframe(label="table", type="array")
    w.expose(f.count, [w.text, number(4, "steps")], w.text_out, "count")
    w.expose(f.chat, [w.text, chatbot], [w.text_out, chatbot], "chat")
    w.expose(f.chat_sizes, None, chatbot, "chatlist")
    w.expose(f.table_sizes, None, table, "tablegen")
    w.expose(f.json_stream, None, w.json_out, "jsongen")
    gr.api(f.dict_stream, api_name="dictgen")
    w.expose(f.same, None, w.text_out, "samegen")
    w.expose(f.empty, None, w.text_out, "emptygen")
    w.expose(f.two_streams, None, [w.text_out, w.text], "twogen")


def add_messages(w: Wiring) -> None:
    """Add progress, messages to the caller, and errors."""
    key = gr.Textbox(value="", label="key")
    w.expose(f.progress, [number(3, "n"), key], w.text_out, "progress", concurrency_limit=None)
    w.expose(f.nested_progress, [number(2, "n"), key], w.text_out, "nested_progress", concurrency_limit=None)
    w.expose(f.logs, w.text, w.text_out, "logs")
    w.expose(f.log_stream, w.number, w.text_out, "loggen")
    w.expose(f.fail, w.text, w.text_out, "err")
    w.expose(f.fail_quietly, w.text, w.text_out, "err_quiet")
    w.expose(f.boom, w.text, w.text_out, "boom")
    w.expose(f.fail_midway, w.number, w.text_out, "generr")
    w.expose(f.boom_midway, w.number, w.text_out, "genboom")


def add_files(w: Wiring) -> None:
    """Add files in and out, alone, in lists, and inside other values."""
    file, file_out = gr.File(label="file"), gr.File(label="file out")
    image, image_out = gr.Image(label="image"), gr.Image(label="image out")
    files, files_out = (gr.File(label="files", file_count="multiple") for _ in range(2))
    gallery = gr.Gallery(label="gallery")
    w.expose(f.file_upper, file, file_out, "file_upper")
    w.expose(f.files_info, files, w.json_out, "files_info")
    w.expose(f.file_digest, file, w.json_out, "file_digest")
    w.expose(f.nested_files, w.json, w.json_out, "nested_files")
    w.expose(
        f.multimodal, gr.MultimodalTextbox(label="message", file_count="multiple"), w.json_out, "multimodal"
    )
    w.expose(f.make_file, [w.text, w.text], file_out, "make_file")
    w.expose(f.make_files, w.number, files_out, "make_files")
    w.expose(f.big_file, w.number, file_out, "big_file")
    w.expose(f.image_flip, image, image_out, "image_flip")
    w.expose(f.gallery, w.number, gallery, "gallery")
    places = [
        image_out, gr.Image(label="update"), gallery, gr.ImageSlider(label="slider"), gr.Chatbot(label="chat"),
    ]  # fmt: skip
    w.expose(f.drawings, w.text, places, "drawings")
    w.expose(f.assorted, w.number, [w.text_out, file_out, image_out, gallery], "assorted")
    w.expose(f.file_stream, w.number, file_out, "filegen")
    gr.api(f.foreign_file, api_name="foreign_file")
    gr.api(f.foreign_files, api_name="foreign_files")
    gr.api(f.misnamed_file, api_name="misnamed_file")


def add_direct(w: Wiring) -> None:
    """Add functions that do not go through the queue."""
    w.expose(f.echo, w.text, w.text_out, "fast", queue=False)
    w.expose(f.fail, w.text, w.text_out, "fast_err", queue=False)
    w.expose(f.boom, w.text, w.text_out, "fast_boom", queue=False)
    w.expose(f.count, [w.text, number(4, "steps")], w.text_out, "fast_count", queue=False)
    w.expose(f.file_upper, gr.File(label="file"), gr.File(label="file out"), "fast_file", queue=False)
    w.expose(f.open_gate, [w.text, number(1, "times")], None, "open_gate", queue=False)
    w.expose(f.observe, w.text, w.json_out, "observe", queue=False)


def add_time(w: Wiring) -> None:
    """Add functions that take as long as the caller likes."""
    key = gr.Textbox(value="", label="key")
    w.expose(f.slow, [w.number, key], w.text_out, "slow", concurrency_limit=1)
    w.expose(f.slow, [w.number, key], w.text_out, "parallel", concurrency_limit=None)
    w.expose(f.slow_stream, [w.number, w.number, key], w.text_out, "slowgen", concurrency_limit=None)
    w.expose(f.gate, w.text, w.text_out, "gate", concurrency_limit=1)
    w.expose(f.gate, w.text, w.text_out, "gate_parallel", concurrency_limit=None)
    w.expose(f.gate_stream, [w.text, w.number], w.text_out, "gategen", concurrency_limit=None)
    w.expose(f.gate_stream, [w.text, w.number], w.text_out, "gategen_one", concurrency_limit=1)


def add_awkward(w: Wiring) -> None:
    """Add functions that fail after a message, that check several values, or whose name is no identifier."""
    two = [gr.Number(label="first"), gr.Number(label="second")]
    w.expose(awkward.fail_after_messages, w.text, w.text_out, "err_logs")
    w.expose(awkward.product, two, w.number_out, "product", validator=awkward.check_product)
    w.expose(f.echo, w.text, w.text_out, "v1/say-it")


def add_gated(w: Wiring) -> None:
    """Add functions that a test holds in the middle of something."""
    total = gr.State(0)
    counting = [w.text, w.number, total], [w.text_out, total]
    w.expose(gated.log_and_wait, w.text, w.text_out, "loggate", concurrency_limit=None)
    w.expose(gated.progress_and_wait, [w.text, w.number], w.text_out, "progressgate", concurrency_limit=None)
    w.expose(gated.stateful_gate_stream, *counting, "stategategen", concurrency_limit=None)
    w.expose(gated.stateful_gate_stream, *counting, "stategategen_one", concurrency_limit=1)
    w.expose(f.gate, w.text, w.text_out, "heldgate", validator=gated.hold_join, concurrency_limit=None)
    w.expose(gated.wait_directly, w.text, w.text_out, "fast_gate", queue=False)


def add_sessions(w: Wiring) -> None:
    """Add what a session keeps: state, live input, and endpoints that it makes for itself."""
    total = gr.State(0)
    w.expose(f.counter, [w.number, total], [w.number_out, total], "counter")
    w.expose(f.counter, [w.number, total], [w.number_out, total], "fast_counter", queue=False)
    w.text.select(f.selected, w.text, w.text_out, api_name="selected")
    w.text.select(f.selected, w.text, w.text_out, api_name="fast_selected", queue=False)
    w.expose(f.event_of, None, w.json_out, "event_of")
    w.expose(f.taken, w.text, w.text_out, "own_event_data")
    stream = [w.number, w.text, total], [w.text_out, total]
    w.expose(f.stateful_stream, *stream, "statefulgen", concurrency_limit=None)
    camera = gr.Image(sources=["webcam"], streaming=True, label="camera")
    camera.stream(f.image_flip, camera, gr.Image(label="flipped"), api_name="cam", time_limit=30)
    add_render(w, state=False)


def add_render(w: Wiring, *, state: bool) -> None:
    """Add /apply, which makes endpoints for the session that calls it: /upper_0, /upper_1, ...

    The name is Gradio's: it is the same for everything that renders.
    """

    @gr.render(inputs=number(0, "boxes"), triggers=[w.button.click])
    def boxes(n):
        total = gr.State(0) if state else None
        for index in range(int(n)):
            box = gr.Textbox(label=f"box {index}", key=f"box {index}")
            button = gr.Button(f"upper {index}")
            button.click(lambda text: text.upper(), box, w.text_out, api_name=f"upper_{index}")
        if total:
            gr.Button("count").click(
                f.counter, [w.number, total], [w.number_out, total], api_name="late_counter"
            )


def everything() -> Any:
    with gr.Blocks(title="Everything") as app:
        wiring = Wiring()
        for add in (add_values, add_updates, add_names, add_streams, add_messages, add_files, add_direct):
            add(wiring)
        add_time(wiring)
        add_gated(wiring)
        add_awkward(wiring)
        add_sessions(wiring)
    return app


def without_state() -> Any:
    """Build an app that asks for no heartbeat."""
    with gr.Blocks(title="No state") as app:
        wiring = Wiring()
        add_values(wiring)
        add_streams(wiring)
        add_direct(wiring)
        add_time(wiring)
    return app


def with_late_state() -> Any:
    """Build an app that asks for no heartbeat until it has rendered a State."""
    with gr.Blocks(title="Late state") as app:
        wiring = Wiring()
        add_values(wiring)
        add_render(wiring, state=True)
    return app


def single() -> Any:
    """Build an app with one endpoint, so that nobody has to name it."""
    with gr.Blocks(title="Single") as app:
        wiring = Wiring()
        wiring.expose(f.echo, wiring.text, wiring.text_out, "only")
    return app


def with_unload() -> Any:
    """Build an app without State that wants to know when a session ends."""

    def left(request: gr.Request) -> None:
        LEDGER.note("unload", str(request.session_hash))
        LEDGER.note("unload", "any")

    with gr.Blocks(title="Unload") as app:
        wiring = Wiring()
        add_values(wiring)
        app.unload(left)
    return app


def with_limits() -> Any:
    """Build an app whose functions run one, two, ten, or any number at a time."""
    with gr.Blocks(title="Limits") as app:
        wiring = Wiring()
        inputs = [wiring.number, wiring.number, gr.Textbox(label="key")]
        for limit in (1, 2, 10, None):
            wiring.expose(f.slow_stream, inputs, wiring.text_out, f"count_{limit}", concurrency_limit=limit)
    return app


def server_app() -> Any:
    """Build an app that is a web framework's, with Gradio's API inside."""
    app = gr.Server(middleware=RECORDED)
    for fn, name in ((f.typed, "typed"), (typed_echo, "echo"), (f.dict_stream, "dictgen")):
        app.api(fn, name=name)
    app.api(slow_stream, name="slowgen", concurrency_limit=None)
    app.get("/hello")(lambda: {"hello": "world"})
    return app


def typed_echo(text: str) -> str:
    """Return the text as it came."""
    return text


def slow_stream(n: int, delay: float, key: str = "") -> Any:
    """Yield n values, one each ``delay`` seconds."""
    yield from f.slow_stream(n, delay, key)


def demo() -> Any:
    """Build the app that the examples call."""
    from demo.app import build

    return build()


BUILDERS: dict[str, Callable[[], Any]] = {
    "nostate": without_state,
    "latestate": with_late_state,
    "single": single,
    "unload": with_unload,
    "limits": with_limits,
    "server": server_app,
    "values": values_app,
    "crowd": crowd_app,
    "demo": demo,
}
OPTIONS: dict[str, dict[str, Any]] = {
    "auth": {"auth": USERS, "auth_message": "Please log in"},
    "tiny": {"max_file_size": "64kb"},
    "hideerr": {"show_error": False},
    "root": {"root_path": "/sub/app"},
}
VARIANTS = ("base", "closed", "mounted", "pages", "unstarted", "tls", *BUILDERS, *OPTIONS)


def serve(variant: str, port: int) -> dict[str, Any]:
    """Start serving in the background; return what a client needs to know."""
    if variant not in VARIANTS:
        raise ValueError(f"there is no variant {variant!r}, but: {', '.join(VARIANTS)}")
    app = BUILDERS.get(variant, everything)()
    if variant != "server":
        app.queue(
            default_concurrency_limit=4,
            max_size=1 if variant == "tiny" else None,
            api_open=variant != "closed",
        )
    port = port or free_port()
    if variant == "pages":
        return {"url": serve_app(app_with_pages(), port), "variant": variant, "ca_file": None}
    if variant == "unstarted":
        return {"url": serve_app(unstarted(), port), "variant": variant, "ca_file": None}
    if variant == "mounted":
        return {"url": serve_mounted(app, port), "variant": variant, "ca_file": None}
    options: dict[str, Any] = {"show_error": True, **OPTIONS.get(variant, {})}
    if variant != "server":
        options["app_kwargs"] = {"middleware": RECORDED}
    ca_file = None
    if variant == "tls":
        ca_file, options["ssl_keyfile"], options["ssl_certfile"] = make_certificates()
        options["ssl_verify"] = False  # of the app's request to itself
    application, url, _ = app.launch(
        server_name="127.0.0.1",
        server_port=port,
        quiet=True,
        inbrowser=False,
        prevent_thread_lock=True,
        ssr_mode=False,
        enable_monitoring=False,
        **options,
    )
    Recorder.logout = application.tokens.clear
    Recorder.requests.clear()  # the app asked itself whether it answers
    return {"url": url, "variant": variant, "ca_file": ca_file}


def serve_mounted(app: Any, port: int) -> str:
    """Serve the app as a part of another, below /sub/app."""
    outer = FastAPI(middleware=RECORDED)
    outer.get("/")(lambda: {"this": "is another app"})
    outer = gr.mount_gradio_app(outer, app, path="/sub/app", show_error=True, ssr_mode=False)
    return serve_app(outer, port) + "sub/app/"


def pages() -> Any:
    """Build an app of three pages, one of which is not in its navigation."""
    with gr.Blocks(title="Pages") as app:
        wiring = Wiring()
        wiring.expose(f.echo, wiring.text, wiring.text_out, "first")
    for name, shown in (("second", True), ("hidden~page", False)):
        with app.route(name.title(), name, show_in_navbar=shown):
            wiring = Wiring()
            wiring.expose(f.echo, wiring.text, wiring.text_out, "other")
    return app


def app_with_pages() -> Any:
    """Serve apps of several pages: at the root, below /sub/app, behind a login, and below /behind, which it does not know of."""
    outer = FastAPI(middleware=RECORDED)
    for path, options in (("/sub/app", {}), ("/gated", {"auth": USERS}), ("/", {})):
        outer = gr.mount_gradio_app(outer, pages(), path=path, show_error=True, ssr_mode=False, **options)

    async def strip(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if path.startswith("/behind/"):
            scope = {**scope, "path": path.removeprefix("/behind"), "raw_path": None}
        await outer(scope, receive, send)

    return strip


def unstarted() -> Any:
    """Serve apps below /0, /1, ... whose queue nobody starts: what they are mounted into is itself mounted."""
    outer = FastAPI(middleware=RECORDED)
    for number in range(8):
        outer.mount(f"/{number}", gr.mount_gradio_app(FastAPI(), single(), path="/app", ssr_mode=False))
    return outer


def serve_app(app: Any, port: int) -> str:
    """Serve a web app in the background; return its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    return f"http://127.0.0.1:{port}/"


def make_certificates() -> tuple[str, str, str]:
    """Return files with a certificate authority, a private key, and the certificate for it."""
    folder = Path(tempfile.mkdtemp())
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
    return str(folder / "ca.pem"), str(folder / "key.pem"), str(folder / "certificate.pem")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve_for(connection: Connection, variant: str, folder: str) -> None:
    """Serve in a process of its own, with all files in ``folder``, until the other end is gone."""
    log = os.open(Path(folder, "log.txt"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(log, standard)
    os.environ["GRADIO_TEMP_DIR"] = tempfile.tempdir = folder
    connection.send(serve(variant, port=0))
    with suppress(EOFError):
        connection.recv()
    os._exit(0)  # whatever the app's threads are waiting for


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("port", type=int, nargs="?", default=0)
    parser.add_argument("variant", choices=VARIANTS, nargs="?", default="base")
    arguments = parser.parse_args()
    print(json.dumps(serve(arguments.variant, arguments.port)), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
