"""English words in what is to be French, German or Danish."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from debitoor_provider.get_provider_info import get_provider_info
from debitoor_provider.messages import words
from debitoor_provider.messages.catalogue import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"(?<![\w{.])[^\W\d_]{3,}(?![\w}])")
"""A word of a sentence; names of files, fields and placeholders are none."""
_PLACES = re.compile(r"\{[^}]*\}?\}|`[^`]*`")
_NAMES = re.compile(
    r"«[^«»]*»|„[^„“]*“|“[^“”]*”|»[^«»]*«|\"[^\"]*\""  # what is quoted is called so
    r"|airflow [a-z]+[^.;]*|pip install.*|(?<!\w)--[a-z-]+|\[[a-z_]+\] \w+"  # commands, options and settings
    r"|\w+(?:[._:/]\w+)+|<[^>]*>|\([a-z]+\)|\w+=\S+"
    r"|\b(?:Viewer|User|Op|Admin)\b"  # Airflow's roles
)
DATA = {
    "acme", "receipts", "sales", "invoices", "invoice", "every", "reason", "scan", "manual", "scheduled", "backfill",
    "books", "example", "run", "export", "import", "plan", "report", "archive", "rename", "gmi", "connection", "text",
    "unknown", "office", "software", "language", "follow",
}  # fmt: skip
"""Names of the demonstration, and of what Airflow itself shows."""
SENTENCES = {
    "and", "are", "after", "already", "because", "been", "before", "cannot", "choose", "does", "each", "enter", "from",
    "had", "has", "have", "into", "its", "not", "only", "once", "please", "should", "than", "that", "the", "their",
    "them", "there", "these", "they", "this", "those", "until", "was", "were", "what", "when", "where", "which", "who",
    "with", "without", "would", "you", "your",
}  # fmt: skip
"""Words without which there is hardly an English sentence; names of files and documents are none."""
LIBRARIES = {"field", "found", "input", "less", "required", "should", "string", "valid", "allowed", "error", "usage"}
"""Words of the errors of pydantic, FastAPI and argparse."""
MENUS = {
    "actions", "admin", "assets", "audit", "browse", "configuration", "connections", "dags", "home", "plugins", "pools",
    "providers", "roles", "security", "trigger", "users", "variables", "xcoms",
}  # fmt: skip
"""Words of Airflow's menus."""
SAME = {
    "airflow", "anna", "api", "argument", "bundle", "bundles", "client", "cron", "csv", "dag", "dansk", "debitoor",
    "debitoorplanoperator", "deutsch", "english", "eur", "euro", "eurofxref", "false", "format", "fragment",
    "français", "getmyinvoices", "gmbh", "http", "https", "iana", "ids", "iso", "json", "mail", "minimum", "ntp",
    "pdf", "pool", "pools", "port", "postgresql", "provider", "proxy", "redis", "scheduler", "secret", "secrets",
    "slackwebhook", "smtp", "sqlite", "terminal", "tmpdir", "true", "type", "url", "utc", "utf", "version",
    "virus", "webhook", "worker", "xml", "yaml", "yyyy",
}  # fmt: skip
"""Names, also of formats and of parts of Airflow, that no language translates."""
NAMED: dict[str, set[str]] = {
    "argument_account_id": {"account"},
    "argument_beside_settings": {"settings"},
    "argument_frequency": {"schedule"},
    "argument_no_settings": {"account", "settings"},
    "forms_text": {"lower", "upper"},
    "pacing_redis_url_invalid": {"password"},
    "pacing_store_unknown": {"memory"},
    "request_ids_or_fitting": {"fitting"},
    "start_comment_frequency": {"daily", "hourly", "hours", "monthly", "weekly"},
    "start_elsewhere": {"accounts"},
    **{f"unchanged_{state}": {"retry"} for state in ("moved", "archived", "held", "rejected", "send_again")},
    **{code: {"retry"} for code in ("check_differs", "check_not_there")},
}
"""Words that are names in one message alone: of an argument, a value, a folder or a command."""
COGNATES = {
    "fr": {
        "actions", "application", "base", "cause", "cent", "change", "charge", "chose", "code",
        "comment", "compare", "configuration", "confirmation", "correct", "date", "dates", "description",
        "document", "documents", "due", "expression", "images", "long", "machine", "maximum", "message",
        "messages", "minute", "minutes", "moment", "note", "notifications", "option", "page", "pages", "part",
        "pause", "permission", "place", "plans", "possible", "refuse", "scripts", "section", "service",
        "services", "session", "site", "source", "synchronisation", "synchronisations", "tables", "test",
        "types", "usage", "variables", "web", "workers",
    },
    "de": {
        "administrator", "also", "app", "backend", "browser", "cent", "charge", "code", "dags", "dictionary",
        "editor", "filter", "form", "gross", "hand", "host", "kib", "maximum", "mib", "minute", "moment",
        "name", "notifier", "operator", "option", "person", "portal", "private", "problem", "register", "rest",
        "reverse", "sandbox", "schema", "server", "stand", "status", "tab", "tag", "tags", "token", "tokens",
        "uploads", "was", "workflow",
    },
    "da": {  # and of Airflow's menus, which it has in English for Danes
        "administrator", "backend", "browser", "connections", "database", "date", "dictionary",
        "driver", "ecb", "editor", "end", "filter", "for", "form", "give", "have", "hold", "interval", "kib",
        "led", "link", "log", "logical", "login", "mib", "negative", "note", "over", "pause", "person",
        "portal", "positive", "problem", "processor", "redirect", "register", "roles", "scripts", "security",
        "send", "sender", "server", "set", "start", "status", "stop", "store", "tag", "tags", "test", "time",
        "token", "tokens", "under", "upload", "uploads",
    },
}  # fmt: skip
"""Words of each language that are English words, too."""


def words_in(text: str) -> set[str]:
    """Return the words of a text, in small letters."""
    return {word.casefold() for word in _WORD.findall(text)}


def texts_of(language: str) -> Iterator[tuple[str, str]]:
    """Return all that is said in a language, by the key of the word or the code of the message."""
    yield from words(language).items()
    for code, entry in entries(language).items():
        for part in entry.values():
            for text in part.values() if isinstance(part, dict) else [part]:
                yield code, _PLACES.sub(" ", text)


def spoken(text: str) -> set[str]:
    """Return the words of a text that are no names."""
    return words_in(_NAMES.sub(" ", text))


@cache
def english() -> frozenset[str]:
    """Return the English words that there are: of our own texts, of Airflow's menus and of the forms of connections."""
    own = {word for _, text in texts_of("en") for word in words_in(_PLACES.sub(" ", text))}
    labels = {word for label in _labels(get_provider_info()) for word in words_in(label)}
    return frozenset(own | labels | SENTENCES | LIBRARIES | MENUS)


def _labels(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (text for name, text in part.items() if name in {"label", "description"} and isinstance(text, str))
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _labels(one)


@cache
def english_only(language: str) -> frozenset[str]:
    """Return the English words that are no words of a language."""
    return frozenset(english() - SAME - COGNATES[language] - DATA)


def english_left(key: str, text: str, language: str) -> set[str]:
    """Return the English words of one of our own texts.

    :param key: of the word or the message
    """
    return (spoken(text) & english_only(language)) - NAMED.get(key, set())


def english_in(text: str, language: str, names: frozenset[str] = frozenset()) -> set[str]:
    """Return the English words of a text that is to be of another language.

    :param names: words that are names, of fields and values for instance
    """
    return (spoken(text) & english_only(language)) - set().union(*NAMED.values()) - names
