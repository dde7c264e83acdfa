"""What a chat bot with nonebot-plugin-audiocraft does with its app: usage: URL FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nonebot

from tests.compat.packages.telling import tell, tell_who_answered

URL = sys.argv[1]


def main() -> None:
    nonebot.init(driver="~none", log_level="ERROR")
    plugin: Any = nonebot.load_plugin("nonebot_plugin_audiocraft")
    audiocraft = plugin.module
    audiocraft.url = URL
    tell("a tune", lambda: Path(audiocraft.getMusic("rain")).read_text())
    tell_who_answered()


main()
