"""A page that remembers what its console complained about and what the API answered it."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.support.page_truth import Answers


class Look:
    """One visitor with a browser context of its own."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        # a colour that is fading from one theme to the other is measured by axe as it is at that instant
        self.context = browser.new_context(base_url=url, reduced_motion="reduce", **options)
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.answers = Answers(self.page)
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "GPU stall" not in text:  # drawing in software is slow, and says so
            self.complaints.append(text)

    def open(self, path: str) -> Page:
        """Open a view and wait until it has what it shows."""
        self.answers.forget()
        self.page.goto(path, wait_until="commit")
        expect(self.page.locator("main h1")).to_be_visible(timeout=60_000)
        expect(self.page.locator("main .loading")).to_have_count(0, timeout=60_000)
        return self.page
