"""A plan by a listing that several accounts share is the plan by a listing of the account's own."""

from __future__ import annotations

import itertools
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, event, given, seed, settings
from hypothesis import strategies as st

from debitoor_provider.services.errors import RetryError, StopError
from debitoor_provider.sync.ledger import ATTENTION, OPEN, State
from debitoor_provider.sync.steps.plan import Plan, choose_window, plan
from debitoor_provider.sync.steps.shared import shared_listings
from tests.sync.stage import Stage
from tests.sync.test_listing import FIELDS, TAGS, filters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.steps.job import Job
    from tests.sync.stage import Clock

_folders = itertools.count(1)
ACCOUNTS = ["one", "two", "three", "four"]
_PICKS = st.integers(0, 5)
_ACCOUNT = st.integers(0, len(ACCOUNTS) - 1)

_DOCUMENT = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in FIELDS.items()}
    | {
        "tags": st.lists(st.sampled_from(TAGS), max_size=1),
        "workflow": st.sampled_from([None, {"is_completed": False}, {"is_completed": True}]),
        "note": st.sampled_from(["", "", "", "[Debitoor 59f0c1d2e3a4b5c6d7e8f901]"]),
    }
)
_CHANGE = st.one_of(
    st.fixed_dictionaries({"document_date": st.sampled_from([None, "2026-06-30"])}),
    st.fixed_dictionaries({"tags": st.lists(st.sampled_from(TAGS), max_size=1)}),
    st.fixed_dictionaries({"archived": st.booleans()}),
    st.fixed_dictionaries({"payment_status": st.sampled_from(FIELDS["payment_status"])}),
    st.fixed_dictionaries({"document_type": st.sampled_from([*FIELDS["document_type"], "SALES_INVOICE"])}),
    st.fixed_dictionaries({"workflow": st.just({"is_completed": True})}),
    st.fixed_dictionaries({"net_amount": st.just("200.00"), "gross_amount": st.just("238.00")}),
)
_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("arrives"), _DOCUMENT),
        st.tuples(st.just("changes"), _PICKS, _CHANGE),
        st.tuples(st.just("is_deleted"), _PICKS),
        st.tuples(st.just("is_planned"), _ACCOUNT),
        st.tuples(st.just("runs"), _ACCOUNT),
        st.tuples(st.just("minutes"), st.sampled_from([1, 50, 170, 400])),
        st.tuples(st.just("person"), _ACCOUNT, _PICKS, st.sampled_from(["ignore", "retry", "mark_moved"])),
    ),
    max_size=12,
)


def rules(numbers: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    """Generate the settings of an account."""
    return st.fixed_dictionaries(
        {"filter": filters(numbers), "archive_after_transfer": st.booleans()},
        optional={"period": st.sampled_from([{"from": "2026-01-01"}, {"to": "2026-01-01"}])},
    )


@dataclass
class Fleet:
    """Accounts of one key with one ledger."""

    stage: Stage
    accounts: dict[str, ExportAccount]

    def job(self, name: str) -> Job:
        """Return the job of a scheduled run, with a client of its own."""
        self.stage.account_id = name
        self.stage.gmi.close()
        self.stage.debitoor.close()
        self.stage.connect()
        return self.stage.job(self.accounts[name], run_id=f"{name}/last")

    def plans(self, *, together: bool) -> dict[str, Plan]:
        """Plan each account."""
        jobs = [self.job(name) for name in self.accounts]
        if together:
            windows = [choose_window(job, None) for job in jobs]
            asked = [
                None if window.full else job.direction.list_request(window)
                for job, window in zip(jobs, windows, strict=True)
            ]
            for job, listing in zip(jobs, shared_listings(asked), strict=True):
                job.shared = listing
        return {job.account_id: plan(job) for job in jobs}

    def documents(self) -> list[tuple[Any, ...]]:
        """Return what the ledger says of each document of each account, but when and in which list it was seen last."""
        return sorted(
            (name, *astuple(_Known.of(entry)))
            for name in self.accounts
            for entry in self.stage.ledger.documents.entries(name, "export")
        )

    # What happens before

    def arrives(self, fields: dict[str, Any]) -> None:
        self.stage.document(**fields)

    def changes(self, pick: int, changes: dict[str, Any]) -> None:
        if there := self.stage.company.documents():
            self.stage.company.edit_document(there[pick % len(there)]["uid"], **changes)

    def is_deleted(self, pick: int) -> None:
        if there := self.stage.company.documents():
            self.stage.company.delete_document(there[pick % len(there)]["uid"])

    def is_planned(self, number: int) -> None:
        plan(self._run(number))

    def runs(self, number: int) -> None:
        job = self._run(number)
        try:
            plan(job)
            self.stage.run_id = job.run_id
            self.stage.finish(job.account)
        except (StopError, RetryError):
            pass

    def minutes(self, number: int) -> None:
        self.stage.clock.pass_by(minutes=number)

    def person(self, number: int, pick: int, decision: str) -> None:
        documents = self.stage.ledger.documents
        name = [*self.accounts][number % len(self.accounts)]
        states = {*ATTENTION, State.IGNORED} if decision == "retry" else OPEN
        if entries := [entry for entry in documents.entries(name, "export") if entry.state in states]:
            getattr(documents, decision)([entries[pick % len(entries)]], "user:anna")

    def _run(self, number: int) -> Job:
        name = [*self.accounts][number % len(self.accounts)]
        job = self.job(name)
        job.run_id = f"{name}/{next(_folders)}"
        return job


@dataclass(frozen=True)
class _Known:
    source_id: str
    state: str
    reason: str
    text: str
    fingerprint: str
    settings_fingerprint: str
    snapshot: str
    target_name: str

    @classmethod
    def of(cls, entry: Any) -> _Known:
        return cls(
            entry.source_id,
            str(entry.state),
            entry.reason_code or "",
            str(entry.message or ""),
            entry.fingerprint,
            entry.settings_fingerprint or "",
            entry.snapshot,
            entry.target_name or "",
        )


def test_a_plan_by_a_shared_listing_is_the_plan_by_an_own_one(
    sandbox: SandboxAdmin,
    empty_ledger: Path,
    clock: Clock,
    tmp_path: Path,
    sample: Callable[[int, int], int],
) -> None:
    @seed(19)
    @settings(
        max_examples=sample(25, 400),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        folder = tmp_path / str(next(_folders))
        folder.mkdir()
        stage = Stage(sandbox, sandbox.create_company("Acme GmbH", limits=None), folder, empty_ledger, clock)
        try:
            _compare(stage, data)
        finally:
            stage.close()

    try:
        check()
    finally:
        sandbox.set_clock()


def _compare(stage: Stage, data: st.DataObject) -> None:
    for supplier in FIELDS["supplier"]:
        stage.document(supplier=supplier)
    numbers = [row.company_uid for row in stage.gmi.companies() if row.company_uid]
    names = ACCOUNTS[: data.draw(st.integers(2, len(ACCOUNTS)))]
    fleet = Fleet(stage, {name: stage.exports(**data.draw(rules(numbers))) for name in names})
    for number in range(len(names)):
        fleet.is_planned(number)  # lists everything
    for name, *details in data.draw(_EVENTS):
        getattr(fleet, name)(*details)

    stage.back_up_ledger("copy")
    watch = stage.watch()
    own = fleet.plans(together=False)
    own_calls, own_documents = watch.calls["gmi.documents.list"], fleet.documents()
    own_marks = _marks(fleet)
    stage.ledger.close()
    stage.open_ledger("copy")
    before = _marks(fleet)
    watch = stage.watch()
    shared = fleet.plans(together=True)

    calls = watch.calls["gmi.documents.list"]
    event(f"{own_calls} calls become {calls}")
    assert fleet.documents() == own_documents
    for name in names:
        assert _due(shared[name]) == _due(own[name])
        assert shared[name].new == own[name].new
        assert shared[name].warnings == own[name].warnings
        # It sees some changes again.
        assert shared[name].done >= own[name].done
        assert shared[name].waiting >= own[name].waiting
    assert calls <= own_calls
    assert calls == own_calls or any(made.accounts > 1 for made in shared.values())
    marks = _marks(fleet)
    for name in names:
        assert before[name] <= marks[name]
        assert abs((marks[name] - own_marks[name]).total_seconds()) < 60


def _marks(fleet: Fleet) -> dict[str, Any]:
    return {name: fleet.stage.ledger.runs.watermark(name, "export").listed_at for name in fleet.accounts}


def _due(made: Plan) -> Sequence[str]:
    return [entry.source_id for entry in made.due]
