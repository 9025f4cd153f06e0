"""What every test shares: windows are drawn off screen, and nothing is left in a person's folders."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
