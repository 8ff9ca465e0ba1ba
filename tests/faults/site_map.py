"""The site as an attacker maps it: every address of the resolver, every form on its pages, who may open them."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import URLPattern, URLResolver

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*\)")


class Address(NamedTuple):
    """An address of the resolver: its name, and its parts; every second part is the name of a placeholder."""

    name: str
    parts: tuple[str, ...]

    def path(self, values: Mapping[str, str]) -> str:
        """With the placeholders filled in; a token is that of the address's own kind."""
        found = [values.get(f"{self.name}:{part}", values.get(part, "1")) for part in self.parts[1::2]]
        return "".join(words for pair in zip(self.parts[::2], [*found, ""], strict=True) for words in pair)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Their names."""
        return self.parts[1::2]


def addresses(resolver: URLResolver, before: str = "/", namespace: str = "") -> Iterator[Address]:
    """All of them."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern).replace("^", "").replace("$", "")
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            plain = PLACEHOLDER.sub(lambda found: f"<{found[1] or found[2]}>", here)
            yield Address(f"{namespace}{entry.name}", tuple(re.split(r"<(\w+)>", plain.replace("\\", ""))))


class Form(NamedTuple):
    """A form as a browser would send it: where, how, and with what when nothing is changed."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.forms, self.links = address, list[dict[str, Any]](), set[str]()
        self._select, self._area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "a" and "href" in given:
            self.links.add(urljoin(self.address, given["href"]))
        if tag == "form":
            action = urljoin(self.address, given.get("action", ""))
            self.forms.append(
                {"action": action, "method": given.get("method", "get").lower(), "fields": [], "files": []}
            )
        if not self.forms:
            return
        fields = self.forms[-1]["fields"]
        if tag == "input" and name and given.get("type") == "file":
            self.forms[-1]["files"].append(name)
        elif tag in {"input", "button"} and name:
            fields.append((name, given.get("value", "on" if given.get("type") in {"checkbox", "radio"} else "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            fields.append((self._select, given.get("value", "")))
        elif tag == "textarea" and name:
            self._area = name
            fields.append((name, ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            name, value = self.forms[-1]["fields"][-1]
            self.forms[-1]["fields"][-1] = (name, value + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


class Page(NamedTuple):
    """What a page leads to."""

    forms: list[Form]
    links: set[str]


def read(client: Client, path: str) -> Page:
    """The forms of a page, if there is one, and its links within the site."""
    response = client.get(path)
    if response.status_code != 200 or not response.get("Content-Type", "").startswith("text/html"):
        return Page([], set())
    parser = _Forms(path)
    parser.feed(b"".join(response).decode())
    forms = [Form(form["action"], form["method"], tuple(form["fields"]), tuple(form["files"])) for form in parser.forms]
    return Page(forms, {link for link in parser.links if not urlsplit(link).netloc})
