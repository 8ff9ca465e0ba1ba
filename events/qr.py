"""The badge's code and its QR symbol. The matrix is made once, at registration, and stored; images are made from it.

The only module that imports qrcode.
"""

import base64
import io
import secrets
from math import isqrt
from typing import Any

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

PREFIX = "I24-"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
RANDOM_LETTERS = 26  # five bits each: 130 bits
VERSION = 2  # 25 × 25 modules: 38 capital letters and digits at error correction M
MODE: Any = MODE_ALPHA_NUM  # a plain int to the package's types
MASK = 2  # always the same: trying all eight, as the standard proposes, takes eight times as long


def new_code() -> str:
    """A random code such as `I24-` and 26 letters; it says nothing of the person and opens no page."""
    return PREFIX + "".join(secrets.choice(BASE32) for _ in range(RANDOM_LETTERS))


def matrix(code: str) -> bytes:
    """The symbol's modules without a border: n × n bits row by row, dark = 1, highest bit first, end padded with 0.

    n is the whole square root of the number of bits (25 for version 2: 625 bits in 79 bytes). The code is at most 38
    of 0-9 A-Z space $ % * + - . / : — anything else raises ValueError, anything longer DataOverflowError.
    """
    symbol: Any = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    symbol.add_data(QRData(code, MODE), optimize=0)
    symbol.make(fit=False)
    return _packed(symbol)


def text_matrix(text: str) -> bytes:
    """The same for any text, such as an address: as large as it needs; over 2,331 bytes raise ValueError."""
    symbol: Any = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    symbol.add_data(text)
    symbol.make(fit=True)
    return _packed(symbol)


def _packed(symbol: Any) -> bytes:
    bits = "".join("1" if dark else "0" for row in symbol.get_matrix() for dark in row)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))


def size(modules: bytes) -> int:
    """How many modules a side of the matrix has."""
    return isqrt(len(modules) * 8)


def png(modules: bytes, *, scale: int = 1, border: int = 4) -> bytes:
    """A black and white PNG of one bit per pixel: `scale` pixels per module, a quiet zone of `border` modules."""
    side = size(modules)
    bits = f"{int.from_bytes(modules):0{len(modules) * 8}b}"[: side * side]
    symbol = Image.new("1", (side + 2 * border, side + 2 * border), 1)
    dark = Image.frombytes("L", (side, side), bits.translate({48: 255, 49: 0}).encode("latin-1")).convert(
        "1", dither=Image.Dither.NONE
    )
    symbol.paste(dark, (border, border))
    if scale > 1:
        symbol = symbol.resize((symbol.width * scale, symbol.height * scale), Image.Resampling.NEAREST)
    file = io.BytesIO()
    symbol.save(file, "PNG", optimize=True)
    return file.getvalue()


def data_uri(image: bytes) -> str:
    """The PNG as an address that needs no request, for documents and mail."""
    return f"data:image/png;base64,{base64.b64encode(image).decode()}"
