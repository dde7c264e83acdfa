"""A tool made of an endpoint, as agents do it, with the helpers for files; and files in all the old forms."""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path

from gradio_client import Client, handle_file
from gradio_client.utils import get_mimetype, is_file_obj_with_meta, is_http_url_like, traverse

warnings.simplefilter("ignore")
client = Client(sys.argv[1], verbose=False, httpx_kwargs={"timeout": 60})
path = Path(sys.argv[2], "in.txt")
path.write_text("abc")

described = client.view_api(return_format="dict", print_info=False)["named_endpoints"]["/add"]
print(
    [
        (p["parameter_name"], p["type"].get("type"), p["parameter_has_default"])
        for p in described["parameters"]
    ]
)
print(described["returns"][0]["component"], is_http_url_like("http://a"), is_http_url_like(3))

meta = {"_type": "gradio.FileData"}
forms = [
    handle_file(path),
    handle_file(str(path)).copy(),
    {**handle_file(path), "mime_type": "text/plain"},
    handle_file(path) | {"size": 3},
    json.loads(json.dumps(handle_file(path))),
    {"path": str(path), "meta": meta},
]
print([Path(client.predict(form, api_name="/file_upper")).read_text() for form in forms])
print(len(client.predict([{"path": str(path), "meta": meta}] * 2, api_name="/files_info")))
raw = Client(sys.argv[1], verbose=False, download_files=False, httpx_kwargs={"timeout": 60}).predict(
    forms[0], api_name="/file_upper"
)
print(
    is_file_obj_with_meta(raw),
    traverse({"a": [raw]}, lambda file: Path(file["path"]).suffix, is_file_obj_with_meta),
)
print(get_mimetype("a.webp"), os.path.exists(client.predict(forms[0], api_name="/file_upper")))
