"""Looks for the system's libraries that no package brings, and installs them where that is possible.

python -m integration2024.local.libraries [--browser]
"""

import ctypes
import os
import shutil
import subprocess
import sys

# What WeasyPrint loads, and where Debian and its relatives have it.
PACKAGES = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}


def main() -> int:
    missing = missing_packages(browser="--browser" in sys.argv)
    if not missing:
        return 0
    commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]]
    if not shutil.which("apt-get"):
        print(f"Please install what Debian calls {', '.join(missing)}, and start again.", file=sys.stderr)
        return 1
    if os.geteuid() != 0:
        print("Some system packages are missing. Please run this, and start again:", file=sys.stderr)
        print("    " + " && ".join("sudo " + " ".join(command) for command in commands), file=sys.stderr)
        return 1
    print(f"Installing system packages: {' '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        subprocess.run(command, check=True, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return 0


def missing_packages(*, browser: bool) -> list[str]:
    missing = []
    if sys.platform == "linux":
        missing = [package for library, package in PACKAGES.items() if not loads(library)]
    if browser and not (os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")):
        missing.append("chromium")
    return missing


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
