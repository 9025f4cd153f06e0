"""What every test shares: windows are drawn off screen, and modules are compiled once."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Hundreds of children are started: without their bytecode each compiles all its modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
