"""Invented suppliers in several countries, some with names that break naive software."""

from __future__ import annotations

from typing import NamedTuple


class Supplier(NamedTuple):
    """A company that sends invoices."""

    name: str
    country: str
    currency: str = "EUR"
    goods: tuple[str, ...] = ("Services", "Materials", "Delivery")


SUPPLIERS = (
    Supplier("Lieferant & Söhne GmbH", "DE", goods=("Kopierpapier", "Ordner", "Toner")),
    Supplier("Müßiggang Bürobedarf e.K.", "DE", goods=("Stühle", "Tische")),
    Supplier("Stadtwerke Musterstadt", "DE", goods=("Strom", "Wasser")),
    Supplier("Buchhandlung Blattwerk", "DE", goods=("Fachbücher", "Zeitschriften", "Versand")),
    Supplier("Gasthaus Zur Linde", "DE", goods=("Bewirtung", "Getränke", "Übernachtung")),
    Supplier("Example Cloud Hosting", "IE", goods=("Servers", "Storage", "Support")),
    Supplier("Société Générale des Moulins", "FR", goods=("Farine", "Livraison")),
    Supplier("Österreichische Werkzeugfabrik AG", "AT", goods=("Bohrer", "Sägen")),
    Supplier("Ægir Fiskeri ApS", "DK", "DKK", ("Fisk", "Fragt")),
    Supplier("Łódzkie Zakłady Sp. z o.o.", "PL", "PLN", ("Usługi", "Części")),
    Supplier("Northwind Traders Inc.", "US", "USD", ("Licences", "Consulting")),
    Supplier("Alpen Käse GmbH", "CH", "CHF", ("Käse", "Transport")),
    Supplier("Thames Stationery Ltd", "GB", "GBP", ("Paper", "Pens")),
)

HOSTILE = (
    Supplier("Slash/Backslash\\Colon: GmbH", "DE"),
    Supplier("Versicherungsverein\nMusterstadt a.G.", "DE"),
    Supplier("Cafe\u0301 Combining\u0308 Ltd", "DE"),
    Supplier("Rocket \U0001f680 Supplies \U0001f468\u200d\U0001f469\u200d\U0001f467", "NL"),
    Supplier("شركة المثال للتجارة", "DE"),
    Supplier("\u202eHbmG tröwkcüR", "DE"),
    Supplier('<script>alert("x")</script> & "Sons"', "DE"),
    Supplier("=HYPERLINK(0) AG", "DE"),
    Supplier("  Blanks   around   ", "DE"),
    Supplier("Donaudampfschifffahrtsgesellschaft" * 6, "AT"),
    Supplier("..", "DE"),
)
HOSTILE_FILES = (
    "Rechnung 05/2026 für März.pdf",
    "a\nb.pdf",
    "Cafe\u0301.pdf",
    "\U0001f9fe quittung.pdf",
    "فاتورة.pdf",
    "..\\..\\etc\\passwd.pdf",
    "x" * 240 + ".pdf",
    "CON.PDF",
    '"quoted"; rm -rf.pdf',
)
CUSTOMERS = (
    ("Kundin Käthe Köhler", "DE"),
    ("Beispiel Handels GmbH", "DE"),
    ("Contoso A/S", "DK"),
    ("Fabrikam Inc.", "US"),
    ("L'Atelier d'Élodie", "FR"),
    ("O'Neill \U0001f33f & Sons", "IE"),
)
