"""A real Chromium, driven through its driver on loopback, that may talk to nobody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.loopback import ROOT

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

AXE = ROOT / ".servers/axe/node_modules/axe-core/axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def missing() -> str:
    """What a browser test lacks here; "" when it can run."""
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return "" if AXE.exists() else "axe-core is not installed (run tests/support/servers.sh)"


class Browser:
    """One tab. `go` opens an address at a width; the questions below are asked of the page that is open."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def go(self, address: str, *, width: int = 390, dark: bool = False, script: bool = True) -> None:
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.widen(width)
        self.command("Emulation.setEmulatedMedia", {"features": scheme})
        self.command("Emulation.setScriptExecutionDisabled", {"value": not script})
        if "#" in address:
            self.driver.get("about:blank")  # so that a changed #… is a new page all the same
        self.driver.get(address)

    def widen(self, width: int) -> None:
        """Make the window so many CSS pixels wide; below 600 it is a telephone."""
        size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600}
        self.command("Emulation.setDeviceMetricsOverride", size)

    def command(self, name: str, values: dict[str, Any]) -> Any:
        return self.driver.execute_cdp_cmd(name, values)

    def ask(self, code: str, *values: Any) -> Any:
        """What a piece of JavaScript answers in the page."""
        return self.driver.execute_script(code, *values)

    def shown(self, selector: str) -> list[str]:
        """The texts of the elements that can be seen."""
        code = (
            "return [...document.querySelectorAll(arguments[0])].filter(n => n.checkVisibility()).map(n => n.innerText)"
        )
        return list(self.ask(code, selector))

    def _log(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call] # selenium's own
        return entries

    def faults(self) -> list[str]:
        """Everything the console was told since the last question, warnings too."""
        return [entry["message"] for entry in self._log("browser")]

    def strangers(self) -> list[str]:
        """Addresses asked for since the last question that are neither on loopback nor on disk."""
        asked = []
        for entry in self._log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                address = urlsplit(message["params"]["request"]["url"])
                if address.scheme in {"http", "https", "ws", "wss"} and address.hostname != "127.0.0.1":
                    asked.append(address.geturl())
        return asked

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA and good practice, one line each."""
        self.ask(AXE.read_text("utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[1];"
            "axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}}).then(r => done(r.violations), e => done(String(e)));",
            _TAGS,
        )
        assert isinstance(found, list), found
        return [f"{v['id']}: {node['html'][:120]} ({node['failureSummary']})" for v in found for node in v["nodes"]]


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with its profile in `folder`, ended with the block."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in (*_ARGUMENTS, f"--user-data-dir={folder}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
