from __future__ import annotations

import pytest

from debitoor_provider.services.http.origin import origin, site, spelled_origin

PLAIN = "https://api.example.com"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PLAIN, "HTTPS://API.Example.COM"),
        (PLAIN, "https://api.example.com/"),
        (PLAIN, "https://api.example.com:443/accounts/v3/"),
        (PLAIN, "https://api.example.com:0443"),
        (PLAIN, "https://api.example.com:"),
        (PLAIN, "https://api.example.com."),
        (PLAIN, "https://API.example.com.:443/"),
        (PLAIN, "https://\uff41\uff50\uff49.example.com"),
        ("http://localhost", "http://LOCALHOST:80"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://bücher.example", "https://BÜCHER.example."),
        ("https://bücher.example", "https://bu\u0308cher.example"),
        ("https://[::1]:8443", "https://[0:0:0:0:0:0:0:1]:8443"),
        ("https://[2001:db8::a]", "https://[2001:DB8:0:0::A]:443"),
    ],
)
def test_spellings_of_one_origin_are_equal(one: str, other: str) -> None:
    assert origin(one) == origin(other)
    assert site(one) == site(other)


@pytest.mark.parametrize(
    "other",
    [
        "http://api.example.com",
        "https://api.example.com:8443",
        "https://api.example.org",
        "https://example.com",
        "https://api.example.com..",
        "https://[::1",
        "https://api.example.com:port",
        "https://\u00fc\u3002\u3002.example",
        "https://[v1.x]",
        "",
    ],
)
def test_other_origins_differ(other: str) -> None:
    assert origin(other) != origin(PLAIN)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://api.example.com:443/x", "api.example.com"),
        ("http://API.example.com", "api.example.com"),
        ("http://api.example.com:443", "api.example.com:443"),
        ("null", ""),
        ("", ""),
        ("https://[::1", ""),
    ],
)
def test_a_site_is_host_and_port_without_a_default(url: str, text: str) -> None:
    assert site(url) == text


def test_usual_spellings_are_compared_as_in_earlier_versions() -> None:
    for url in (PLAIN, "HTTPS://API.Example.COM:443/", "http://127.0.0.1:8080", "http://localhost"):
        assert spelled_origin(url) == origin(url)
    assert spelled_origin("https://api.example.com.") == ("https", "api.example.com.", 443)
