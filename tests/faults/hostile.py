"""What somebody types who means harm, or whose keyboard is a cat's."""

import random
from collections.abc import Sequence

MARK = "zqx"  # in every hostile text, so that it is found again

# For what ends up in pages, mails, documents and files: each would do something where it is not inert.
TEXTS = {
    "html": f"<script>alert('{MARK}')</script><img src=x onerror=alert(1)>\"'><b>{MARK}</b>",
    "entity": f"&lt;script&gt;{MARK}&amp;amp;",
    "template": f"{{{{ 7|add:7 }}}}{{% now 'Y' %}}${{7*7}}%(name)s{{0.__class__}} {MARK}",
    "placeholder": f"%(first_name)s %s %d {{link}} {{{{personal}}}} [[personal]] {MARK}",
    "header": f"{MARK}\r\nBcc: everybody@evil.example\r\n\r\nHello",
    "formula": f'=HYPERLINK("http://evil.example/{MARK}";"x")',
    "minus": f"-2+3+cmd|' /C calc'!A0 {MARK}",
    "at": f"@SUM(1+1)*cmd|' /C calc'!A0 {MARK}",
    "plus": f"+358 {MARK}",
    "tab": f"\t=1+1 {MARK}",
    "calendar": f"{MARK}\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\nSUMMARY:evil;,\\n",
    "file": f'file:///etc/passwd <img src="file:///etc/passwd"> url(file:///etc/passwd) {MARK}',
    "http": f"<link rel=stylesheet href=http://127.0.0.1:PORT/{MARK}> http://127.0.0.1:PORT/{MARK}",
    "css": f"</style><style>@import url(http://127.0.0.1:PORT/{MARK})</style>",
    "markdown": f"[{MARK}](javascript:alert(1)) ![x](http://127.0.0.1:PORT/{MARK}) # {MARK} **b**",
    "xml": f']]><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e; <![CDATA[ {MARK}',
    "bidi": f"{MARK}\u202egnp.exe\u202c",
    "invisible": f"{MARK}\u200b\u2060\ufeff\u00ad",
    "combining": "Z" + "\u0335\u0336\u0489" * 30 + MARK,
    "long": MARK + "å" * 10_000,
    "scripts": f"مريم سلیمانی Անի ሰላም 李小龍 {MARK} 👩‍👩‍👧",
}

# For what is fed to addresses: nothing of it needs to be text at all.
BYTES: Sequence[bytes] = [
    *(text.encode() for text in TEXTS.values()),
    b"", b" ", b"0", b"-1", b"1", b"2", b"999999999", b"2147483648", b"9223372036854775807", b"9223372036854775808",
    b"9" * 400, b"9" * 5000, b"1e400", b"1.5", b"-0", b"NaN", b"inf", b"0x10", "٣".encode(), "²".encode(), b"1_000",
    b"\x00",
    b"a\x00b", b"\xff\xfe", b"\xed\xa0\x80", b"%00", b"%", b"../../etc/passwd", b"..%2f", b"' OR 1=1 --", b"\\",
    b"%s%n",
    b"null", b"None", b"true", b"on", b"[]", b"{}", b"[1,2", b'{"a": 1}', b"1,2,3", b"1-2", b"up-1", b"up-", b"-",
    b"up-99999999999999999999", b"1:2", b"1:2:3", b"a@b", b"a@b.example", b'"a b"@example.example',
    b"a" * 65 + b"@x.example",
    b"2024-11-14", b"2024-02-30", b"0000-00-00", b"0001-01-01", b"9999-12-31", b"99999-01-01", b"2024-03-31T03:30",
    b"2024-10-27T03:30", b"2024-10-27 03:30", b"14.11.2024", b"24:00", b"03:30", b"99:99", b"0001-01-01T00:00",
    b"9999-12-31T23:59", b"00000000-0000-0000-0000-000000000000", b"programme", b"fi", b"sv", b"xx", b"zh-hans", b"csv",
    b"javascript:alert(1)", b"//evil.example/", b"https://evil.example/", b"/fi/", b"\n", b"\r\n", b"a\nb", b"=1+1",
    "\u202e".encode(), "\ufffd\uffff".encode(), "\U0010ffff".encode(), "😀".encode() * 50, b"x" * 100_000,
    b"delete_selected",
    b"accept", b"reject", b"decide_accept", b"_popup", b"__all__", b"id__exact", b"*" * 3000, b"(" * 300, b"[" * 300,
]  # fmt: skip

FILES: Sequence[tuple[str, str, bytes]] = [
    ("a.png", "image/png", b""),
    ("a.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("a.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40),
    ("a.gif", "image/gif", b"GIF89a\xff\xff\xff\xff\x80\x00\x00"),
    ("../../a.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + b"\x00" * 100),
    ("a\x00.pdf", "application/pdf", b"%PDF-1.7\n%%EOF"),
    ("a.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\ntrailer<</Root 1 0 R>>"),
    ("a" * 500 + ".pdf", "application/pdf", b"%PDF-"),
    ("a.xlsx", "application/octet-stream", b"PK\x03\x04" + b"\x00" * 50),
    ("=1+1.csv", "text/csv", b"a;b\n\xff\xfe"),
    ("x", "x/y; charset=\xff", b"\x00" * 10),
    ("", "", b"x"),
]  # fmt: skip


def word(chance: random.Random) -> bytes:
    """One of them, or noise, or two in a row."""
    kind = chance.random()
    if kind < 0.8:
        return chance.choice(BYTES)
    if kind < 0.9:
        return chance.randbytes(chance.randrange(1, 40))
    return (chance.choice(BYTES) + chance.choice(BYTES))[:2000]
