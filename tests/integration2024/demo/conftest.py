import pytest

from events import clock
from events.models import Event
from integration2024.demo import loader
from tests.integration2024.demo import demo_site  # before a test turns the demo on: addresses are made but once


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path) -> None:
    """What the demo draws is written nowhere else."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def demo(settings, tmp_path, db) -> Event:
    """The site as a demo, with its events; the current one."""
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    settings.ROOT_URLCONF = demo_site.__name__
    settings.MIDDLEWARE = ["integration2024.demo.middleware.DemoBar", *settings.MIDDLEWARE]
    clock.travel(clock.real_now())
    return loader.load()[0]
