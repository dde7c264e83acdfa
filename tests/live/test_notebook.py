"""What a person sees in a notebook: one is executed, and what its cells show is opened in Chromium."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.live.servers import Servers
from tests.live.waits import new_key
from tools.notebook import Theme, browse, chromium, execute, look, page

HOSTILE = "<img src=x onerror='window.hit=1'></style></div><script>window.hit=1</script>"
# A name of a file has no slash.
NAME = "<img src=x onerror='window.hit=1'>.txt"
CELLS = f"""
import gradlink
client = gradlink.Client("APP", verbose=False)
client
# %%
client.view_api()
client.view_api(print_info=False, return_format="str")[:3]
# %%
with gradlink.progress():
    client.predict(gradlink.handle_file(bytes(300000), "up.bin"), api_name="/file_digest")
    client.predict(2, api_name="/progress")
    try:
        client.predict({HOSTILE!r}, api_name="/err")
    except gradlink.AppError:
        pass
# %%
client.predict(2, api_name="/progress", progress=True)
# %%
job = client.submit(4, "KEY", api_name="/progress")
client.predict("KEY", 1, api_name="/open_gate")
for event in job.events():
    if event.type == "progress" and event.units[0].index == 1:
        break
job
# %%
job.cancel()
job
# %%
import io
from PIL import Image
picture = io.BytesIO()
Image.new("RGB", (64, 32), "red").save(picture, "PNG")
client.predict(gradlink.handle_file(picture.getvalue(), "a.png"), api_name="/image_flip")
# %%
client.predict({NAME!r}, "text", api_name="/make_file")
# %%
async with gradlink.AsyncClient("APP", verbose=False) as other, gradlink.progress():
    await other.predict(1, api_name="/progress")
# %%
import threading
client.close()
[thread.name for thread in threading.enumerate() if thread.name == "gradlink-notebook"]
"""
# Writes what the page looks like into the page.
REPORT = """
addEventListener("load", () => {
  const style = (selector, property) => [...document.querySelectorAll(selector)].map((e) => getComputedStyle(e)[property]);
  const width = (e) => e.getBoundingClientRect().width;
  const report = document.createElement("pre");
  report.id = "report";
  report.textContent = JSON.stringify({
    hit: window.hit ?? null,
    wide: document.documentElement.scrollWidth - innerWidth,
    images: [...document.images].map((i) => [i.naturalWidth, i.naturalHeight, width(i)]),
    bars: [...document.querySelectorAll(".gl-fill")].map((e) => width(e) / width(e.parentElement)),
    aligned: [...new Set(style(".gl-table td", "textAlign"))],
    striped: [...new Set(style(".gl-table tr", "backgroundColor"))],
    colors: [...new Set(style(".gl-body > div", "color"))],
    hidden: [...document.querySelectorAll(".gl-job, .gl-head")].filter((e) => e.getBoundingClientRect().height < 10).length,
    texts: [...document.querySelectorAll(".cell")].map((cell) =>
      [...cell.children].slice(1).map((shown) => shown.innerText.trim()).join("\\n")),
  });
  document.body.append(report);
});
"""


@pytest.fixture(scope="module")
def notebook(server: Servers) -> Any:
    if chromium() is None:
        pytest.skip("needs Chromium: `apt-get install chromium`, or its path in CHROMIUM")
    key = new_key()
    return execute(CELLS.replace("APP", server().url).replace("KEY", key))


def seen(notebook: Any, theme: Theme) -> Any:
    """Return what Chromium reports of the page."""
    dom = browse(page(notebook, theme, REPORT), "--window-size=900,1200", "--dump-dom")
    (report,) = re.findall(r'<pre id="report">(.*?)</pre>', dom, re.DOTALL)
    return json.loads(report.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


@pytest.mark.parametrize(("theme", "color"), [("light", "rgb(26, 26, 26)"), ("dark", "rgb(230, 230, 230)")])
def test_a_notebook_is_good_to_look_at(notebook: Any, theme: Theme, color: str) -> None:
    report = seen(notebook, theme)
    assert report["hit"] is None
    assert report["wide"] <= 0
    assert report["hidden"] == 0
    assert report["images"] == [[64, 32, 64]]
    assert report["bars"] == [pytest.approx(0.25, abs=0.01)]
    # Jupyter would align the cells of tables to the right, and stripe them.
    assert report["aligned"] == ["left"]
    assert report["striped"] == ["rgba(0, 0, 0, 0)"]
    assert color in report["colors"]


def test_each_cell_shows_what_it_has(notebook: Any) -> None:
    client, api, block, call, job, cancelled, file, text, loop, threads = seen(notebook, "light")["texts"]
    assert "Gradio 6.31.0" in client
    assert "/kitchen" in client
    assert "API of the app: " in api
    assert 'api_name="/echo") -> text_out' in api
    assert api.endswith("'API'")
    assert [re.sub(r"\d+(\.\d)? s\b", "N s", line) for line in block.splitlines()] == [
        "✓", "/file_digest", "done in N s", "✓", "/progress", "done in N s", "✗", "/err",
        f"failed after N s: user error: {HOSTILE}", "2 done, 1 failed",
    ]  # fmt: skip
    assert call.endswith("'done'")
    assert "/progress\ndone in " in call
    assert "25%" in job
    assert "Working 1/4 steps" in job
    assert cancelled.endswith("/progress\ncancelled")
    assert file.startswith("image.webp ")
    assert text.endswith(".txt 4 B")
    assert "/progress\ndone in " in loop
    assert threads == "[]"


def test_what_is_shown_changes_in_its_place(notebook: Any) -> None:
    block = notebook.cells[2]
    (shown,) = [output for output in block.outputs if "text/html" in output.get("data", {})]
    # The last state is kept in the notebook, and the text beside it for what shows no HTML.
    assert "done in" in shown["data"]["text/html"]
    assert shown["data"]["text/plain"].endswith("2 done, 1 failed")


def test_a_picture_of_it_has_its_colours(notebook: Any, tmp_path: Path) -> None:
    look(page(notebook), tmp_path / "page.png", height=8000)
    with Image.open(tmp_path / "page.png") as picture:
        colors = {color for count, color in picture.convert("RGB").getcolors(1 << 24) or [] if count > 50}
    assert (249, 115, 22) in colors  # the bar
    assert any(red > 240 and green < 10 and blue < 10 for red, green, blue in colors)  # the file
