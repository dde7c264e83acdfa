"""Streams by polling a job's communicator, as programs did before jobs could be iterated."""

from __future__ import annotations

import sys
import time

from gradio_client import Client
from gradio_client.client import Job
from gradio_client.utils import Status

client = Client(sys.argv[1], verbose=False, httpx_kwargs={"timeout": 60})
job = client.submit("abc", 3, api_name="/count")
assert isinstance(job, Job)
seen = ""
while not job.done():
    if job.communicator.job.latest_status.code == Status.FINISHED:
        break
    outputs = job.communicator.job.outputs
    if outputs and outputs[-1] != seen:
        seen = outputs[-1]
    time.sleep(0.01)
error = job.future._exception
print(error, job.outputs(), job.result(timeout=10) == job.outputs()[-1])
print(job.status().code, job.status().success)
for text in client.submit("xy", 2, api_name="/count"):
    print(text)
print(client.submit("x", api_name="/echo").result())
