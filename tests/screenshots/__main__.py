"""``python -m tests.screenshots DIR``: a day of work in the real window, a picture each."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SIZE = (1366, 768)
X_LIBRARIES = "libxcb-cursor0, libxcb-icccm4 and libxcb-keysyms1"
LAPTOP = ("home", "list-services", "service", "import-columns", "import-values", "import-preview")
"""Scenes that are taken again small, scaled and with longer texts."""

VARIANTS: dict[str, tuple[str, ...]] = {
    "small": ("--size", "1280x720"),
    "scaled": ("--scale", "1.5"),
    "longer": ("--longer",),
}


def main() -> int:
    """Make the pictures; returns 1 if a scene failed or the window met a fault."""
    asked = _arguments()
    if asked.xvfb and not os.environ.get("DISPLAY"):
        return _under_xvfb()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tariffdesk-screens-") as work:
        _surroundings(asked, Path(work))
        from tests.screenshots.play import play

        code = play(asked, Path(work))
    if not asked.only and not asked.variant:
        code = max([code, *(_variant(asked, name) for name in VARIANTS)])
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--theme", choices=("light", "dark", "both"), default="both")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--sheet", type=Path, help="price list for the import (sms_batchpack_2019)")
    parser.add_argument("--size", default="x".join(map(str, SIZE)), metavar="WxH")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--longer", action="store_true", help="every text 30 %% longer")
    parser.add_argument("--variant", default="", help="word put into the names of the pictures")
    parser.add_argument("--xvfb", action="store_true", help="start a virtual X server, real fonts")
    parser.add_argument("--list", action="store_true", help="list the scenes and end")
    return parser.parse_args()


def _surroundings(asked: argparse.Namespace, work: Path) -> None:
    """Choose platform, fonts, screen and folders, before Qt is loaded."""
    os.environ.pop("TARIFFDESK_DB", None)
    os.environ["TARIFFDESK_CONFIG"] = str(work / "config")
    os.environ["XDG_DATA_HOME"] = str(work / "data")
    if asked.scale != 1.0:
        os.environ["QT_SCALE_FACTOR"] = str(asked.scale)
    if os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
        return
    os.environ["TARIFFDESK_FONT"] = "bundled"
    width, height = (int(part) for part in asked.size.split("x"))
    screen = {
        "name": "laptop", "x": 0, "y": 0, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1,
        "width": round(width * asked.scale), "height": round(height * asked.scale),
    }  # fmt: skip
    described = work / "screen.json"
    described.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={described}"


def _variant(asked: argparse.Namespace, name: str) -> int:
    """Take some scenes again in a process of their own, smaller, scaled or with longer texts."""
    command = [sys.executable, "-m", "tests.screenshots", str(asked.folder)]
    command += [*VARIANTS[name], "--variant", name, "--theme", "light"]
    for only in LAPTOP:
        command += ["--only", only]
    if asked.sheet:
        command += ["--sheet", str(asked.sheet)]
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    return subprocess.run(command, check=False, env=environment).returncode


def _under_xvfb() -> int:
    """Run the same command under a virtual X server."""
    if shutil.which("xvfb-run") is None:
        sys.stderr.write("xvfb-run is not installed: install Xvfb, or leave --xvfb away.\n")
        return 1
    screen = "-screen 0 2100x1200x24"
    command = ["xvfb-run", "-a", "-s", screen, sys.executable, "-m", "tests.screenshots"]
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    environment["QT_QPA_PLATFORM"] = "xcb"
    code = subprocess.run([*command, *sys.argv[1:]], check=False, env=environment).returncode
    if code not in (0, 1):
        sys.stderr.write(f"Qt can't show windows under X here: install {X_LIBRARIES}.\n")
        return 1
    return code


if __name__ == "__main__":
    raise SystemExit(main())
