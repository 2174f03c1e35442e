"""Command line of the sandbox."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import nullcontext
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.admin.companies import as_record
from debitoor_provider.sandbox.data import lifelike, loader
from debitoor_provider.sandbox.server import listen, server, url_of
from debitoor_provider.sandbox.world import World

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the sandbox and serve until it is stopped."""
    options = _parser().parse_args(arguments)
    memory = nullcontext(options.data) if options.data else tempfile.TemporaryDirectory(prefix="sandbox-")
    with memory as folder:
        world = _opened(Path(folder))
        try:
            if options.reset:
                world.reset()
            try:
                _populate(world, options)
            except OSError as error:  # of the folder to be loaded
                sys.exit(_("The documents of %s cannot be loaded: %s") % (options.folder, _reason(error)))
            except ValueError as error:
                sys.exit(_(str(error)))
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
        refused = _("The sandbox cannot listen on %s (%s). Choose another one with --port.")
        sys.exit(refused % (f"{host}:{port}", _reason(error)))


def _opened(folder: Path) -> World:
    """Open the data of a folder.

    :raises SystemExit: when that is not possible
    """
    try:
        return World.open(folder)
    except OSError as error:
        sys.exit(_("The data cannot be kept in %s (%s). Choose another folder with --data.") % (folder, _reason(error)))


def _reason(error: OSError) -> str:
    return _(error.strerror) if error.strerror else str(error)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(_("%r is not a port: use a number from 0 to 65535") % text)
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(_("%r is not a number of them: use 0 or more") % text)
    return int(text)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(_("%r is not a date: write it as 2026-01-31") % text) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m debitoor_provider.sandbox",
        description=_(
            "GetMyInvoices and Debitoor as one local server, with its own data, faults on demand and a page."
        ),
    )
    parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on (default: %(default)s)"))
    parser.add_argument("--port", type=_port, default=8090, help=_("port, 0 selects a free one (default: %(default)s)"))
    parser.add_argument("--data", type=Path, metavar="DIR", help=_("folder of its data (default: a temporary one)"))
    parser.add_argument("--reset", action="store_true", help=_("delete the data first"))
    parser.add_argument(
        "--companies", type=_count, default=0, metavar="N", help=_("create companies until there are N")
    )
    parser.add_argument(
        "--company", action="append", default=[], metavar="NAME", help=_("a company by name, repeatable")
    )
    parser.add_argument("--country", default="DE", help=_("country of new companies (default: %(default)s)"))
    parser.add_argument("--currency", default="EUR", help=_("currency of new companies (default: %(default)s)"))
    parser.add_argument("--documents", type=_count, default=0, metavar="N", help=_("generate N documents per company"))
    parser.add_argument(
        "--invoices", type=_count, default=0, metavar="M", help=_("generate M sales documents per company")
    )
    parser.add_argument("--seed", type=int, default=0, help=_("same seed, same documents (default: %(default)s)"))
    parser.add_argument(
        "--from-date", type=_day, metavar="DATE", help=_("first date of the documents (default: a year ago)")
    )
    parser.add_argument("--to-date", type=_day, metavar="DATE", help=_("last date of the documents (default: today)"))
    parser.add_argument("--from", dest="folder", type=Path, metavar="DIR",
                        help=_("load the PDFs that DIR/documents.json describes"))  # fmt: skip
    parser.add_argument("--no-limits", action="store_true", help=_("new companies have no rate limits"))
    parser.add_argument("--json", action="store_true", help=_("when ready, print one line of JSON"))
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
        places = {_("Page"): f"{url}/", "GetMyInvoices": url + contract.GMI_BASE, "Debitoor": url}
        _write(output, "", places | {_("Admin API"): f"{url}{contract.ADMIN}/docs"})
        for company in world.companies:
            output.write(f"\n{company.name}\n")
            facts = {
                _("API key"): company.gmi_api_key,
                _("account id"): company.gmi_account_id,
                _("Debitoor token"): next(iter(company.debitoor_tokens), _("(revoked)")),
                _("Debitoor id"): company.email,
            }
            _write(output, "  ", facts)
    output.flush()


def _write(output: TextIO, before: str, facts: Mapping[str, str]) -> None:
    """Write a line for each fact, one below the other."""
    width = max(map(len, facts))
    output.writelines(f"{before}{name:{width}}  {value}\n" for name, value in facts.items())
