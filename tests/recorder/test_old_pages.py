"""The recorder on the pages of earlier series of Gradio, each of which is another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.recorder import scenarios

pytestmark = pytest.mark.live


def test_texts_numbers_and_state(old_kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.texts_numbers_and_state(old_kinds, page, tmp_path)


def test_a_chat(old_kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.a_chat(old_kinds, page, tmp_path)


def test_a_chat_of_the_apps_own_hands_its_history_on(old_kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.a_chat_of_the_apps_own_hands_its_history_on(old_kinds, page, tmp_path)


def test_images_that_are_sent_and_sent_on(old_kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.images_that_are_sent_and_sent_on(old_kinds, page, tmp_path)


def test_a_slow_app_whose_stream_is_cancelled(old_kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.a_slow_app_whose_stream_is_cancelled(old_kinds, page, tmp_path)


def test_a_login_and_a_password_box(old_kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.a_login_and_a_password_box(old_kinds, page, tmp_path)
