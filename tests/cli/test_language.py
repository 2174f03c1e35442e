from __future__ import annotations

from argparse import Namespace

import pytest

from debitoor_provider.cli.language import reader_of
from debitoor_provider.messages import LOG, Reader


def test_a_command_writes_in_the_language_that_it_names():
    assert reader_of(Namespace(language="fr")) == Reader("fr", figures=True)


@pytest.mark.parametrize(("language", "output"), [("fr", "json"), ("fr", "plain"), ("fr", "csv"), ("en", "table")])
def test_what_programs_read_and_english_keep_the_form_of_amounts_and_dates(language, output):
    assert not reader_of(Namespace(language=language, output=output)).localizes


@pytest.mark.parametrize(
    ("variables", "reader"),
    [
        ({"LANG": "da_DK.UTF-8"}, Reader("da", figures=True)),
        ({"LANG": "da_DK.UTF-8", "LC_MESSAGES": "de_DE"}, Reader("de", figures=True)),
        ({"LANG": "de_DE", "LC_ALL": "C"}, LOG),
        ({"LANG": "pt_BR.UTF-8"}, LOG),
        ({}, LOG),
    ],
)
def test_without_one_the_terminal_decides(variables, reader, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert reader_of(Namespace(language=None)) == reader


def test_a_language_without_sentences_is_refused_in_that_of_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    with pytest.raises(SystemExit) as end:
        reader_of(Namespace(language="xx"))
    assert end.value.code == 2
    assert capsys.readouterr().err.endswith(
        "pas de textes en «\N{NO-BREAK SPACE}xx\N{NO-BREAK SPACE}». "
        "Langues possibles\N{NO-BREAK SPACE}: en, da, de, fr.\n"
    )
