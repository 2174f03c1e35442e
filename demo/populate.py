"""``python -m demo.populate <sandbox>``: accounts for a sandbox's companies, and connections."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.sandbox.client import SandboxAdmin
from demo.accounts import connections, patterns, write_accounts


def main(address: str) -> None:
    """Write the account files and enter the connections."""
    with SandboxAdmin(address) as sandbox:
        companies = sandbox.companies()
        known = connections(sandbox, companies) | patterns(sandbox, companies[0])
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "connections.json")
            file.touch(mode=0o600)
            file.write_text(json.dumps(known))
            subprocess.run(["airflow", "connections", "import", "--overwrite", str(file)], check=True)
        accounts = write_accounts(accounts_folder(), companies)
    print("\n".join(accounts))


if __name__ == "__main__":
    main(sys.argv[1])
