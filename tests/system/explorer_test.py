"""The explorer page in a real browser: shows what a token may call, and calls it."""

import unittest

from devtools import Page
from running import Weir

WORKSPACE = """
source: orders
from: http
schema: {shop: varchar, price: double}
---
stream: copies
sql: SELECT shop, price FROM orders
into: copies
"""
OPERATION = "document.querySelector('#operations-tables-rows_of_copies')"


class ExplorerTest(unittest.TestCase):
    def test_a_token_shows_its_routes_and_a_call_is_answered(self):
        with Weir({"orders.yaml": WORKSPACE}) as weir:
            sent = weir.send("orders", [{"shop": "Basel", "price": 2.5}])
            weir.get("/api/v1/data/copies", wait=sent.data["position"])
            with Page(f"http://127.0.0.1:{weir.port}/docs") as page:
                page.wait_for("window.SwaggerUIBundle && document.getElementById('ask')")
                self.give_token(page, "nonsense")
                page.wait_for("document.getElementById('trouble').textContent.includes('token')")
                self.give_token(page, weir.token)
                page.wait_for(OPERATION)
                page.evaluate(f"{OPERATION}.querySelector('.opblock-summary-control').click()")
                page.wait_for(f"{OPERATION}.querySelector('.try-out__btn')")
                page.evaluate(f"{OPERATION}.querySelector('.try-out__btn').click()")
                page.wait_for(f"{OPERATION}.querySelector('.execute')")
                page.evaluate(f"{OPERATION}.querySelector('.execute').click()")
                page.wait_for(
                    f"{OPERATION}.querySelector('.live-responses-table')"
                    "?.innerText.includes('Basel')"
                )
                asked = page.evaluate(
                    "performance.getEntriesByType('resource').map((one) => one.name)"
                )
                foreign = [
                    url for url in asked
                    if not url.startswith((f"http://127.0.0.1:{weir.port}/", "data:"))
                ]  # fmt: skip
                self.assertEqual(foreign, [])
                self.assertTrue(any("/api/v1/data/copies" in url for url in asked), asked)

    def give_token(self, page: Page, token: str):
        page.evaluate(
            f"document.getElementById('token').value = '{token}';"
            "document.querySelector('#ask button').click()"
        )

    def test_the_page_is_closed_to_scripts_of_others(self):
        with Weir({"orders.yaml": WORKSPACE}) as weir:
            page = weir.get("/docs", token=False)
            self.assertEqual(page.status, 200)
            self.assertEqual(weir.get("/docs/", token=False).body, page.body)
            self.assertIn("script-src 'self';", page.headers["Content-Security-Policy"])
            for path in ("/docs/nothing", "/docs/../etc/passwd", "/docs/%2e%2e/x"):
                self.assertIn(weir.get(path).status, (400, 404), path)


if __name__ == "__main__":
    unittest.main()
