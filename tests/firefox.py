"""A Firefox without a window, driven over its own WebDriver BiDi socket: no driver is needed."""

import json
import queue
import re
import subprocess
import threading
import time
from pathlib import Path

import websocket

KEYS = {"ArrowRight": "\ue014", "ArrowUp": "\ue013", "Home": "\ue011"}
ANNOUNCED = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
START_LIMIT = ANSWER_LIMIT = 120  # seconds; a machine may be busy


class Firefox:
    """One browser with one tab; a context manager that ends it.

    Attributes:
        asked: The addresses that the tab requested.
        troubles: Errors and warnings on its console, and errors that no script caught.
    """

    def __init__(self, program: Path, profile: Path):
        self.asked: list[str] = []
        self.troubles: list[str] = []
        self._number = 0
        self._process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--remote-debugging-port=0",
             "--profile", profile],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> "Firefox":
        # Firefox refuses a client that says it comes from a page.
        self._socket = websocket.create_connection(
            self._address() + "/session", suppress_origin=True, timeout=ANSWER_LIMIT
        )
        self.call("session.new", capabilities={})
        self._tab = self.call("browsingContext.create", type="tab")["context"]
        self.call("session.subscribe", events=["network.beforeRequestSent", "log.entryAdded"])
        return self

    def __exit__(self, *_reason: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        for line in self._process.stderr:
            self._lines.put(line)

    def _address(self) -> str:
        said = []
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end and self._process.poll() is None:
            try:
                said.append(self._lines.get(timeout=0.5))
            except queue.Empty:
                continue
            if found := ANNOUNCED.search(said[-1]):
                return found[1]
        self.__exit__()
        raise AssertionError(f"Firefox did not open its socket: {''.join(said)}")

    def call(self, method: str, **params: object) -> dict:
        """Send a command; return its result. What happened meanwhile is kept."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            heard = json.loads(self._socket.recv())
            if heard["type"] == "event":
                self._keep(heard["method"], heard["params"])
            elif heard["id"] == self._number:
                assert heard["type"] == "success", f"{method}: {heard.get('message')}"
                return heard["result"]

    def _keep(self, event: str, said: dict) -> None:
        if event == "network.beforeRequestSent" and said["context"] == self._tab:
            self.asked.append(said["request"]["url"])
        if event == "log.entryAdded" and said["level"] in ("error", "warn"):
            self.troubles.append(said["text"])

    def open(self, address: str) -> None:
        """Open an address in the tab and wait for its load event; forget what was before."""
        self.asked.clear()
        self.troubles.clear()
        self.call("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def ask(self, expression: str):
        """Evaluate an expression in the page, awaited, whose value is a string or a truth value."""
        answer = self.call(
            "script.evaluate", expression=expression, target={"context": self._tab},
            awaitPromise=True,
        )  # fmt: skip
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return answer["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until an expression holds in the page."""
        end = time.monotonic() + ANSWER_LIMIT
        while not self.ask(f"Boolean({expression})"):
            assert time.monotonic() < end, f"never held: {expression}; {self.troubles}"
            time.sleep(0.1)

    def press(self, name: str) -> None:
        """Press and release a key, as a hand does."""
        steps = [{"type": kind, "value": KEYS[name]} for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": steps}]
        self.call("input.performActions", context=self._tab, actions=actions)
