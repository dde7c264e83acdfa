"""A Flask app on gevent that answers with results of a Gradio app; one client for all requests.

``GRADIO_URL=http://127.0.0.1:7860 python examples/flask_gevent/app.py`` with the demo app
(``python demo/app.py``), or the same under gunicorn, see the README beside. Then
``curl -d 'Wish you were here' http://127.0.0.1:8000/postcard -o postcard.png``.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
from collections.abc import Iterator  # noqa: E402

from flask import Flask, Response, request, send_file  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from gradlink import AppError, Client, handle_file  # noqa: E402

app = Flask(__name__)
client = Client(os.environ.get("GRADIO_URL", "http://127.0.0.1:7860"), verbose=False)


@app.get("/greet")
def greet() -> str:
    """Return one result."""
    return str(client.predict(name=request.args["name"], api_name="/greet"))


@app.post("/postcard")
def postcard() -> Response:
    """Send the request's body to the app as a file, and answer with the picture that comes back."""
    letter = handle_file(request.get_data(), "letter.txt")
    return send_file(client.predict(letter, api_name="/postcard"))


@app.get("/story")
def story() -> Response:
    """Send a text while it is being written. Whoever goes away leaves the loop over it, and the app stops writing."""
    return Response(client.submit(request.args["about"], api_name="/chat").deltas(), mimetype="text/plain")


@app.get("/cake")
def cake() -> Response:
    """Say how far the baking is, and stop it if whoever has asked goes away: the end of the block cancels the job."""
    what = request.args["what"]

    def progress() -> Iterator[str]:
        with client.submit(what, api_name="/bake") as job:
            for event in job.events():
                yield f"{event.type}\n"

    return Response(progress(), mimetype="text/plain")


@app.errorhandler(AppError)
def app_error(error: AppError) -> tuple[str, int]:
    """Hand the app's own error on to who asked."""
    return error.message, 422


if __name__ == "__main__":
    server = WSGIServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), app)
    server.start()
    print(f"Serving at http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
