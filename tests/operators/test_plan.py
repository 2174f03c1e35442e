from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pendulum
import pytest
from airflow.sdk import DAG, BaseOperator, CronDataIntervalTimetable
from airflow.sdk.definitions.timetables.simple import NullTimetable
from airflow.sdk.exceptions import AirflowFailException, DownstreamTasksSkipped
from airflow.sdk.module_loading import import_string
from airflow.triggers.base import BaseTrigger

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.rename import DebitoorRenameOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.services.errors import CredentialsRefused, Misconfigured
from debitoor_provider.sync.account_files.files import find_account
from debitoor_provider.sync.accounts.settings import ExportAccount, digest
from debitoor_provider.sync.ledger import State

CHOSEN = pendulum.datetime(2026, 3, 31)
MORNING = pendulum.datetime(2026, 11, 30, 9)


def plan(account: str = "acme", **options: object) -> DebitoorPlanOperator:
    return DebitoorPlanOperator(task_id="plan", account=account, **options)


def planned(ledger) -> set[int]:
    return {int(entry.source_id) for entry in ledger.documents.entries(states={State.PLANNED})}


def test_new_documents_are_planned_and_counted(run, account, receipt, ledger):
    account(filter={"tags": {"none": ["private"]}})
    due = {receipt(), receipt()}
    receipt(tags=["private"])
    receipt(document_type="SALES_INVOICE")
    summary = run(plan())
    assert planned(ledger) == due
    assert (summary["due"], summary["new"], summary["already_there"], summary["waiting"]) == (2, 2, 0, 0)
    assert summary["left_out"] == {"tag_barred": 1, "document_type": 1}


def test_the_summary_is_small_and_holds_no_document(run, acme, account, receipt):
    account()
    receipt(supplier="Secret Supplier", note="confidential")
    text = json.dumps(run(plan()))
    assert len(text) < 200
    assert not {"Secret Supplier", "confidential", acme.gmi_api_key, acme.debitoor_token} & set(text.split('"'))


def test_settings_may_be_given_instead_of_a_file(run, acme, receipt):
    receipt()
    settings = ExportAccount.model_validate(
        {
            "type": "export",
            "name": "Ad hoc",
            "debitoor_id": acme.debitoor_email,
            "connections": {"getmyinvoices": "gmi", "debitoor": "debitoor"},
        }
    )
    assert run(plan("adhoc", settings=settings))["due"] == 1


def test_a_second_run_asks_only_for_what_is_new(run, sandbox, acme, account, receipt):
    account()
    receipt()
    run(plan())
    seen = sandbox.last_seq()
    run(plan())
    (call,) = sandbox.calls(since=seen, company=acme)
    assert "updated" in json.dumps(call, default=str)


class TestNothingToDo:
    @pytest.fixture
    def steps(self):
        with DAG("anybodys_dag"):
            first = plan()
            rename = DebitoorRenameOperator(task_id="rename", account="acme")
            export = DebitoorExportOperator(task_id="export", account="acme")
            archive = DebitoorArchiveOperator(task_id="archive", account="acme")
            report = DebitoorReportOperator(task_id="report", account="acme")
            first >> rename >> export >> archive >> report >> BaseOperator(task_id="tell_somebody")
        return first

    def test_the_steps_are_skipped_but_not_the_report_and_what_follows_it(self, context, account, steps):
        account()
        now = context()
        with pytest.raises(DownstreamTasksSkipped) as skipped:
            steps.execute(now)
        assert skipped.value.tasks == ["archive", "export", "rename"]
        assert now["ti"].pushed == {
            "return_value": {"due": 0, "new": 0, "already_there": 0, "waiting": 0, "left_out": {}}
        }

    def test_the_run_is_reported_on(self, context, account, steps, ledger):
        account()
        with pytest.raises(DownstreamTasksSkipped):
            steps.execute(context(run_id="r"))
        run = ledger.runs.get("anybodys_dag/r#acme")
        assert (run.verdict, run.counts, run.error) == ("success", {}, "")
        assert run.finished_at is not None

    def test_the_report_judges_what_a_cleared_run_did_before(self, run, context, account, receipt, steps):
        account()
        receipt(tax_rates=["7", "19", "0"])
        now = context(run_id="r")
        run(plan(), DebitoorExportOperator(task_id="export", account="acme"), within=now)
        assert steps.execute(now)["due"] == 0  # and skips nothing

    def test_a_document_that_waits_is_not_to_be_moved(self, context, account, receipt, steps):
        account(filter={"tags": {"all": ["books", "checked"]}})
        receipt(tags=["books"])
        now = context()
        with pytest.raises(DownstreamTasksSkipped):
            steps.execute(now)
        assert now["ti"].pushed["return_value"]["waiting"] == 1

    def test_an_unarchived_document_is_something_to_do(self, run, account, receipt, sandbox, steps):
        account(archive_after_transfer=True)
        receipt()
        run(plan(), DebitoorExportOperator(task_id="export", account="acme"))
        assert run(steps)["due"] == 0  # and does not raise

    def test_one_of_several_mapped_plans_skips_nothing(self, context, account, steps):
        account()
        assert steps.execute(context(map_index=0))["due"] == 0

    def test_alone_it_just_says_so(self, run, account):
        account()
        assert run(plan())["due"] == 0


class TestDryRun:
    @pytest.mark.parametrize("yes", [True, "True", "true", " 1 ", "yes", "on", "y", "T"])
    def test_it_shows_and_moves_nothing(self, run, acme, account, receipt, ledger, log, yes):
        account(rename="{company}_{document_number}")
        receipt(document_number="R-77", currency="USD")
        uid = receipt(supplier="[red]Hostile[/red]\n\u202egnp.exe", document_number="R-78")
        summary = run(plan(preview=yes))
        assert summary == {"dry_run": {"held": 1, "send": 1}, "e_invoices": {"unreadable": 2}}
        assert "nothing is moved" in log()
        assert str(uid) in log()
        assert "[red]Hostile[/red]" in log()
        assert "\u202e" not in log()
        assert (ledger.documents.entries(), acme.expenses(), acme.files()) == ([], [], [])
        assert ledger.runs.watermark("acme", "export").listed_at is None

    @pytest.mark.parametrize("no", [False, None, "", "False", "no", "0", "off", "None"])
    def test_it_is_for_those_who_ask(self, run, account, receipt, ledger, no):
        account()
        uid = receipt()
        run(plan(preview=no))
        assert planned(ledger) == {uid}

    @pytest.mark.parametrize("neither", ["ja", "oui", "2", 2, "tru", "yes please", "wahr"])
    def test_an_unclear_switch_is_refused_before_any_call(self, run, acme, account, receipt, ledger, neither):
        account()
        receipt()
        with pytest.raises(AirflowFailException, match="is neither true nor false"):
            run(plan(preview=neither))
        assert ledger.documents.entries() == []
        assert ledger.runs.watermark("acme", "export").listed_at is None

    def test_the_steps_after_it_are_skipped(self, context, account, receipt):
        account()
        receipt()
        with DAG("anybodys_dag"):
            first = plan(preview=True)
            first >> DebitoorExportOperator(task_id="export", account="acme")
        with pytest.raises(DownstreamTasksSkipped) as skipped:
            first.execute(context())
        assert skipped.value.tasks == ["export"]

    def test_airflow_keeps_its_own_dry_run(self):
        plan().dry_run()


class TestWindows:
    def test_a_period_from_the_trigger_form(self, run, account, receipt, ledger):
        account()
        receipt(document_date="2026-01-31")
        inside = {receipt(document_date="2026-02-01"), receipt(document_date="2026-02-28")}
        receipt(document_date="2026-03-01")
        run(plan(period_from="2026-02-01", period_to=" 2026-02-28 "))
        assert planned(ledger) == inside

    def test_it_stays_within_the_accounts_own_period(self, run, account, receipt, ledger):
        account(period={"from": "2026-02-01"})
        receipt(document_date="2026-01-15")
        inside = receipt(document_date="2026-02-15")
        run(plan(period_from="2026-01-01", period_to="2026-12-31"))
        assert planned(ledger) == {inside}

    def test_single_documents_from_the_trigger_form(self, run, account, receipt, ledger):
        account()
        one, _, three = receipt(), receipt(), receipt()
        run(plan(document_ids=f"{one}, {three},{one},"))
        assert planned(ledger) == {one, three}

    @pytest.mark.parametrize("form", [list, str, lambda ids: [str(id_) for id_ in ids]], ids=["ids", "text", "texts"])
    def test_what_a_sensor_returns_names_documents(self, run, account, receipt, ledger, form):
        account()
        one, _, three = receipt(), receipt(), receipt()
        run(plan(document_ids=form([one, three])))
        assert planned(ledger) == {one, three}
        run(plan(document_ids=one))

    def test_a_named_document_that_is_left_out_is_not_said_to_be_missing(self, run, context, account, receipt, ledger):
        account(period={"from": "2026-02-01"})
        early = receipt(document_date="2026-01-15")
        run(plan(document_ids=[early]), within=context(run_id="r"))
        assert ledger.runs.get("anybodys_dag/r#acme").warnings == ()

    def test_neither_moves_the_watermark(self, run, account, receipt, ledger):
        account()
        uid = receipt()
        run(plan(document_ids=str(uid)))
        run(plan(period_from="2026-01-01"))
        assert ledger.runs.watermark("acme", "export").listed_at is None

    def test_a_backfill_takes_its_data_interval(self, run, context, account, receipt, ledger):
        account(timezone="Europe/Berlin")
        receipt(document_date="2026-02-28")
        inside = receipt(document_date="2026-03-01")
        receipt(document_date="2026-03-02")
        interval = (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 1, 23, tzinfo=UTC))
        run(plan(), within=context("backfill", interval=interval))
        assert planned(ledger) == {inside}

    def test_a_run_triggered_with_an_interval_takes_the_documents_dated_in_it(
        self, run, context, account, receipt, ledger
    ):
        account(timezone="Europe/Berlin")
        receipt(document_date="2026-02-28")
        inside = receipt(document_date="2026-03-31")
        receipt(document_date="2026-04-01")
        march = (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
        run(plan(), within=context("manual", interval=march))
        assert planned(ledger) == {inside}
        run(plan(period_from="2026-03-01", period_to="2026-03-15"), within=context("manual", interval=march))
        assert planned(ledger) == {inside}

    def test_an_interval_in_which_no_day_begins_is_refused(self, run, context, account, ledger):
        account(timezone="UTC")
        hours = (datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC))
        with pytest.raises(Misconfigured, match="no day begins"):
            run(plan(), within=context("manual", interval=hours))

    def test_an_interval_of_the_schedule_has_the_days_of_its_backfill(self, run, context, account, receipt, ledger):
        account(timezone="Europe/Berlin", frequency="0 6 * * *")
        receipt(document_date="2026-03-01")
        inside = receipt(document_date="2026-03-02")
        since_six = (pendulum.datetime(2026, 3, 1, 5), pendulum.datetime(2026, 3, 2, 5))
        dag = SimpleNamespace(timetable=CronDataIntervalTimetable("0 6 * * *", timezone="Europe/Berlin"))
        run(plan(), within=context("manual", interval=since_six) | {"dag": dag})
        assert planned(ledger) == {inside}

    @pytest.mark.parametrize(
        ("interval", "chosen", "reason"),
        [
            (("2026-04-01", "2026-03-01"), {}, "ends .* before it begins"),
            (("2026-03-05", "2026-03-05"), {}, "no day begins"),
            (("2026-03-01", "2026-04-01"), {"period_from": "2026-05-01"}, "not all in the data interval"),
            (
                ("2026-03-01", "2026-04-01"),
                {"period_from": "2026-03-15", "period_to": "2026-04-15"},
                "not all in the data interval",
            ),
            (("2026-03-10", "2026-04-01"), {"period_from": "2026-03-01"}, "not all in the data interval"),
            (("2026-01-01", "2026-02-01"), {}, "documents dated 2026-03-01 or later"),
            (None, {"period_to": "2026-02-28"}, "documents dated 2026-03-01 or later"),
            (None, {"period_from": "2027-01-01", "period_to": "2027-01-31"}, "documents dated 2026-12-31 or earlier"),
        ],
    )
    def test_a_choice_that_contradicts_another_or_can_hold_nothing_says_so(
        self, run, context, sandbox, acme, account, receipt, interval, chosen, reason
    ):
        account(period={"from": "2026-03-01", "to": "2026-12-31"})
        receipt()
        seen = sandbox.last_seq()
        ends = tuple(datetime.fromisoformat(day).replace(tzinfo=UTC) for day in interval or ())
        with pytest.raises(Misconfigured, match=reason):
            run(plan(**chosen), within=context("manual", **({"interval": ends} if ends else {})))
        assert sandbox.calls(since=seen, company=acme) == []

    def test_an_interval_without_length_is_chosen_where_airflow_makes_none(self, run, context, account):
        account(timezone="UTC")
        midnight, timetable = pendulum.datetime(2026, 2, 12), CronDataIntervalTimetable("0 * * * *", timezone="UTC")
        within = context("manual", interval=(midnight, midnight)) | {"dag": SimpleNamespace(timetable=timetable)}
        within["dag_run"].logical_date, within["dag_run"].run_after = midnight, pendulum.datetime(2026, 11, 30, 9)
        with pytest.raises(Misconfigured, match="no day begins"):
            run(plan(), within=within)

    @pytest.mark.parametrize(
        ("run_after", "began", "cleared", "end"),
        [
            (MORNING, MORNING, 0, CHOSEN),  # by the API
            (MORNING, MORNING, 0, MORNING),  # by the command line, and by the operator of a DAG
            (MORNING, MORNING, 0, None),
            (CHOSEN, MORNING, 0, CHOSEN),  # by an operator that sets *run after* to it
            (CHOSEN, MORNING, 1, CHOSEN),
        ],
    )
    def test_a_logical_date_of_the_past_without_a_schedule_is_refused_if_no_period_is_chosen(
        self, run, context, sandbox, acme, account, receipt, ledger, run_after, began, cleared, end
    ):
        account()
        receipt()
        within = context("manual", interval=(end, end)) | {"dag": SimpleNamespace(timetable=NullTimetable())}
        dag_run = within["dag_run"]
        dag_run.logical_date, dag_run.run_after = CHOSEN, run_after
        dag_run.start_date, dag_run.clear_number = began, cleared
        seen = sandbox.last_seq()
        with pytest.raises(Misconfigured, match=r"logical date .* alone"):
            run(plan(), within=within)
        assert sandbox.calls(since=seen, company=acme) == []
        run(plan(period_from="2026-03-01"), within=within)
        assert len(planned(ledger)) == 1

    @pytest.mark.parametrize("cleared", [0, 1])
    def test_a_logical_date_of_the_moment_chooses_nothing_without_a_schedule_either(
        self, run, context, account, receipt, ledger, cleared
    ):
        """Airflow's form proposes it. A run that a DAG triggered may be cleared much later."""
        account()
        receipt()
        moment = CHOSEN.add(microseconds=4711)
        within = context("manual", interval=(moment, moment)) | {"dag": SimpleNamespace(timetable=NullTimetable())}
        dag_run = within["dag_run"]
        dag_run.logical_date = dag_run.run_after = moment
        dag_run.start_date, dag_run.clear_number = moment.add(days=30 * cleared), cleared
        run(plan(), within=within)
        assert len(planned(ledger)) == 1

    @pytest.mark.parametrize(
        ("logical_date", "is_chosen"),
        [
            (pendulum.datetime(2026, 3, 5), False),  # airflow dags trigger --logical-date
            (pendulum.datetime(2026, 11, 28, 23), True),  # by the API, with the interval's beginning
            (pendulum.datetime(2026, 11, 30, 5), True),  # earlier today
        ],
    )
    def test_a_logical_date_that_the_interval_is_not_made_of_is_not_passed_over(
        self, run, context, account, logical_date, is_chosen
    ):
        """By its command line, Airflow 3.3.2 makes the interval by the moment of triggering, by its API by the date."""
        account(timezone="Europe/Berlin", frequency="daily")
        yesterday = (pendulum.datetime(2026, 11, 28, 23), pendulum.datetime(2026, 11, 29, 23))
        within = context("manual", interval=yesterday)
        within["dag"] = SimpleNamespace(timetable=CronDataIntervalTimetable("0 0 * * *", timezone="Europe/Berlin"))
        within["dag_run"].logical_date, within["dag_run"].run_after = logical_date, pendulum.datetime(2026, 11, 30, 9)
        if is_chosen:
            run(plan(), within=within)
        else:
            with pytest.raises(Misconfigured, match="the last one before the moment of triggering"):
                run(plan(), within=within)

    @pytest.mark.parametrize(("began", "is_chosen"), [(1, False), (30, True)])
    def test_a_logical_date_of_the_past_that_a_dag_triggers_with_is_chosen(
        self, run, context, account, receipt, ledger, began, is_chosen
    ):
        """TriggerDagRunOperator sets *run after* to the logical date, whatever that is."""
        account(timezone="UTC", frequency="daily")
        inside, outside = receipt(document_date="2026-03-04"), receipt(document_date="2026-03-05")
        moment = pendulum.datetime(2026, 3, 5, 9)
        within = context("manual", interval=(pendulum.datetime(2026, 3, 4), pendulum.datetime(2026, 3, 5)))
        within["dag"] = SimpleNamespace(timetable=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"))
        dag_run = within["dag_run"]
        dag_run.logical_date = dag_run.run_after = moment
        dag_run.start_date = moment.add(hours=began)
        run(plan(), within=within)
        assert planned(ledger) == ({inside} if is_chosen else {inside, outside})

    def test_an_interval_of_a_backfill_outside_the_accounts_period_is_a_warning(self, run, context, account, ledger):
        account(period={"from": "2026-03-01"})
        january = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
        run(plan(), within=context("backfill", "b", interval=january))
        (warning,) = ledger.runs.get("anybodys_dag/b#acme").warnings
        assert warning.code == "period_before_account"

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("period_from", "31.01.2026"),
            ("period_to", "2026-02-30"),
            ("document_ids", "R-17"),
            ("document_ids", "../../companies"),
        ],
    )
    def test_an_invalid_period_or_document_fails_and_is_recorded(
        self, run, context, account, receipt, ledger, option, value
    ):
        account()
        receipt()
        with pytest.raises(Misconfigured, match="not"):
            run(plan(**{option: value}), within=context(run_id="r"))
        assert value in ledger.runs.get("anybodys_dag/r#acme").error
        assert ledger.documents.entries() == []


class TestMisconfiguration:
    def test_no_such_account(self, run, acme):
        with pytest.raises(Misconfigured, match="no such account file"):
            run(plan("nobody"))

    def test_a_broken_account_file(self, run, account):
        account(frequency="sometimes")
        with pytest.raises(Misconfigured, match=r"acme.yaml:1: frequency"):
            run(plan())

    def test_a_connection_that_is_not_there(self, run, context, account, ledger):
        account(connections={"getmyinvoices": "gmi_gone", "debitoor": "debitoor"})
        with pytest.raises(Misconfigured, match="no connection gmi_gone"):
            run(plan(), within=context(run_id="r"))
        assert "gmi_gone" in ledger.runs.get("anybodys_dag/r#acme").error

    def test_a_key_that_is_not_accepted(self, run, context, acme, account, ledger):
        account()
        acme.block_key()
        with pytest.raises(CredentialsRefused) as refused:
            run(plan(), within=context(run_id="r"))
        assert acme.gmi_api_key not in str(refused.value)
        assert str(ledger.runs.get("anybodys_dag/r#acme").message) == str(refused.value)


def test_everything_about_a_run_can_be_templated():
    assert set(DebitoorPlanOperator.template_fields) == {
        "account",
        "period_from",
        "period_to",
        "document_ids",
        "preview",
    }


class TestFromTheTriggerer:
    def test_the_scheduler_receives_only_names_and_plain_values(self, acme, account):
        account()
        settings = find_account(accounts_folder(), "acme").account
        folder = "/bundle/accounts"
        task = plan(period_from="{{ params.from }}", settings=settings, folder=folder, start_from_trigger=True)
        assert task.start_from_trigger
        arguments = task.start_trigger_args
        assert issubclass(import_string(arguments.trigger_cls), BaseTrigger)
        assert callable(getattr(task, arguments.next_method))
        assert arguments.trigger_kwargs == {
            "account": "acme",
            "period_from": "{{ params.from }}",
            "period_to": "",
            "document_ids": "",
            "preview": False,
            "folder": folder,
            "digest": digest(settings),
        }
        assert arguments.timeout

    def test_only_who_wants_it_starts_there(self):
        assert not plan().start_from_trigger

    def test_a_plan_that_was_made_is_not_made_again(self, context, sandbox, acme, account):
        account()
        seen = sandbox.last_seq()
        assert plan().resume_execution("go_on", {"event": {"due": 1}}, context()) == {"due": 1}
        assert sandbox.calls(since=seen, company=acme) == []

    @pytest.mark.parametrize(
        ("method", "arguments"),
        [
            ("go_on", {"event": None}),
            ("__fail__", {"error": "Trigger timeout"}),
            ("__fail__", {"error": "Trigger failure", "traceback": ["Traceback"]}),
        ],
    )
    def test_a_worker_makes_the_plan_that_the_triggerer_did_not(
        self, context, account, receipt, ledger, method, arguments
    ):
        account()
        uid = receipt()
        assert plan().resume_execution(method, arguments, context())["due"] == 1
        assert planned(ledger) == {uid}
