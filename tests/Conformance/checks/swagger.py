"""Headless Chromium opens Swagger UI, registers a schema, produces a record and consumes it with "Try it out"."""
import os

from lib.clients import node
from lib.harness import check, true
from lib.server import shared

SCREENSHOTS = [os.path.abspath("artifacts/swagger-ui.png"), os.path.abspath("artifacts/swagger-ui-consumed.png")]


@check("swagger: a browser registers a schema, produces and consumes across the ports")
def swagger():
    server = shared()
    node("swagger.mjs", server.admin, *SCREENSHOTS)
    for screenshot in SCREENSHOTS:
        true(os.path.getsize(screenshot) > 10_000, "the screenshot holds a page")
