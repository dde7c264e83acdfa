"""How Sphinx makes the site: `make docs` calls it."""

from __future__ import annotations

from importlib.metadata import version as version_of

project = "gradlink"
author = "the gradlink authors"
copyright = "the gradlink authors"  # noqa: A001 - Sphinx's name
release = version = version_of("gradlink")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
exclude_patterns = ["reference/typescript/README.md", "reference/typescript/*/README.md"]
nitpicky = False

html_theme = "furo"
html_title = f"gradlink {release}"
html_static_path: list[str] = []
html_copy_source = False
html_show_sourcelink = False
# Nothing of the site is fetched from elsewhere when it is read.
html_theme_options = {"navigation_with_keys": True}

autodoc_member_order = "bysource"
autoclass_content = "both"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = False
copybutton_exclude = ".linenos, .gp, .go"
