"""Every question that README and guide tell a newcomer to ask is answered."""

import re
import unittest

from harness import DataFolder, ROOT, Server, main, needs_program


def questions(path):
    """Both language columns of the tables, whose last two cells they are."""
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 2 and re.search(r"[.?？。]$", cells[-1]):
            yield from cells[-2:]


@needs_program
class Guide(unittest.TestCase):
    def test_what_it_tells_to_ask_is_answered(self):
        folder = DataFolder()
        self.addCleanup(folder.close)
        asked = sorted({question for path in ("README.md", "docs/guide/first_questions.md")
                        for question in questions(path)})
        self.assertGreater(len(asked), 15)
        with Server(folder.path) as server:
            server.wait_until("good values", lambda: sum(
                tag["latest"]["quality"] == "good" for asset in server.get("/api/plant")["assets"]
                for tag in asset["tags"]) > 20, 60)
            for question in asked:
                with self.subTest(question):
                    done = [event.data for event in server.stream("POST", "/api/ask", {
                        "question": question, "lang": None, "reading_id": ""})
                        if event.name == "done"]
                    self.assertEqual(len(done), 1)
                    self.assertFalse(done[0]["refused"], done[0]["answer"])
                    self.assertFalse(done[0]["readings"], done[0]["readings"])
                    self.assertTrue(done[0]["evidence"], done[0]["answer"])
                    chinese = re.search(r"[\u4e00-\u9fff]", question) is not None
                    self.assertEqual(done[0]["language"], "zh" if chinese else "en")


if __name__ == "__main__":
    main()
