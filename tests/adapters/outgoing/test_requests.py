"""What may be in a request to a target that a user names, and what may not."""

import pytest

from adapters.outgoing.faults import TargetRefused
from adapters.outgoing.request import Request, check_headers, check_request, redirected, target_of
from adapters.outgoing.rules import Rules, read_ports

RULES = Rules()


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://example.com", "example.com", 443, b"/"),
        ("HTTP://EXAMPLE.com:8080/a b?c=ä#d", "example.com", 8080, b"/a%20b?c=%C3%A4"),
        ("https://bücher.example/", "xn--bcher-kva.example", 443, b"/"),
        ("https://[2606:4700::1111]/x", "2606:4700::1111", 443, b"/x"),
    ],
)
def test_a_url_is_taken_apart(url: str, host: str, port: int, path: bytes) -> None:
    target = target_of(url, RULES)

    assert (target.host, target.port, target.path) == (host, port, path)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.com/", "must begin with http:// or https://"),
        ("file:///etc/passwd", "must begin with http:// or https://"),
        ("//example.com/", "must begin with"),
        ("example.com", "must begin with"),
        ("", "must begin with"),
        ("http://", "must begin with"),
        ("http:///path", "must begin with"),
        ("https://user:secret@example.com/", "may not have a user or a password"),
        ("https://user@example.com/", "may not have a user or a password"),
        ("http://example.com:22/", "The port 22 is not allowed"),
        ("http://example.com:25/", "The port 25 is not allowed"),
        ("http://example.com:99999/", "The port 99999 is not allowed"),
        ("http://exa mple.com/", "must begin with"),
        ("http://example.com/\r\nX: y", "is no URL"),
        ("http://" + "a" * 4_096, "more than 4,096 characters"),
    ],
)
def test_what_is_no_target_is_refused(url: str, reason: str) -> None:
    with pytest.raises(TargetRefused, match=reason) as refused:
        check_request(Request("POST", url), RULES)

    assert refused.value.code == "BAD_REQUEST"
    assert "secret" not in refused.value.message


def test_the_method_is_one_of_a_few() -> None:
    for method in ("CONNECT", "TRACE", "get", "GET / HTTP/1.1\r\nX: y"):
        with pytest.raises(TargetRefused, match="The method must be one of GET, POST"):
            check_request(Request(method, "https://example.com/"), RULES)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Host": "other"}, "The header Host may not be set"),
        ({"content-length": "5"}, "may not be set"),
        ({"Transfer-Encoding": "chunked"}, "may not be set"),
        ({"Connection": "upgrade"}, "may not be set"),
        ({"Accept-Encoding": "gzip"}, "may not be set"),
        ({"Proxy-Authorization": "x"}, "may not be set"),
        ({"X": "a\r\nHost: b"}, "has characters that no header may have"),
        ({"X": "a\nb"}, "has characters"),
        ({"X": "a\x00"}, "has characters"),
        ({"X": "€"}, "has characters"),
        ({"X Y": "a"}, "is no name of a header"),
        ({"X:": "a"}, "is no name of a header"),
        ({"Host\n": "a"}, "is no name of a header"),
        ({"": "a"}, "is no name of a header"),
        ({f"X{index}": "" for index in range(51)}, "at most 50 headers"),
        ({"X": "a" * 16_384}, "at most 16,384 bytes"),
    ],
)
def test_headers_of_a_user_are_bounded(headers: dict[str, str], reason: str) -> None:
    with pytest.raises(TargetRefused, match=reason):
        check_headers(headers)


def test_other_headers_are_taken() -> None:
    check_headers({"Authorization": "Bearer x", "X-Name": "Jürgen\t", "webhook-id": ""})


@pytest.mark.parametrize(
    ("method", "status", "following"),
    [
        ("POST", 301, ("GET", b"")),
        ("POST", 302, ("GET", b"")),
        ("PUT", 302, ("PUT", b"x")),
        ("PUT", 303, ("GET", b"")),
        ("HEAD", 303, ("HEAD", b"")),
        ("POST", 307, ("POST", b"x")),
        ("POST", 308, ("POST", b"x")),
    ],
)
def test_a_redirect_is_followed_as_browsers_do(method: str, status: int, following: tuple[str, bytes]) -> None:
    request = Request(method, "https://a.example/x", {}, b"x", redirects=3)
    made, target = redirected(request, target_of(request.url, RULES), status, "../y?z", RULES)

    assert (made.method, made.body, made.redirects) == (*following, 2)
    assert target.url == "https://a.example/y?z"


def test_secrets_stay_with_the_server_that_they_are_for() -> None:
    headers = {"Authorization": "x", "X-Key": "y", "Content-Type": "text/plain"}
    request = Request("POST", "https://a.example/", headers)
    target = target_of(request.url, RULES)

    same, _ = redirected(request, target, 308, "https://a.example:443/other", RULES)
    for elsewhere in ("https://b.example/", "https://a.example:8443/"):
        other, _ = redirected(request, target, 308, elsewhere, RULES)
        assert other.headers == {"Content-Type": "text/plain"}
    assert same.headers == headers


@pytest.mark.parametrize(
    "location", ["http://a.example/", "file:///x", "https://u:p@a.example/", "https://a.example:22/"]
)
def test_a_redirect_is_looked_at_like_the_first_address(location: str) -> None:
    request = Request("GET", "https://a.example/")
    with pytest.raises(TargetRefused):
        redirected(request, target_of(request.url, RULES), 302, location, RULES)


def test_ports_are_read() -> None:
    assert read_ports(["80", "1024-1025"]) == (range(80, 81), range(1024, 1026))
    for text in ("0", "65536", "9-8", "x", "1-", "-1", "1-2-3", "²", ""):
        with pytest.raises(ValueError, match="is no port"):
            read_ports([text])
