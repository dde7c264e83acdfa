"""``python -m gradlink`` is the command ``gradlink``."""

from __future__ import annotations

import sys

from gradlink.cli import main

sys.exit(main())
