"""An account file that is renamed, split or merged leaves alone what was sent, and what people did with it since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.sync.exchange_key import origin_label
from debitoor_provider.sync.window import manual

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.stage import Stage


def under(stage: Stage, account_id: str) -> Stage:
    """Return the same services and ledger under another account's name."""
    stage.account_id = account_id
    return stage


def expense_of(acme: Stage, uid: str) -> dict[str, Any]:
    marked: dict[str, dict[str, Any]] = {
        row["lines"][0]["description"].rpartition("[GMI ")[2].removesuffix("]"): row for row in acme.company.expenses()
    }
    return marked[uid]


def test_a_renamed_account_repeats_nothing_and_undoes_nothing(acme: Stage) -> None:
    untouched, corrected, removed, ignored = acme.documents(4)
    acme.plan(acme.exports())
    acme.ledger.documents.ignore([acme.entry(ignored)], actor="user:anna")
    acme.finish()
    acme.company.edit_entity(expense_of(acme, corrected)["id"], date="2026-02-15")
    acme.company.delete_entity(expense_of(acme, removed)["id"])
    before = acme.entry(corrected)
    under(acme, "acme-receipts")
    new = acme.document()
    watch = acme.watch()
    plan = acme.export()
    assert (plan.done, plan.new, len(plan.due)) == (3, 1, 1)
    assert watch.created == {"file": 1, "expense": 1}
    assert acme.states() == {
        untouched: "moved",
        corrected: "moved",
        removed: "moved",
        ignored: "ignored",
        new: "moved",
    }
    after = acme.entry(corrected)
    assert (after.target_id, after.target_name, after.moved_at) == (
        before.target_id,
        before.target_name,
        before.moved_at,
    )
    (event, _) = acme.ledger.documents.history(after)
    assert (event.kind, event.detail["account"]) == ("adopted", "acme")


def test_a_preview_says_what_the_renamed_account_takes_over(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.company.delete_entity(expense_of(acme, uid)["id"])
    under(acme, "acme-receipts")
    assert [(row.source_id, row.outcome) for row in acme.preview()] == [(uid, "there")]
    acme.export()
    assert acme.company.expenses() == []


def test_a_person_can_send_again_what_was_taken_over(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.company.delete_entity(expense_of(acme, uid)["id"])
    under(acme, "acme-receipts").export()
    acme.ledger.documents.retry([acme.entry(uid)], actor="user:anna", if_missing=True)
    acme.finish()
    assert acme.booked() == {uid: 119}


def test_the_parts_of_a_split_account_take_over_what_is_theirs(acme: Stage) -> None:
    invoice, receipt = acme.document(), acme.document(document_type="RECEIPT")
    acme.export()
    for expense in acme.company.expenses():
        acme.company.delete_entity(expense["id"])
    under(acme, "invoices").export(acme.exports(filter={"document_types": ["INCOMING_INVOICE"]}))
    assert acme.states() == {invoice: "moved"}
    under(acme, "receipts").export(acme.exports(filter={"document_types": ["RECEIPT"]}))
    assert acme.states() == {receipt: "moved"}
    assert acme.company.expenses() == []


def test_a_document_that_only_another_account_takes_is_waiting_in_this_one(acme: Stage) -> None:
    uid = acme.document(tags=["client 3"])
    under(acme, "client3").export(acme.exports(filter={"tags": {"any": ["client 3"]}}))
    under(acme, "client5").export(acme.exports(filter={"tags": {"any": ["client 5"]}}))
    assert acme.states() == {uid: "waiting tag_missing"}
    assert under(acme, "client3").states() == {uid: "moved"}


@pytest.mark.parametrize("seen_before", [True, False])
def test_a_document_that_comes_in_later_is_taken_over(acme: Stage, seen_before: bool) -> None:
    mine, theirs = (acme.exports(filter={"tags": {"any": [tag]}}) for tag in ("client 5", "client 3"))
    uid = acme.document(tags=["client 3"])
    if seen_before:
        under(acme, "client5").export(mine)
    under(acme, "client3").export(theirs)
    under(acme, "client5").export(mine)
    acme.company.delete_entity(expense_of(acme, uid)["id"])
    acme.company.edit_document(int(uid), tags=["client 5"])
    acme.export(mine)
    assert acme.states() == {uid: "moved"}
    assert acme.company.expenses() == []
    (event,) = (event for event in acme.ledger.documents.history(acme.entry(uid)) if event.kind == "adopted")
    assert (event.from_state, event.to_state) == ("waiting", "moved")


def test_what_a_person_ignored_while_it_waited_stays_ignored(acme: Stage) -> None:
    tagged = acme.exports(filter={"tags": {"any": ["pay"]}})
    uid = acme.document()
    acme.export(tagged)
    acme.ledger.documents.ignore([acme.entry(uid)], actor="user:anna")
    under(acme, "acme-receipts").export(tagged)
    acme.company.edit_document(int(uid), tags=["pay"])
    acme.export(tagged)
    assert acme.states() == {uid: "ignored tag_missing"}
    assert acme.company.expenses() == []


def test_a_merged_account_takes_over_from_all_its_parts(acme: Stage) -> None:
    names = {"rename": "{document_date}"}  # each part gives the same names
    invoice, receipt = acme.document(), acme.document(document_type="RECEIPT")
    under(acme, "invoices").export(acme.exports(filter={"document_types": ["INCOMING_INVOICE"]}, **names))
    under(acme, "receipts").export(acme.exports(filter={"document_types": ["RECEIPT"]}, **names))
    for expense in acme.company.expenses():
        acme.company.delete_entity(expense["id"])
    under(acme, "all").export(acme.exports(**names))
    assert acme.states() == {invoice: "moved", receipt: "moved"}
    assert acme.company.expenses() == []
    new = acme.document()
    acme.export(acme.exports(**names))
    assert acme.booked() == {new: 119}


def test_the_renamed_account_archives_what_the_old_one_left(acme: Stage) -> None:
    verified, marked = acme.documents(2)
    acme.plan(acme.exports())
    acme.ledger.documents.mark_moved([acme.entry(marked)], actor="user:anna")
    acme.finish()
    under(acme, "acme-receipts").export(acme.exports(archive_after_transfer=True))
    assert acme.states() == {verified: "archived", marked: "moved"}
    assert acme.archived() == {verified}


def test_work_unfinished_under_the_old_name_is_finished_under_the_new_one(acme: Stage) -> None:
    planned = acme.document()
    held = acme.document(currency="USD")
    acme.plan(acme.exports())
    under(acme, "acme-receipts").export()
    assert acme.states() == {planned: "moved", held: "held foreign_currency"}


def test_a_document_meant_for_two_books_is_moved_to_both(acme: Stage, stage_of: Callable[..., Stage]) -> None:
    uid = acme.document()
    acme.export()
    other = stage_of("Other", account_id="other", sharing=acme)
    other.gmi.close()
    other.gmi = acme.gmi
    other.export()
    assert acme.booked() == other.booked() == {uid: 119}
    assert acme.entry(uid).exchange_key != other.entry(uid).exchange_key


def test_a_renamed_import_account_repeats_nothing_and_undoes_nothing(acme: Stage) -> None:
    kept, removed = (str(acme.company.add_invoice(date="2026-02-03")["id"]) for _ in range(2))
    acme.import_()
    acme.company.delete_document(int(acme.entry(removed, "import").target_id or 0))
    under(acme, "acme-sales").import_()
    assert acme.states("import") == {kept: "moved", removed: "moved"}
    assert len(acme.company.documents()) == 1


def test_documents_of_an_earlier_version_get_the_key_of_this_one(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    with acme.ledger._database.write() as connection:
        connection.execute(text("UPDATE debitoor_documents SET exchange_key = 'getmyinvoices:1:' || source_id"))
    acme.clock.pass_by(days=8)
    acme.export()  # everything is listed
    assert acme.entry(uid).exchange_key.endswith(f":{uid}>debitoor:{acme.company.debitoor_email.casefold()}")
    acme.company.delete_entity(expense_of(acme, uid)["id"])
    under(acme, "acme-receipts").export()
    assert acme.company.expenses() == []


def test_a_chosen_document_is_taken_over_too(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.company.delete_entity(expense_of(acme, uid)["id"])
    under(acme, "acme-receipts").export(window=manual(None, None, (uid,)))
    assert acme.states() == {uid: "moved"}
    assert acme.company.expenses() == []


@pytest.mark.parametrize("first", ["address", "file"])
def test_an_account_may_change_its_address_and_its_name_one_after_the_other(acme: Stage, first: str) -> None:
    _, removed = acme.documents(2)
    acme.export()
    acme.company.delete_entity(expense_of(acme, removed)["id"])
    account = acme.exports()
    for change in sorted(["address", "file"], key=first.__ne__):
        if change == "address":
            acme.company.change(email="new@acme.example")
            account = acme.exports(debitoor_id="new@acme.example")
        else:
            under(acme, "acme-receipts")
        acme.export(account)
    assert len(acme.company.expenses()) == 1


def spelled(acme: Stage, host: str) -> Stage:
    """Return the stage with clients whose connections spell the host of the services in another way."""
    for name in ("gmi_url", "debitoor_url"):
        parts = urlsplit(getattr(acme.sandbox, name))
        address = f"{parts.scheme}://{host}:{parts.port}{parts.path}"
        common: dict[str, Any] = {"base_url": address, "allow_http": True, "proxy": ""}
        if name == "gmi_url":
            acme.gmi.close()
            company = acme.company
            acme.gmi = GetMyInvoicesClient(api_key=company.gmi_api_key, account_id=company.gmi_account_id, **common)
        else:
            acme.debitoor.close()
            acme.debitoor = DebitoorClient(token=acme.company.debitoor_token or "", **common)
    return acme


WIDE = "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54"


@pytest.mark.parametrize("host", ["LOCALHOST", WIDE])
def test_an_account_that_is_renamed_while_its_connections_spell_the_host_otherwise_repeats_nothing(
    acme: Stage, host: str
) -> None:
    kept, removed = spelled(acme, "localhost").documents(2)
    sold = str(acme.company.add_invoice(date="2026-02-03")["id"])
    acme.export()
    acme.import_()
    acme.company.delete_entity(expense_of(acme, removed)["id"])
    acme.company.delete_document(int(acme.entry(sold, "import").target_id or 0))
    spelled(under(acme, "acme-receipts"), host).export()
    acme.import_()
    assert acme.states() == {kept: "moved", removed: "moved"}
    assert acme.states("import") == {sold: "moved"}
    assert acme.booked().keys() == {kept}
    assert {str(row["uid"]) for row in acme.company.documents()} == {kept, removed}


def test_what_an_earlier_version_knew_by_the_spelling_of_the_host_is_taken_over(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    scheme, host, port = acme.gmi.session.origin
    acme.gmi.session.spelled_origin = (scheme, f"{host}.", port)  # as in the connection
    now = acme.entry(uid).exchange_key
    before = now.replace(origin_label(acme.gmi.session.origin), origin_label(acme.gmi.session.spelled_origin))
    assert before != now
    with acme.ledger._database.write() as connection:
        connection.execute(text("UPDATE debitoor_documents SET exchange_key = :key"), {"key": before})
    acme.company.delete_entity(expense_of(acme, uid)["id"])
    under(acme, "acme-receipts").export()
    assert acme.states() == {uid: "moved"}
    assert acme.entry(uid).exchange_key == now
    assert acme.company.expenses() == []


def of_other_books(acme: Stage, stage_of: Callable[..., Stage]) -> Stage:
    """Return the account with another company's books, which has the same documents and ledger."""
    other = stage_of("Other GmbH", sharing=acme)
    other.gmi.close()
    other.gmi = acme.gmi
    return other


def test_an_account_that_is_led_to_other_books_stops_instead_of_counting_as_done(
    acme: Stage, stage_of: Callable[..., Stage]
) -> None:
    uids = acme.documents(2)
    acme.export()
    other = of_other_books(acme, stage_of)
    for do in (other.export, other.preview):
        with pytest.raises(Misconfigured, match=f"has sent its documents to {acme.company.debitoor_email} so far"):
            do()
    assert other.company.expenses() == []
    under(other, "other").export()
    assert (other.states(), len(other.company.expenses())) == (dict.fromkeys(uids, "moved"), 2)
    acme.export()  # led back
    assert len(acme.company.expenses()) == 2


@pytest.mark.parametrize("settings", [{"archive_after_transfer": True}, {}])
def test_other_books_are_noticed_when_nothing_that_was_sent_is_listed_any_more(
    acme: Stage, stage_of: Callable[..., Stage], settings: dict[str, Any]
) -> None:
    account = acme.exports(**settings)
    acme.documents(2)
    acme.export(account)
    acme.clock.pass_by(days=3)
    acme.export(account)  # further back than the next listing looks
    acme.clock.pass_by(hours=1)
    new = acme.document()
    other = of_other_books(acme, stage_of)
    for do in (other.export, other.preview):
        with pytest.raises(Misconfigured, match=f"has sent its documents to {acme.company.debitoor_email} so far"):
            do(other.exports(**settings))
    assert other.company.expenses() == []
    acme.export(account)  # led back
    assert acme.states()[new] in {"moved", "archived"}


def test_an_archived_document_keeps_the_books_recognisable_under_a_new_address(acme: Stage) -> None:
    acme.documents(2)
    acme.export(acme.exports(archive_after_transfer=True))
    acme.clock.pass_by(days=3)
    acme.company.change(email="new@acme.example")
    account = acme.exports(archive_after_transfer=True, debitoor_id="new@acme.example")
    uid = acme.document()
    acme.export(account)
    assert acme.states()[uid] == "archived"


def test_accounts_that_swap_their_names_stop_until_they_have_new_ones(
    acme: Stage, stage_of: Callable[..., Stage]
) -> None:
    other = of_other_books(acme, stage_of)
    stages = {"a": acme, "b": other}
    settings = {tag: stage.exports(filter={"tags": {"any": [tag]}}) for tag, stage in stages.items()}
    removed, corrected = (acme.document(tags=["a"]) for _ in range(2))
    acme.document(tags=["b"])
    for tag, stage in stages.items():
        under(stage, f"of-{tag}").export(settings[tag])
    acme.company.delete_entity(expense_of(acme, removed)["id"])
    acme.company.edit_entity(expense_of(acme, corrected)["id"], date="2026-02-15")
    for tag, name in (("b", "of-a"), ("a", "of-b")):
        with pytest.raises(Misconfigured, match="it seems to be another one"):
            under(stages[tag], name).export(settings[tag])
    for tag, stage in stages.items():
        under(stage, f"new-{tag}").export(settings[tag])
    assert (len(acme.company.expenses()), len(other.company.expenses())) == (1, 1)
    assert acme.states()[removed] == acme.states()[corrected] == "moved"
