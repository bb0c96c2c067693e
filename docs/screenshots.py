"""Screenshots of the page, taken from a demo in the middle of its story: `make screenshots`.

Needs Chromium and the built page. The demo stands still at 1x after its first missed target, so the images show what
one sees who starts it. Look at them before they are committed.
"""  # noqa: INP001 - pages live here, not a package

import re
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.demo import Demo
from tests.support.processes import free_port
from tests.support.servers import CHROMIUM_FLAGS, chromium

IMAGES: Final = Path(__file__).parent / "images"
DESK: Final = (1280, 640)
PHONE: Final = (390, 844)
SHOTS: Final = (
    ("overview", "/", "zh", DESK),
    ("overview-en", "/", "en", DESK),
    ("springs", "/springs", "zh", DESK),
    ("alerts-phone", "/alerts", "zh", PHONE),
)
"""Name of the file, path, language, size."""


def main() -> None:
    """Run a demo, wait for its story, and write the images."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        demo = Demo(Path(home), free_port(), free_port(), "--speed", "60", "--pause", "3600")
        browser = playwright.chromium.launch(executable_path=chromium().how, args=list(CHROMIUM_FLAGS))
        try:
            demo.says("the city clock runs at 1x now", timeout=300)
            for name, path, lang, size in SHOTS:
                _take(browser, demo.url + path, IMAGES / f"{name}.png", lang, size)
        finally:
            browser.close()
            demo.stop()


def _take(browser: Browser, url: str, image: Path, lang: str, size: tuple[int, int]) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(f"localStorage.setItem('lang', '{lang}')")
    page = context.new_page()
    page.goto(url)
    page.locator("main :is(table tbody tr, .panel .big)").first.wait_for(timeout=60_000)
    expect(page.locator("main .loading")).to_have_count(0, timeout=60_000)
    expect(page.locator(".clock time")).to_have_attribute("datetime", re.compile("T"), timeout=60_000)
    if page.get_by_role("button", name="知道了").or_(page.get_by_role("button", name="Got it")).count():
        page.get_by_role("button", name="知道了").or_(page.get_by_role("button", name="Got it")).click()
    page.screenshot(path=image)
    context.close()


if __name__ == "__main__":
    main()
