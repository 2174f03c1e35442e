"""How Sphinx builds the site."""

from __future__ import annotations

from docs_site.sources import ROOT

PACKAGE = ROOT / "plugins" / "debitoor_provider"

project = "airflow-provider-debitoor"
extensions = ["myst_parser", "sphinxcontrib.mermaid", "sphinx_copybutton", "autoapi.extension"]
html_theme = "furo"
html_title = "airflow-provider-debitoor"
html_show_sphinx = False
html_show_copyright = False
smartquotes = False  # commands in sentences are copied

myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
copybutton_exclude = ".linenos, .gp, .go"

# The API is read, not imported: the site needs no Airflow.
autoapi_dirs = [str(PACKAGE)]
autoapi_generate_api_docs = False
autoapi_python_class_content = "both"
autoapi_ignore = [f"*/debitoor_provider/{name}/*" for name in ("cli", "example_dags", "runs", "sandbox", "sync", "ui")]
suppress_warnings = ["autoapi.python_import_resolution"]  # of the folders left out above
autodoc_typehints = "signature"
add_module_names = False
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"
