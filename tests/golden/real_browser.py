"""A real browser for the tests of pages: how it is started, pictures of what it shows, and what axe finds wrong."""

import base64
import os
import shutil
import tempfile
import unittest
import warnings
from pathlib import Path

SCREENSHOTS = Path(os.environ.get("SOJOURN_SCREENSHOTS") or Path(tempfile.gettempdir()) / "sojourn-pictures")
BROWSER = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
DRIVER = shutil.which("chromedriver")
AXE = Path(os.environ.get("SOJOURN_BUILD") or Path(os.environ["SOJOURN_SOURCE"]) / "build") / "page/node_modules/axe-core/axe.min.js"

needs_browser = unittest.skipUnless(BROWSER and DRIVER, "no browser: tools/packages install test brings chromium-driver")


def started(folder, width):
    """A browser whose window is so wide, with nothing remembered but in a folder of its own below `folder`."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={width},900",
                     "--force-device-scale-factor=1", f"--user-data-dir={tempfile.mkdtemp(dir=folder)}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return webdriver.Chrome(service=Service(DRIVER), options=options)


def said(browser):
    """What the page wrote to the browser's log since somebody asked last."""
    return [entry["message"] for entry in browser.get_log("browser")]


def picture(browser, name, width):
    """Keeps a picture of the whole page, and gives its size in bytes."""
    height = browser.execute_script("return document.documentElement.scrollHeight")
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {
        "captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width, "height": min(height, 16000), "scale": 1}})
    bytes_of_it = base64.b64decode(shot["data"])
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"{name}.png").write_bytes(bytes_of_it)
    return len(bytes_of_it)


def serious(browser):
    """What axe finds that shuts somebody out: how much, which rule, and where."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = browser.execute_async_script("const done = arguments[0]; axe.run(document).then((all) => done(all.violations.map((one) => "
                                         "[one.impact, one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))])))")
    return [one for one in found if one[0] in ("serious", "critical")]
