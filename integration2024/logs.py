"""Logs without usable links: what stands in an address of a personal page opens that page."""

import logging
import re
from typing import Any

LINK = re.compile(r"/(r|p|s|b|w|my|with|colleague|place)/[^/\s]+")


class MaskLinks(logging.Filter):
    """Puts dots in the place of the secret part of personal links, in the message and its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, masked."""
        record.msg = mask(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(mask(argument) for argument in record.args)
        return True


def mask(value: Any) -> Any:
    """/fi/r/7-1.Qx…/change/ becomes /fi/r/…/change/."""
    return LINK.sub(r"/\1/…", value) if isinstance(value, str) else value
