"""The directions there are: one row for each, and the only place that lists them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pkgutil import resolve_name
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount
from debitoor_provider.sync.source_ids import DOCUMENT_UID, SALES_ID

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Mapping, Sequence

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.direction import Direction, ServiceClients, Side


@dataclass(frozen=True, slots=True)
class DirectionRow:
    """One direction.

    :param settings: the model of its account files
    :param implementation: ``module:class`` of the :class:`~debitoor_provider.sync.steps.direction.Direction`
    :param hooks: ``module:class`` of the hook for each service, by the name of its connection in the account file
    :param source: the service that documents come from
    :param source_title: its name as people know it
    :param target_title: the name of the service that documents go to
    :param task_id: of the task that moves documents
    :param operator: ``module:class`` of that task
    :param renames: whether file names are decided in a task of their own
    :param archives: whether the source can archive what was moved
    :param options: names of options in Airflow's ``[debitoor]`` section that the implementation is given
    :param files: ``module:function`` that is given an account and these options, and returns which files among them
        the account needs, but cannot be read
    :param source_id: what the id of a document at the source looks like
    :param source_id_example: for people who mistyped one
    :param records: what the records are called at each side, for lineage
    :param record_pages: by side, the connection and its field with the web address of the records there
    :param choices: by the reason of a held document, whose figures a person may choose
    :param open_choices: by the outcome of a document's e-invoice, the reason for which the document would be held
    :param corrections: by the reason for which a document does not go, what a person may state about it
    :param correction_errors: the reasons that only a person's own statements can cause
    """

    settings: type[Account]
    implementation: str
    hooks: Mapping[str, str]
    source: str
    source_title: str
    target_title: str
    task_id: str
    operator: str
    renames: bool
    archives: bool
    source_id: re.Pattern[str]
    source_id_example: str
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open_choices: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    correction_errors: Collection[str] = ()
    options: Collection[str] = ()
    files: str = ""
    records: Mapping[Side, str] = field(default_factory=dict)
    record_pages: Mapping[Side, tuple[str, str]] = field(default_factory=dict)

    def questions(self, entry: Entry, figures: str) -> Sequence[str]:
        """Return the questions about a document that a person may answer now with these figures.

        That is the one for which it is held. Where something else keeps it back, such as a target that has refused it,
        those are that a person has answered before, or would be asked: the other figures may be what helps.

        :param figures: ``invoice`` or ``record``
        """
        from debitoor_provider.sync.contradictions import lacks_amount
        from debitoor_provider.sync.ledger import ATTENTION, read_choices

        if entry.state not in ATTENTION or (figures == "record" and lacks_amount(entry.message)):
            return ()
        answered = [*read_choices(entry.choice), self.open_choices.get(entry.invoice, "")]
        asked = [entry.reason_code] if entry.reason_code in self.choices else dict.fromkeys(answered)
        return [question for question in asked if figures in self.choices.get(question, ())]

    def correctable(self, entry: Entry) -> Sequence[str]:
        """Return what a person may state about a document in place of its record; first what its reason asks for."""
        from debitoor_provider.sync.ledger import OPEN, State, read_choices

        asked = self.corrections.get(entry.reason_code, ())
        already = read_choices(entry.corrections)
        if entry.state not in OPEN or not (asked or already or entry.state is State.PLANNED):
            return ()
        every = [name for names in self.corrections.values() for name in names]
        return list(dict.fromkeys([*asked, *already, *every]))

    @property
    def title(self) -> str:
        """From where to where, e.g. ``GetMyInvoices → Debitoor``."""
        return f"{self.source_title} → {self.target_title}"

    def open(
        self, account: Account, services: ServiceClients, configured: Mapping[str, str] = MappingProxyType({})
    ) -> Direction[Any]:
        """Return the direction of an account.

        :param services: returns the client of a service by its name
        :param configured: options of Airflow's ``[debitoor]`` section, by name
        """
        options = {name: configured[name] for name in self.options if name in configured}
        direction: Direction[Any] = resolve_name(self.implementation)(account, services, **options)
        return direction


_HOOKS = {
    "getmyinvoices": "debitoor_provider.hooks.getmyinvoices:GetMyInvoicesHook",
    "debitoor": "debitoor_provider.hooks.debitoor:DebitoorHook",
}

DIRECTIONS: dict[str, DirectionRow] = {
    "export": DirectionRow(
        settings=ExportAccount,
        implementation="debitoor_provider.sync.export.direction:ExportDirection",
        hooks=_HOOKS,
        source="getmyinvoices",
        source_title="GetMyInvoices",
        target_title="Debitoor",
        task_id="export",
        operator="debitoor_provider.operators.export:DebitoorExportOperator",
        renames=True,
        archives=True,
        source_id=DOCUMENT_UID,
        source_id_example="4711",
        choices={
            "invoice_contradicts": ("invoice", "record"),
            "invoice_not_vat": ("record",),
            "invoice_other_kind": ("record",),
            "invoice_not_payable": ("record",),
            "invoice_of_own_company": ("record",),
            "unproven_contradicts": ("record",),
            "odd_exchange_rate": ("invoice", "record"),
            "invoice_reverse_charge": ("record",),
            "invoice_partly_owed": ("record",),
            "invoice_not_owed": ("record",),
        },
        open_choices={"contradicts": "invoice_contradicts"},
        corrections={
            "no_date": ("date",),
            "date_unreadable": ("date",),
            "period_by_invoice": ("date",),
            "odd_date": ("date",),
            "date_far": ("date",),
            "no_currency": ("currency",),
            "currency_unknown": ("currency",),
            "foreign_currency": ("exchange_rate", "currency"),
            "no_rate": ("exchange_rate", "currency"),
            "no_rate_yet": ("exchange_rate",),
            "odd_exchange_rate": ("exchange_rate",),
            "net_alone": ("tax",),
            "no_amount": ("tax",),
            "zero_amount": ("tax",),
            "gross_unreadable": ("tax",),
            "gross_beside_invoice": ("tax",),
            "no_tax_rate": ("tax",),
            "rates_unreadable": ("tax",),
            "net_unreadable": ("tax",),
            "too_many_rates": ("tax",),
            "figures_disagree": ("tax",),
            "items_disagree": ("tax",),
            "no_net_amount": ("tax",),
            "odd_rate": ("tax",),
            "two_rates": ("tax",),
            "unproven_contradicts": ("tax",),
            "rate_unknown": ("tax",),
            "tax_not_total": ("tax",),
            "tax_not_net": ("tax",),
            "foreign_tax": ("supply", "tax"),
            "no_country": ("supply",),
            "country_unknown": ("supply",),
            "country_unclear": ("supply",),
            "northern_ireland": ("supply",),
            "outlying_territory": ("supply",),
            "mainland": ("supply",),
            "reverse_charge": ("supply",),
            "stated_eu_without_rule": ("supply",),
            "stated_eu_without_country": ("supply",),
            "stated_eu_taxed": ("supply", "tax"),
            "stated_rate_unused": ("exchange_rate", "currency"),
            "entered_rate_odd": ("exchange_rate", "currency"),
        },
        correction_errors=(
            "tax_not_total",
            "tax_not_net",
            "stated_eu_without_rule",
            "stated_eu_without_country",
            "stated_eu_taxed",
            "stated_rate_unused",
            "entered_rate_odd",
        ),
        options=("ecb_rates",),
        files="debitoor_provider.sync.export.exchange_rates:unusable_files",
        records={"source": "documents", "target": "expenses"},
        record_pages={"source": ("getmyinvoices", "web_url"), "target": ("debitoor", "web_url")},
    ),
    "import": DirectionRow(
        settings=ImportAccount,
        implementation="debitoor_provider.sync.import_.direction:ImportDirection",
        hooks=_HOOKS,
        source="debitoor",
        source_title="Debitoor",
        target_title="GetMyInvoices",
        task_id="import",
        operator="debitoor_provider.operators.import_:DebitoorImportOperator",
        renames=False,
        archives=False,
        source_id=SALES_ID,
        source_id_example="59f0c1d2e3a4b5c6d7e8f901",
        records={"source": "sales_documents", "target": "documents"},
        record_pages={"source": ("debitoor", "sales_web_url"), "target": ("getmyinvoices", "web_url")},
    ),
}
"""By the ``type`` of an account file."""


def row_of(account: Account) -> DirectionRow:
    """Return the row of an account's direction."""
    return DIRECTIONS[account.type]


def title_of(direction: str) -> str:
    """Return from where to where a direction leads; its name when the table does not have it any more."""
    return DIRECTIONS[direction].title if direction in DIRECTIONS else direction
