"""Write the README for a package index, where links and pictures that are relative to the repository lead nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PARTS = re.compile(
    r"^```.*?^```"
    r"|(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>(?![a-z]+:|\#)[^)\s]+)\)"
    r"|`[^`\n]+`",
    re.MULTILINE | re.DOTALL,
)


def for_index(readme: str, source: str | None, version: str) -> str:
    """Return the README with links that lead to a version's files in the repository.

    :param readme: Markdown whose links are relative to the repository
    :param source: address of the repository; without one, a link is its text alone and a picture is left out
    :param version: names the tag, ``v`` and the version
    """

    def replaced(match: re.Match[str]) -> str:
        if match["target"] is None:  # code
            return match[0]
        if source is None:
            return "" if match["picture"] else match["text"]
        kind = "raw" if match["picture"] else "blob"
        return f"{match['picture']}[{match['text']}]({source.rstrip('/')}/{kind}/v{version}/{match['target']})"

    return _PARTS.sub(replaced, readme)


class ReadmeHook(MetadataHookInterface):
    """Set the package's description from README.md and from ``Source`` in ``[project.urls]``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the field ``readme``, which pyproject.toml declares as dynamic."""
        readme = Path(self.root, "README.md").read_text(encoding="utf-8")
        text = for_index(readme, metadata.get("urls", {}).get("Source"), metadata["version"])
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
