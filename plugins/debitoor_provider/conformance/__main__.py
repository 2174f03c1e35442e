"""``python -m debitoor_provider.conformance``: run pytest with this suite and nothing else."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from importlib.util import find_spec
from pathlib import Path

from debitoor_provider.conformance.options import OPTIONS, PROGRAM

_EXIT_CODES = """\
The connections are those of Airflow: environment variables AIRFLOW_CONN_…, secrets backends, and its database, as
"airflow connections" sees them. Only GET calls are made.

exit code: 0 nothing that was tried differs; 1 something differs; 2 a service could not be asked
"""


def main(words: list[str]) -> int:
    """Run the suite.

    :param words: of the command line
    :return: the exit code
    """
    parser = ArgumentParser(
        PROGRAM,
        description="Compare live services with the contracts of this provider.",
        epilog=_EXIT_CODES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    for name, details in OPTIONS.items():
        parser.add_argument(name, **details)
    given = parser.parse_args(words)
    if not (given.getmyinvoices_conn_id or given.debitoor_conn_id):
        parser.error("name a connection, of one service or of both")
    if given.report and not Path(given.report).absolute().parent.is_dir():
        parser.error(f"the folder of {given.report} does not exist")
    if find_spec("pytest") is None:
        parser.error('pytest is missing: pip install "airflow-provider-debitoor[conformance]"')
    import pytest

    # Neither the settings nor the plugins of another project take part, and no output but the report's.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    here = str(Path(__file__).parent)
    alone = ["-c", os.devnull, "--rootdir", here, "-p", "no:cacheprovider", "-p", "no:logging", "-p", "no:warnings"]
    quiet = ["-q", "--no-header", "--tb=no", "-rN", "--assert=plain"]
    chosen = [f"{name}={value}" for name in OPTIONS if (value := getattr(given, name[2:].replace("-", "_")))]
    return int(pytest.main([*alone, *quiet, "-p", "debitoor_provider.conformance.plugin", *chosen, here]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
