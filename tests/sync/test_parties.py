"""Names of suppliers as real libraries would confuse them (RapidFuzz 3.14, cleanco 2.3)."""

from __future__ import annotations

import pytest

from debitoor_provider.sync.parties import same_first_words, same_party


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH", "MÜLLER GMBH"),
        ("Müller GmbH", "Mueller GmbH"),
        ("Müller GmbH", "Muller"),
        ("Ørsted A/S", "Orsted"),
        ("Ørsted A/S", "Oersted A/S"),
        ("Société Générale SA", "SOCIETE GENERALE"),
        ("Papier & Mehr GmbH & Co. KG", "PAPIER & MEHR GmbH"),
        ("Anna Berg", "Berg, Anna"),
        ("Stadtwerke Musterstadt", "Stadtwerke Musterstadtt"),
        ("A/S", "a/s"),
    ],
)
def test_spelling_legal_form_and_order_of_words_make_no_difference(one: str, other: str) -> None:
    assert same_party(one, other)
    assert same_party(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MULTI GMBH", "MÜLLER GMBH"),
        ("Ørsted A/S", "Danfoss A/S"),
        ("AB Volvo", "AB Electrolux"),
        ("Amazon EU S.à r.l.", "Apple Distribution"),
        ("", ""),
        ("", "Müller GmbH"),
        ("Müller GmbH", "GmbH"),
    ],
)
def test_a_common_legal_form_makes_no_common_supplier(one: str, other: str) -> None:
    assert not same_party(one, other)
    assert not same_party(other, one)


@pytest.mark.parametrize(
    "form",
    [
        "UG (haftungsbeschränkt)",
        "UG (haftungsbeschraenkt)",
        "UG",
        "UG (haftungsbeschränkt) & Co. KG",
        "gUG (haftungsbeschränkt)",
        "gGmbH",
        "mbH",
        "Ges.m.b.H.",
        "Gesellschaft m.b.H.",
        "GmbH & Co. KGaA",
        "GmbH und Co. KG",
        "SE & Co. KGaA",
        "AG & Co. KG",
        "GmbH i. L.",
        "GmbH in Liquidation",
        "PartG mbB",
        "e.K.",
        "e. Kfm.",
        "eGbR",
        "S.à r.l.",
        "Sàrl",
        "S.L.U.",
        "IVS",
        "DAC",
        "CLG",
    ],
)
def test_legal_forms_that_cleanco_leaves_are_left_out_too(form: str) -> None:
    assert same_party(f"Nordlicht {form}", "Nordlicht")
    assert same_party(f"Nordlicht {form.upper()}", "Nordlicht GmbH")
    assert not same_party(f"Nordlicht {form}", f"Seestern {form}")
    assert not same_party(form, f"Nordlicht {form}")


def test_a_name_that_cleanco_takes_for_a_legal_form_stays() -> None:
    assert same_party("Coop A/S", "Coop")
    assert same_party("Spa GmbH", "SPA")
    assert not same_party("Coop A/S", "Spa A/S")
    assert not same_party("Anna Ek", "Anna Co")


def test_a_name_may_begin_with_the_whole_of_another() -> None:
    assert same_first_words("Amazon", "Amazon EU S.à r.l.")
    assert same_first_words("Google Ireland Limited", "Google")
    assert not same_first_words("EU Amazon", "Amazon")
    assert not same_first_words("", "Amazon")
