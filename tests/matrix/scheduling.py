"""Which xdist worker plays which release: all tests of one on the same worker.

``--dist loadgroup`` should do it with marks, but xdist 3.8 writes the group into an attribute that pytest 9.2 has no
more, and so groups nothing.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling

# The tests of a file there share a browser, apps, or what takes as long to make.
_BROWSING = re.compile(
    r"tests/(?:docs_page|loading|recorder)/\w+\.py(?=::)"
    r"|tests/(?:codegen/test_snippets_run|compat/test_packages|testing/test_served)\.py(?=::)"
    r"|tests/(?:codegen/test_called|documents/test_site|hub/test_identity)\.py(?=::)"
)
# They share a Ray, which takes its time to start.
_RAY = re.compile(r"tests/ray/test_cluster\.py(?=::)")
# Two servers are started for each pair of releases.
_LOADED = re.compile(r"tests/loading/test_releases\.py::\w+\[([\d.]+-in-[\d.]+)[]-]")
_RELEASE = re.compile(r"tests/matrix/test_matrix\.py::\w+\[(\d+\.\d+\.\d+(?:-aged)?)-")


class ByRelease(LoadScopeScheduling):
    """Hands out the tests of a release together, those of a browser and those of a Ray, all others one by one."""

    def _split_scope(self, nodeid: str) -> str:
        found = _LOADED.match(nodeid) or _RELEASE.match(nodeid)
        if found is None and (together := _BROWSING.match(nodeid) or _RAY.match(nodeid)):
            return together[0]
        return nodeid if found is None else found[1]
