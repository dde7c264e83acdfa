"""An app as the page knows it: its client, its description, and the calls that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Self, cast

from gradlink._async.client import AsyncClient
from gradlink._async.job import AsyncJob
from gradlink._dataclass import dataclass
from gradlink._describe.fields import fields_of
from gradlink._describe.functions import call_arguments
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.schema import AppSchema, Endpoint, read_app
from gradlink.codegen.snippets.calls import Target
from gradlink.codegen.snippets.programs import target_of
from gradlink.docs_page.description import described
from gradlink.docs_page.document import Document, EndpointDocument, SnippetDocument
from gradlink.docs_page.files import Files
from gradlink.docs_page.giving import Arguments, arguments
from gradlink.docs_page.programs import Programs, as_json


@dataclass(slots=True)
class App:
    """One app.

    Attributes:
        jobs: those that run, by what the page calls them.
    """

    client: AsyncClient
    schema: AppSchema
    document: Document
    programs: Programs
    files: Files
    jobs: dict[str, AsyncJob] = field(default_factory=dict[str, AsyncJob])

    @classmethod
    async def of(cls, client: AsyncClient, target: TargetOptions, directory: Path) -> Self:
        """Ask an app what it is."""
        info = await client.view_api(all_endpoints=True, print_info=False, return_format="dict")
        schema = read_app(client.config, cast("JSONObject", info))
        document = described(schema, target.source, client.src, everything=target.everything)
        return cls(
            client, schema, document, Programs(schema, target.of(schema, client.src)), Files(directory)
        )

    def endpoint(self, key: object) -> tuple[Endpoint, EndpointDocument] | None:
        """Return the endpoint that the page calls ``key``, None for one that it does not show."""
        document = next((one for one in self.document["endpoints"] if one["id"] == key), None)
        return None if document is None else (self.schema.endpoints[document["id"]], document)

    def read(self, endpoint: Endpoint, document: EndpointDocument, given: Mapping[str, Any]) -> Arguments:
        """Read what the page gives for a call."""
        fields = fields_of(self.schema.config, endpoint)
        return arguments(fields, document["parameters"], given, self.files.picked)

    def snippets(
        self, endpoint: Endpoint, document: EndpointDocument, read: Arguments
    ) -> list[SnippetDocument]:
        """Return the programs that make a call."""
        return [as_json(one) for one in self.programs.of(endpoint, document, read.written)]

    def submit(self, endpoint: Endpoint, values: Mapping[str, Any]) -> AsyncJob:
        """Send a call. Raises GradlinkError for arguments that the app does not take."""
        args, kwargs = call_arguments(endpoint, values)
        return self.client.submit(*args, fn_index=endpoint.fn_index, **kwargs)

    def stop(self) -> None:
        """Cancel all calls."""
        for job in list(self.jobs.values()):
            job.cancel()


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """How the user has named the app, and what of the connection snippets have to say.

    Attributes:
        source: the app's URL, or the name of a Space.
        login: there is a name and a password.
        token: there is a token of the Hub.
        everything: also endpoints that the app does not list are shown.
    """

    source: str
    login: bool = False
    token: bool = False
    everything: bool = False

    def of(self, schema: AppSchema, url: str) -> Target:
        """Return the target of the snippets."""
        return target_of(schema, self.source, url, login=self.login, token=self.token)
