"""A subclass as h2oGPT's: attributes before connecting, every call through submit(), a fresh client copied over."""

from __future__ import annotations

import os
import sys

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

from gradio_client import Client
from gradio_client.client import DEFAULT_TEMP_DIR, Endpoint, Job


class GradioClient(Client):
    def __init__(self, *args, **kwargs):
        self.args = args
        self.kwargs = kwargs
        self.config: dict = {}
        self.refreshed = 0
        super().__init__(*args, **kwargs)
        self.server_hash = self.get_server_hash()

    def get_server_hash(self):
        return super().submit(api_name="/ping").result()

    def refresh_client(self):
        self.reset_session()
        self.refreshed += 1
        # Kept: with gradio_client the endpoints of a client go with it.
        client = self.fresh = Client(*self.args, **self.kwargs)
        for name, value in client.__dict__.items():
            setattr(self, name, value)

    def submit(
        self, *args, api_name=None, fn_index=None, headers=None, result_callbacks=None, **kwargs
    ) -> Job:
        if self.server_hash != self.get_server_hash():
            raise AssertionError
        self.refresh_client()
        return super().submit(*args, api_name=api_name, fn_index=fn_index, **kwargs)


client = GradioClient(sys.argv[1], verbose=False, httpx_kwargs={"timeout": 60})
print(client.predict("hello", api_name="/echo"), client.predict("again", api_name="/echo"), client.refreshed)
print(client.config["dependencies"][0]["api_name"], isinstance(client.endpoints[0], Endpoint))
index = client._infer_fn_index("/echo", None)
print(
    index, client.endpoints[index].dependency["api_name"], client.src == sys.argv[1], bool(DEFAULT_TEMP_DIR)
)
helper = client.new_helper(index)
print(client.endpoints[index].make_end_to_end_fn(helper)("by hand"))
print(client.session_hash != "", len(client._get_api_info()["named_endpoints"]) > 10)
