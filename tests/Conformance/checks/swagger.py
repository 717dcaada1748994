"""Headless Chromium opens Swagger UI, registers a schema and produces a record with "Try it out"."""
import os

from lib.clients import node
from lib.harness import check, true
from lib.server import shared

SCREENSHOT = os.path.abspath("artifacts/swagger-ui.png")


@check("swagger: a browser registers a schema and produces a record across the ports")
def swagger():
    server = shared()
    node("swagger.mjs", server.admin, SCREENSHOT)
    true(os.path.getsize(SCREENSHOT) > 10_000, "the screenshot holds a page")
