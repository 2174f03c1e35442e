"""Command line of the sandbox."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.admin.companies import as_record
from debitoor_provider.sandbox.data import lifelike, loader
from debitoor_provider.sandbox.server import listen, server, url_of
from debitoor_provider.sandbox.world import World

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the sandbox and serve until it is stopped."""
    options = _parser().parse_args(arguments)
    memory = nullcontext(options.data) if options.data else tempfile.TemporaryDirectory(prefix="sandbox-")
    with memory as folder:
        world = World.open(Path(folder))
        try:
            if options.reset:
                world.reset()
            _populate(world, options)
            with _listening(options.host, options.port) as bound:
                _announce(world, url_of(bound), sys.stdout, as_json=options.json)
                server(world, options.host).run(sockets=[bound])
        except KeyboardInterrupt:
            pass
        finally:
            world.store.close()


def _listening(host: str, port: int) -> socket.socket:
    """Listen on an address.

    :raises SystemExit: when that is not possible
    """
    try:
        return listen(host, port)
    except OSError as error:
        sys.exit(f"The sandbox cannot listen on {host}:{port} ({error.strerror}). Choose another one with --port.")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: use a number from 0 to 65535.")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m debitoor_provider.sandbox",
        description="GetMyInvoices and Debitoor as one local server, with its own data, faults on demand and a page.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8090, help="port, 0 selects a free one (default: %(default)s)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of its data (default: a temporary one)")
    parser.add_argument("--reset", action="store_true", help="delete the data first")
    parser.add_argument("--companies", type=int, default=0, metavar="N", help="create companies until there are N")
    parser.add_argument("--company", action="append", default=[], metavar="NAME", help="a company by name, repeatable")
    parser.add_argument("--country", default="DE", help="country of new companies (default: %(default)s)")
    parser.add_argument("--currency", default="EUR", help="currency of new companies (default: %(default)s)")
    parser.add_argument("--documents", type=int, default=0, metavar="N", help="generate N documents per company")
    parser.add_argument("--invoices", type=int, default=0, metavar="M", help="generate M sales documents per company")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same documents (default: %(default)s)")
    parser.add_argument("--from-date", metavar="DATE", help="first date of the documents (default: a year ago)")
    parser.add_argument("--to-date", metavar="DATE", help="last date of the documents (default: today)")
    parser.add_argument("--from", dest="folder", type=Path, metavar="DIR",
                        help="load the PDFs that DIR/documents.json describes")  # fmt: skip
    parser.add_argument("--no-limits", action="store_true", help="new companies have no rate limits")
    parser.add_argument("--json", action="store_true", help="when ready, print one line of JSON")
    return parser


def _populate(world: World, options: argparse.Namespace) -> None:
    """Create the requested companies that do not exist, each with its documents."""
    present = {company.name for company in world.companies}
    names = [name for name in dict.fromkeys(options.company) if name not in present]
    missing = options.companies - len(present) - len(names)
    names += [f"Example Company {number}" for number in range(1, options.companies + 1)][: max(0, missing)]
    if not (present or names or options.json):
        names = ["Example Company 1"]
    app = next(((one.oauth_client_id, one.oauth_client_secret) for one in world.companies), (None, None))
    for name in names:
        company = world.companies.create(
            name, country=options.country, currency=options.currency,
            oauth_client_id=app[0], oauth_client_secret=app[1],
        )  # fmt: skip
        app = (company.oauth_client_id, company.oauth_client_secret)  # all companies share one OAuth app
        if options.no_limits:
            company = world.companies.change(company, limits=type(company.limits).none())
        if options.folder:
            loader.load(world, company, options.folder)
        lifelike.fill(
            world, company, documents=options.documents, invoices=options.invoices, seed=options.seed + company.id - 1,
            from_date=options.from_date, to_date=options.to_date,
        )  # fmt: skip


def _announce(world: World, url: str, output: TextIO, *, as_json: bool) -> None:
    if as_json:
        ready = {
            "url": url,
            "gmi_url": url + contract.GMI_BASE,
            "debitoor_url": url,
            "companies": [as_record(company) for company in world.companies],
        }
        output.write(json.dumps(ready) + "\n")
    else:
        output.write(f"Page           {url}/\nGetMyInvoices  {url}{contract.GMI_BASE}\nDebitoor       {url}\n")
        output.write(f"Admin API      {url}{contract.ADMIN}/docs\n")
        for company in world.companies:
            output.write(
                f"\n{company.name}\n"
                f"  API key         {company.gmi_api_key}\n"
                f"  account id      {company.gmi_account_id}\n"
                f"  Debitoor token  {next(iter(company.debitoor_tokens), '(revoked)')}\n"
                f"  Debitoor id     {company.email}\n"
            )
    output.flush()
