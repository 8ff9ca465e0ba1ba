"""Builds each language's catalogue, .po to .mo, where it is older than its source. No gettext tools are needed.

python -m integration2024.local.catalogues
"""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent.parent / "locale"


def compile_all() -> None:
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
            fresh = target.with_suffix(".new")
            polib.pofile(str(source)).save_as_mofile(str(fresh))  # entries marked as fuzzy are left out
            fresh.replace(target)  # another process may be reading it


if __name__ == "__main__":
    compile_all()
