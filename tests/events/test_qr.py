import io

import pytest
import zxingcpp
from PIL import Image
from qrcode.exceptions import DataOverflowError

from events import qr


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_new_code_is_130_random_bits_after_the_prefix():
    code = qr.new_code()
    assert code[:4] == "I24-"
    assert len(code) == 30
    assert set(code[4:]) <= set(qr.BASE32)
    assert len({qr.new_code() for _ in range(100)}) == 100


def test_the_matrix_is_one_bit_per_module_row_by_row():
    modules = qr.matrix("I24-" + "A" * 26)
    assert (len(modules), qr.size(modules)) == (79, 25)
    # The first row of a finder pattern is seven dark modules and a light one.
    assert modules[0] == 0b11111110


def test_a_code_reads_back_from_its_image():
    code = qr.new_code()
    data = qr.png(qr.matrix(code), scale=4)
    assert [found.text for found in zxingcpp.read_barcodes(image(data).convert("L"))] == [code]


def test_the_image_has_one_bit_per_pixel_and_a_quiet_zone():
    picture = image(qr.png(qr.matrix(qr.new_code()), scale=3))
    assert (picture.mode, picture.size) == ("1", (99, 99))
    quiet = [picture.crop((0, 0, 99, 12)), picture.crop((0, 0, 12, 99)), picture.crop((0, 87, 99, 99))]
    assert [part.getextrema() for part in quiet] == [(255, 255)] * 3
    assert picture.getpixel((12, 12)) == 0


def test_a_data_uri_needs_no_request():
    assert qr.data_uri(b"x") == "data:image/png;base64,eA=="


def test_other_letters_and_longer_codes_are_refused():
    with pytest.raises(ValueError, match="mode"):
        qr.matrix("i24-ä")
    with pytest.raises(DataOverflowError):
        qr.matrix("A" * 39)


def test_an_address_of_any_length_reads_back():
    for length in (1, 90, 600):
        address = "https://integration2024.example/door/#pair=" + "xY-9_." * (length // 6)
        picture = image(qr.png(qr.text_matrix(address), scale=4)).convert("L")
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [address]
    with pytest.raises(ValueError, match="version"):
        qr.text_matrix("x" * 3000)
