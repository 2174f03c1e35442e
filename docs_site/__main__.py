"""Write the pages that the builder reads: ``python -m docs_site build/docs``."""

from __future__ import annotations

import sys
from pathlib import Path

from docs_site.sources import write

if __name__ == "__main__":
    write(Path(sys.argv[1]))
