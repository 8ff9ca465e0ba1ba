"""A phone at the door: a real Chromium with its own profile, that can be killed as a phone is when its battery dies."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import qrcode
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.conftest import CHROMIUM_OPTIONS

PATIENCE_SECONDS = 60
VERDICTS = "performance.getEntriesByName('reading to verdict').length"
WIDTH, HEIGHT, FRAMES_A_SECOND = 640, 480, 10


class Phone:
    """Its browser's data outlive it; `film` is what its camera sees."""

    def __init__(self, chromium: BrowserType, profile: Path, site: str, film: Path | None = None) -> None:
        self.chromium, self.profile, self.site, self.film = chromium, profile, site, film
        self.process: subprocess.Popen[bytes] | None = None
        self.browser: Browser | None = None

    def start(self) -> Page:
        """Switch it on, and open the door's page."""
        executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        assert executable
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [executable, *self._options(), "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + PATIENCE_SECONDS
        while not (port_file.exists() and port_file.read_text().count("\n")):
            assert time.monotonic() < end, "The browser does not start."
            time.sleep(0.02)
        port = port_file.read_text().split()[0]
        self.browser = self.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.page = self.browser.contexts[0].pages[0]
        return self.page

    def _options(self) -> list[str]:
        options = [*CHROMIUM_OPTIONS, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={self.profile}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        if self.film:
            options += ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
            options.append(f"--use-file-for-fake-video-capture={self.film}")
        return options

    def open(self, address: str = "/door/") -> Page:
        """The door's page, ready to be used."""
        self.page.goto(f"{self.site}{address}")
        expect(self.page.locator("#scanning:visible, #pairing:visible")).to_have_count(1)
        return self.page

    def pair(self, link: str) -> None:
        """Open the organiser's link and press the button; the page is then kept for use without network."""
        self.page.goto(link)
        self.page.locator("#pair-language").select_option("en")
        self.page.locator("#pair-form [type=submit]").click()
        self.says("list of")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def says(self, text: str) -> None:
        """Wait until the line of the state says this."""
        expect(self.page.locator("#state")).to_contain_text(text, timeout=PATIENCE_SECONDS * 1000)

    def scan(self, code: str) -> None:
        """Type it; until the verdict stands on the screen."""
        self.page.keyboard.press("Escape")
        self.page.locator("#open-code").click()
        self.page.locator("#code").fill(code)
        before = self.page.evaluate(VERDICTS)
        self.page.keyboard.press("Enter")
        end = time.monotonic() + PATIENCE_SECONDS
        while self.page.evaluate(VERDICTS) == before:
            assert time.monotonic() < end, "The page says nothing."

    def kill(self) -> None:
        """At once, with all that it was about to do."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.browser = self.process = None

    def close(self) -> None:
        """Whatever is left of it."""
        if self.process:
            self.kill()


def film(path: Path, texts: Sequence[str], *, frames_each: int = 10) -> Path:
    """A camera's film (Y4M) of badges, slightly turned and moved in each frame; an empty text is an empty picture."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        grey = bytes([128]) * (WIDTH * HEIGHT // 2)
        for text in texts:
            for number in range(frames_each):
                file.write(b"FRAME\n" + _frame(text, number).tobytes() + grey)
    return path


def _frame(text: str, number: int) -> Image.Image:
    frame = Image.new("L", (WIDTH, HEIGHT), 150)
    if text:
        symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, box_size=8)
        symbol.add_data(text)
        picture = symbol.make_image().get_image().convert("L").resize((260, 260))
        turned = picture.rotate(number - 5, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
        frame.paste(turned, ((WIDTH - turned.width) // 2 + 2 * number, (HEIGHT - turned.height) // 2))
    return frame
