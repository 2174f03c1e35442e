"""All endpoints of Debitoor that the sandbox answers (D 1, 8.5)."""

from __future__ import annotations

from debitoor_provider.sandbox import contract as c
from debitoor_provider.sandbox.debitoor import expenses, files, lookups, oauth, parties, sales
from debitoor_provider.sandbox.http import Operation

_EXPENSES = expenses.handlers(expenses.EXPENSES)
_EXPENSES_5 = expenses.handlers(expenses.EXPENSES_5)
_INCOME = expenses.handlers(expenses.INCOMES)
_SUPPLIERS = parties.handlers(parties.SUPPLIERS)
_CUSTOMERS = parties.handlers(parties.CUSTOMERS)

OPERATIONS = (
    Operation("debitoor.oauth.consent", "GET", c.AUTHORIZE, oauth.show_consent),
    Operation("debitoor.oauth.answer", "POST", c.AUTHORIZE, oauth.answer_consent),
    Operation("debitoor.oauth.exchange", "POST", c.ACCESS_TOKEN, oauth.exchange_code),
    Operation("debitoor.schemas.get", "GET", c.SCHEMA, lookups.get_schema),
    Operation("debitoor.environment", "GET", c.ENVIRONMENT, lookups.get_environment),
    Operation("debitoor.settings.get", "GET", c.SETTINGS, lookups.get_settings),
    Operation("debitoor.settings.replace", "PUT", c.SETTINGS, lookups.replace_settings),
    Operation("debitoor.files.create", "POST", c.FILES, files.create_file),
    Operation("debitoor.files.get", "GET", c.FILE, files.get_file),
    Operation("debitoor.files.thumbnails", "GET", c.FILE_THUMBNAILS, files.get_thumbnails),
    Operation("debitoor.expenses.list", "GET", c.EXPENSES, _EXPENSES["list"]),
    Operation("debitoor.expenses.create", "POST", c.EXPENSES, _EXPENSES["create"]),
    Operation("debitoor.expenses.get", "GET", c.EXPENSE, _EXPENSES["get"]),
    Operation("debitoor.expenses.replace", "PUT", c.EXPENSE, _EXPENSES["replace"]),
    Operation("debitoor.expenses.delete", "DELETE", c.EXPENSE, _EXPENSES["delete"]),
    Operation("debitoor.expenses.book", "POST", c.EXPENSE_BOOK, expenses.book_expense),
    Operation("debitoor.expenses_v5.list", "GET", c.EXPENSES_V5, _EXPENSES_5["list"]),
    Operation("debitoor.expenses_v5.create", "POST", c.EXPENSES_V5, _EXPENSES_5["create"]),
    Operation("debitoor.expenses_v5.get", "GET", c.EXPENSE_V5, _EXPENSES_5["get"]),
    Operation("debitoor.expenses_v5.replace", "PUT", c.EXPENSE_V5, _EXPENSES_5["replace"]),
    Operation("debitoor.expenses_v5.delete", "DELETE", c.EXPENSE_V5, _EXPENSES_5["delete"]),
    Operation("debitoor.categories.list", "GET", c.EXPENSE_CATEGORIES, lookups.list_categories),
    Operation("debitoor.suppliers.list", "GET", c.SUPPLIERS, _SUPPLIERS["list"]),
    Operation("debitoor.suppliers.create", "POST", c.SUPPLIERS, _SUPPLIERS["create"]),
    Operation("debitoor.suppliers.get", "GET", c.SUPPLIER, _SUPPLIERS["get"]),
    Operation("debitoor.suppliers.replace", "PUT", c.SUPPLIER, _SUPPLIERS["replace"]),
    Operation("debitoor.customers.list", "GET", c.CUSTOMERS, _CUSTOMERS["list"]),
    Operation("debitoor.customers.create", "POST", c.CUSTOMERS, _CUSTOMERS["create"]),
    Operation("debitoor.customers.get", "GET", c.CUSTOMER, _CUSTOMERS["get"]),
    Operation("debitoor.customers.replace", "PUT", c.CUSTOMER, _CUSTOMERS["replace"]),
    Operation("debitoor.customers.patch", "PATCH", c.CUSTOMER, _CUSTOMERS["patch"]),
    Operation("debitoor.invoices.list", "GET", c.INVOICES, sales.list_invoices),
    Operation("debitoor.invoices.get", "GET", c.INVOICE, sales.get_invoice),
    Operation("debitoor.invoices.pdf", "GET", c.INVOICE_PDF, sales.get_invoice_pdf),
    Operation("debitoor.credit_notes.list", "GET", c.CREDIT_NOTES, sales.list_credit_notes),
    Operation("debitoor.credit_notes.get", "GET", c.CREDIT_NOTE, sales.get_credit_note),
    Operation("debitoor.credit_notes.pdf", "GET", c.CREDIT_NOTE_PDF, sales.get_credit_note_pdf),
    Operation("debitoor.income.list", "GET", c.INCOME, _INCOME["list"]),
    Operation("debitoor.income.create", "POST", c.INCOME, _INCOME["create"]),
    Operation("debitoor.income.get", "GET", c.INCOME_ITEM, _INCOME["get"]),
    Operation("debitoor.income.replace", "PUT", c.INCOME_ITEM, _INCOME["replace"]),
    Operation("debitoor.income.delete", "DELETE", c.INCOME_ITEM, _INCOME["delete"]),
    Operation("debitoor.tax_rates.get", "GET", c.PURCHASE_TAXRATES, lookups.get_tax_rates),
    Operation("debitoor.payment_accounts.list", "GET", c.PAYMENT_ACCOUNTS, lookups.list_payment_accounts),
    Operation("debitoor.payment_accounts.payments", "GET", c.PAYMENT_ACCOUNT_PAYMENTS, lookups.list_account_rows),
    Operation(
        "debitoor.payment_accounts.transactions", "GET", c.PAYMENT_ACCOUNT_TRANSACTIONS, lookups.list_account_rows
    ),
    Operation("debitoor.payment_terms.list", "GET", c.PAYMENT_TERMS, lookups.list_payment_terms),
    Operation("debitoor.countries.list", "GET", c.COUNTRIES, lookups.list_countries),
    Operation("debitoor.countries.list", "GET", c.COUNTRIES_IN, lookups.list_countries),
)

# Without a token: the consent of a person, the exchange of the code and the schemas (D 3.3).
PUBLIC = frozenset(
    {"debitoor.oauth.consent", "debitoor.oauth.answer", "debitoor.oauth.exchange", "debitoor.schemas.get"}
)
