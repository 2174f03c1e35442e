from __future__ import annotations

import subprocess
import sys

from airflow.sdk import serde

from debitoor_provider.plugin import DebitoorPlugin
from debitoor_provider.runs import values
from debitoor_provider.services.debitoor import models as of_debitoor
from debitoor_provider.services.getmyinvoices import models as of_getmyinvoices
from debitoor_provider.services.value import Value


def test_they_are_the_records_of_both_services():
    records = [
        f"{module.__name__}.{found.__name__}"
        for module in (of_debitoor, of_getmyinvoices)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Value) and found is not Value
    ]
    assert set(records) == values.VALUES


def test_airflow_s_plugin_manager_allows_them_in_a_process_that_has_not_loaded_them():
    code = (
        "import sys; from airflow.sdk import serde; from airflow.sdk.plugins_manager import integrate_macros_plugins;"
        "integrate_macros_plugins();"
        "assert 'debitoor_provider.services.debitoor.models' not in sys.modules;"
        "stored = {'__classname__': 'debitoor_provider.services.getmyinvoices.models.Company', '__version__': 1,"
        "'__data__': {'company_uid': 1, 'name': 'Acme'}};"
        "print(serde.deserialize(stored).name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["Acme"], done.stderr[-2000:]


def test_without_the_set_of_this_airflow_its_public_function_is_used(monkeypatch):
    allowed: list[str] = []
    monkeypatch.delattr(serde, "_extra_allowed")
    monkeypatch.setattr(serde, "allow_class", lambda kind: allowed.append(f"{kind.__module__}.{kind.__name__}"))
    DebitoorPlugin.on_load()
    assert set(allowed) == values.VALUES
