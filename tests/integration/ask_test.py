"""The two questions of the project's first promise, over HTTP and from the command line."""

import re
import unittest

from harness import DataFolder, Server, main, needs_program, run, run_json

ENGLISH = "What is the spindle temperature of CNC-2 and how has it changed in the last ten minutes?"
CHINESE = "2号数控机床的主轴温度是多少？最近十分钟怎么变化？"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@needs_program
class Ask(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = DataFolder()
        cls.addClassCleanup(cls.folder.close)
        cls.server = Server(cls.folder.path)
        cls.addClassCleanup(cls.server.stop)
        cls.server.wait_until("samples of CNC-2", lambda: any(
            tag["id"] == "cnc-2/spindle_temperature" and tag["latest"]["quality"] == "good"
            for asset in cls.server.get("/api/plant")["assets"] for tag in asset["tags"]), 60)

    def ask(self, question, **more):
        events = list(self.server.stream("POST", "/api/ask", {
            "question": question, "lang": None, "reading_id": "", **more}))
        done = [event.data for event in events if event.name == "done"]
        self.assertEqual(len(done), 1, events)
        return events, done[0]

    def assert_answers(self, question, language):
        events, done = self.ask(question)
        self.assertFalse(done["refused"], done["answer"])
        self.assertEqual(done["language"], language)
        names = [event.name for event in events]
        self.assertLess(names.index("evidence"), names.index("sentence"))
        self.assertLess(names.index("sentence"), names.index("done"))
        evidence = {item["id"]: item for item in done["evidence"]}
        self.assertTrue(any(item["series"] for item in evidence.values()), "no trend")
        for item in evidence.values():
            self.assertTrue(item["simulated"])
            self.assertTrue(item["source"])
        for sentence in done["sentences"]:
            if not sentence["from_model"]:
                self.assertTrue(sentence["evidence"], sentence)
            self.assertTrue(set(sentence["evidence"]) <= set(evidence))
        return done, evidence

    def test_english_question_is_answered_with_sources_and_trend(self):
        done, evidence = self.assert_answers(ENGLISH, "en")
        latest = [item for item in evidence.values() if item["fact"] == "latest"]
        self.assertEqual(latest[0]["tag"], "cnc-2/spindle_temperature")
        # The value is in the answer as it is in the evidence, but for rounding.
        numbers = [float(text) for text in NUMBER.findall(done["answer"])]
        self.assertTrue(any(abs(number - latest[0]["value"]) <= 0.06 for number in numbers),
                        (done["answer"], latest[0]["value"]))

    def test_chinese_question_is_answered_in_chinese(self):
        done, _ = self.assert_answers(CHINESE, "zh")
        self.assertRegex(done["answer"], "主轴温度")

    def test_command_line_gives_the_same_answer(self):
        url = f"http://127.0.0.1:{self.server.port}"
        answer = run_json("ask", ENGLISH, "--server", url)
        for key in ("answer", "sentences", "refused", "replay_id"):
            self.assertIn(key, answer)
        self.assertFalse(answer["refused"])
        shown = run("ask", CHINESE, "--data", self.folder.path)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("主轴温度", shown.stdout)

    def test_machine_that_does_not_exist_is_refused(self):
        _, done = self.ask("What is the spindle temperature of CNC-9?")
        self.assertTrue(done["refused"] or done["readings"], done)
        # It may name the machines that there are; it states nothing about any of them.
        self.assertEqual({item["fact"] for item in done["evidence"]} - {"asset", "tag"}, set())

    def test_question_about_something_else_says_what_can_be_asked(self):
        _, done = self.ask("Who won the football world cup in 1990?")
        self.assertTrue(done["refused"])
        self.assertTrue(done["answer"])


if __name__ == "__main__":
    main()
