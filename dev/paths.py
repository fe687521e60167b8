"""Where things are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
ASSETS = VAR / "assets"
BROWSER = VAR / "browser"
NODE_MODULES = ROOT / "node_modules"
REQUIREMENTS = ROOT / "requirements.lock"
MUTATION = ROOT / "mutation.lock"
