"""A page in a browser, and everything about it that a reader should never meet."""

from urllib.parse import urlparse

from playwright.sync_api import Page


class Watched:
    """A page whose complaints are collected: requests elsewhere, errors, warnings, dialogs."""

    def __init__(self, page: Page, origin: str):
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._origin = urlparse(origin).netloc
        page.on("request", self._requested)
        page.on("requestfailed", self._failed)
        page.on("pageerror", lambda error: self._complain("error", error))
        page.on("console", self._heard)
        page.on("dialog", self._alerted)

    def _complain(self, kind: str, what: object) -> None:
        self.complaints.append(f"{kind}: {what}")

    def _failed(self, request) -> None:
        # Who leaves a page while its icon is still on the way ends that request: nobody meets it.
        left = request.failure == "net::ERR_ABORTED" and self._is_own(request.url)
        if not left:
            self._complain("failed", f"{request.url} ({request.failure})")

    def _is_own(self, url: str) -> bool:
        address = urlparse(url)
        return address.netloc == self._origin if address.netloc else address.scheme in OWN

    def _requested(self, request) -> None:
        self.asked.append(urlparse(request.url).path)
        if not self._is_own(request.url):
            self._complain("asked", request.url)

    def _heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self._complain(message.type, message.text)

    def _alerted(self, dialog) -> None:
        self._complain("dialog", dialog.message)
        dialog.dismiss()


OWN = ("file", "blob", "data")
