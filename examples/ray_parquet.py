"""Send the images of a Parquet data set to an app, from the actors of Ray, and write what it gives as Parquet.

``python examples/ray_parquet.py URL ENDPOINT OUT [IN]`` calls an endpoint that takes an image and gives one, for the
column ``photo`` of the data set IN: bytes, or as Hugging Face's data sets have images. Without IN a small one is made.
It needs ``pip install "gradlink[ray]"``. RAY_ADDRESS names a cluster; without it Ray runs on this machine.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import ray
from PIL import Image
from ray.data.expressions import col

import gradlink.ray


def make(folder: Path) -> None:
    """Write eight rows to two files of a data set; one of them is no image."""
    rows = []
    for number in range(8):
        buffer = io.BytesIO()
        Image.linear_gradient("L").rotate(90 * number).resize((32, 32)).save(buffer, "PNG")
        content = b"this is no image" if number == 5 else buffer.getvalue()
        rows.append({"id": number, "photo": {"bytes": content, "path": f"{number}.png"}})
    for part in range(2):
        pq.write_table(pa.Table.from_pylist(rows[part::2]), folder / f"{part}.parquet")


def main(url: str, endpoint: str, out: str, given: str) -> None:
    """Call ``endpoint`` for each row of ``given``; print how it went."""
    calls = gradlink.ray.Call(
        url,
        endpoint,
        inputs={"image": "photo"},
        output="image",
        errors="column",  # rows that fail have a text there, and the others go on
        max_calls=8,  # at the app at a time, of all actors together
    )
    done = (
        ray.data.read_parquet(given)
        # Calls wait for the app, which needs little of a CPU. Small batches: those of an actor that dies are called again.
        .map_batches(
            calls, compute=ray.data.ActorPoolStrategy(min_size=1, max_size=4), batch_size=16, num_cpus=0.25
        )
        # A data set runs anew whenever it is used: this one is to run once.
        .materialize()
    )
    done.write_parquet(out)
    failed = done.filter(expr=col("error").is_not_null()).count()
    print(f"{done.count() - failed} images, {failed} error{'' if failed == 1 else 's'}")


if __name__ == "__main__":
    if len(sys.argv) > 4:
        main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4])
    else:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder))
            main(sys.argv[1], sys.argv[2], sys.argv[3], folder)
