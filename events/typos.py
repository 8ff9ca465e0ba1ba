"""Common slips in e-mail addresses: a suggestion, never a refusal."""

import difflib

COMMON = [
    "gmail.com", "hotmail.com", "outlook.com", "icloud.com", "yahoo.com", "live.com", "luukku.com",
    "kolumbus.fi", "elisanet.fi", "saunalahti.fi", "netti.fi", "turku.fi", "abo.fi", "utu.fi", "helsinki.fi",
    "hel.fi", "tampere.fi", "espoo.fi", "vantaa.fi", "varha.fi", "ely-keskus.fi", "gov.fi", "redcross.fi", "migri.fi",
]  # fmt: skip
ENDINGS = {"fii": "fi", "if": "fi", "con": "com", "cmo": "com", "comm": "com", "ocm": "com", "fj": "fi"}
ALIKE = 0.85

# The commonest slips, for the page's script to notice while one types.
SLIPS = {
    "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmail.fi": "gmail.com", "gmail.con": "gmail.com",
    "gamil.com": "gmail.com", "gmaill.com": "gmail.com", "hotmial.com": "hotmail.com", "hotmal.com": "hotmail.com",
    "hotmail.con": "hotmail.com", "outlok.com": "outlook.com", "outlook.con": "outlook.com", "trku.fi": "turku.fi",
    "helsinki.if": "helsinki.fi", "icloud.con": "icloud.com", "yahoo.con": "yahoo.com",
}  # fmt: skip


def suggestion(email: str) -> str:
    """The address that was probably meant, or nothing: anna@gmial.com → anna@gmail.com."""
    name, _, domain = email.rpartition("@")
    domain = domain.lower()
    if domain in SLIPS:
        return f"{name}@{SLIPS[domain]}"
    host, _, ending = domain.rpartition(".")
    mended = f"{host}.{ENDINGS[ending]}" if ending in ENDINGS else domain
    close = difflib.get_close_matches(mended, COMMON, n=1, cutoff=ALIKE)
    better = close[0] if close and mended not in COMMON else mended
    return f"{name}@{better}" if name and better != domain else ""
