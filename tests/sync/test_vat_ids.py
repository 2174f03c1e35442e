from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.sync.vat_ids import country_of, normal_form, same_id


@pytest.mark.parametrize(
    ("vat_id", "key", "country"),
    [
        ("DE136695976", "DE136695976", "DE"),
        ("de 136,695.976", "DE136695976", "DE"),
        ("DE123456789", "DE123456789", "DE"),  # a wrong check digit: plausible is all that a number can be
        ("FR12345678901", "FR12345678901", "FR"),
        ("ATU12345678", "ATU12345678", "AT"),
        ("GB999999973", "GB999999973", "GB"),
        ("EL123456789", "EL123456789", "GR"),
        ("CHE-123.456.789", "CHE123456789", "CH"),
        ("RO18547290", "RO18547290", "RO"),
        ("BE428759497", "BE0428759497", "BE"),  # before 2005 without its leading zero
        ("NL4495445B01", "NL004495445B01", "NL"),
        # Greece: EL is the prefix, GR the country
        ("EL094259216", "EL094259216", "GR"),
        ("GR 094259216", "EL094259216", "GR"),
        ("EL94259216", "EL094259216", "GR"),
        # a French key may itself be FR
        ("FRFR123456789", "FRFR123456789", "FR"),
        ("FRXX999999999", "FRXX999999999", "FR"),
        # branches
        ("GB980780684001", "GB980780684", "GB"),
        ("XI980780684001", "XI980780684", "XI"),
        ("XI 980 7806 84", "XI980780684", "XI"),
        ("UK 980780684", "GB980780684", "GB"),
        ("HU12892312-2-41", "HU12892312", "HU"),
        # old Irish forms
        ("IE8D79739I", "IE0797398I", "IE"),
        ("IE0797398I", "IE0797398I", "IE"),
        ("IE6433435OA", "IE6433435OA", "IE"),
        # neighbours
        ("CHE-107.787.577", "CHE107787577", "CH"),
        ("CHE-107.787.577 MWST", "CHE107787577", "CH"),
        ("NO 995 525 828 MVA", "NO995525828", "NO"),
        ("995525828MVA", "NO995525828", "NO"),
        ("NO995525828", "NO995525828", "NO"),
        # labels
        ("USt-IdNr.: DE 136695976", "DE136695976", "DE"),
        ("USt-ID DE136695976", "DE136695976", "DE"),
        ("VAT Reg No GB 980 7806 84", "GB980780684", "GB"),
        ("VAT ID: DE136695976", "DE136695976", "DE"),
        ("BTW NL004495445B01", "NL004495445B01", "NL"),
        ("TVA intracommunautaire FR 40303265045", "FR40303265045", "FR"),
        ("CVR-nr. 13585628", "DK13585628", "DK"),
        ("CVR-nr. DK13585628", "DK13585628", "DK"),
        ("P. IVA 00743110157", "IT00743110157", "IT"),
        ("NIP 856-734-62-15", "PL8567346215", "PL"),
        ("UID CHE-107.787.577", "CHE107787577", "CH"),
        # labels in other words, in brackets, and letters of full width
        ("N° TVA intracommunautaire : FR40303265045", "FR40303265045", "FR"),
        ("Nº TVA intracommunautaire: FR 40 303265045", "FR40303265045", "FR"),
        ("IČ DPH: SK 2020273893", "SK2020273893", "SK"),
        ("IdNr DE136695976", "DE136695976", "DE"),
        ("Adószám HU12892312-2-41", "HU12892312", "HU"),
        ("Numer VAT UE PL8567346215", "PL8567346215", "PL"),
        ("USt-IdNr. (DE 136695976)", "DE136695976", "DE"),
        ("\uff24\uff25\uff11\uff13\uff16\uff16\uff19\uff15\uff19\uff17\uff16", "DE136695976", "DE"),
    ],
)
def test_a_vat_number_has_one_form_and_a_country(vat_id: str, key: str, country: str) -> None:
    assert (normal_form(vat_id), country_of(vat_id)) == (key, country)
    assert normal_form(key) == key


@pytest.mark.parametrize(
    "text",
    [
        "EU372022452",  # the one-stop shop of sellers outside the Union: no country's number
        "EU3720224520",
        "IM3720000224",  # the import one-stop shop
        "US123456789",
        "123456789",
        "DEXXXXXXXX",
        "DE12",
        "AT12345678",
        "DETAILS OF 2026",
        "INDE136695976",  # a prefix begins a word
        "Order 12 of DE136695976",
        "Steuer-Nr. 22/815/0815/4",
        "VAT",
        "",
    ],
)
def test_other_texts_have_no_country(text: str) -> None:
    assert country_of(text) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("EL094259216", "gr 094 259 216", True),
        ("IE8D79739I", "IE0797398I", True),
        ("XI980780684001", "XI980780684", True),
        ("CHE-107.787.577 IVA", "CHE107787577", True),
        ("R-4711", " r-4711", True),  # whatever it is, it is written the same
        ("DE136695976", "DE136695977", False),
        ("XI980780684", "GB980780684", False),
        ("", "", False),
        (" ", "", False),
    ],
)
def test_numbers_are_compared_in_their_one_form(one: str, other: str, same: bool) -> None:
    assert same_id(one, other) is same_id(other, one) is same


@given(st.text() | st.from_regex(r"[A-Z]{2}[ .-]?[A-Z0-9]{2,14}", fullmatch=True))
def test_any_text_is_read_and_its_form_stays(text: str) -> None:
    key = normal_form(text)
    assert normal_form(key) == key
    assert country_of(key) == country_of(text)
    assert len(country_of(text)) in {0, 2}
