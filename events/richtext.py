"""Rich text: Markdown that organisers write, as HTML that can do nothing but be read."""

from typing import Any

import markdown
import nh3
from django.utils.safestring import SafeString, mark_safe

TAGS = {
    "a", "blockquote", "br", "code", "dd", "dl", "dt", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {"a": {"href", "hreflang", "lang"}, "th": {"scope"}}
SCHEMES = {"https", "http", "mailto", "tel"}


def render(text: str) -> SafeString:
    """HTML from Markdown; headings begin at the second level, because the page's title is the first."""
    converter: Any = markdown.Markdown(extensions=["tables", "sane_lists", "def_list", "toc"], extension_configs=CONFIG)
    html = nh3.clean(converter.convert(text), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    return mark_safe(html)


CONFIG = {"toc": {"baselevel": 2, "marker": ""}}
