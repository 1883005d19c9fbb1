#!/usr/bin/env python3
"""Writes tests/cases/ask/questions.case: 200 questions about the demo plant with their answers.

100 Chinese and 100 English; 120 to tune the assistant on ("tune") and 80 held out ("held"), whose
phrasings, machine names and times are a set of their own, written before any tuning. The numbers
are computed here from the raw samples, with none of the product's code; the test makes the same
samples from the parameters in the file's head. Format: tests/cases/ask/README.md.

Use: tools/gen/ask_questions.py > tests/cases/ask/questions.case; --check says whether it is up to date.
"""
import contextlib
import io
import random
import sys
from datetime import timedelta

from ask_samples import (
    AGE_S, COUNT, HISTORY, HOLD_S, INFO, NOW, NOW_MS,
    ROOT, SAMPLES, STEP_S, Window, duration, fixed, growth,
    ms, shown, state_entries, state_now, state_seconds, statistics, value_at,
)

CASES = ROOT / "tests/cases/ask/questions.case"


def row(fact, tag, value, text):
    return f"expect {fact} {tag} {value!r} {text}".rstrip()


def expect_latest(tag):
    value = SAMPLES[tag][-1][1]
    return [row("latest", tag, value, shown(tag, value))]


def expect_stats(tag, window, facts):
    values = statistics(tag, window)
    return [row(f, tag, values[f], shown(tag, values[f])) for f in facts]


def expect_change(tag, window):
    values = statistics(tag, window)
    text = {f: shown(tag, values[f]) for f in ("first", "last", "change", "mean", "minimum", "maximum")}
    lines = [row(f, tag, values[f], text[f]) for f in ("first", "last", "change", "mean", "minimum", "maximum")]
    return lines + [row("slope_per_minute", tag, values["slope_per_minute"], "")]


# ------------------------------------------------------------------------------- times and phrases
def today(h, m=0):
    return NOW.replace(hour=h, minute=m, second=0)


def yesterday(h, m=0):
    return today(h, m) - timedelta(days=1)


def last(**length):
    return Window(NOW - timedelta(**length), NOW)


MIDNIGHT = today(0)
TIMES = {
    "tune": {
        "en": [("in the last ten minutes", last(minutes=10)), ("over the past 2 hours", last(hours=2)),
               ("since the shift began", Window(today(6), NOW)),
               ("yesterday between 3 and 5 pm", Window(yesterday(15), yesterday(17))),
               ("today", Window(MIDNIGHT, NOW)), ("this morning", Window(today(6), NOW)),
               ("in the last half hour", last(minutes=30)),
               ("from 8:00 to 9:30", Window(today(8), today(9, 30)))],
        "zh": [("最近十分钟", last(minutes=10)), ("过去两小时", last(hours=2)),
               ("本班以来", Window(today(6), NOW)),
               ("昨天下午三点到五点", Window(yesterday(15), yesterday(17))),
               ("今天", Window(MIDNIGHT, NOW)), ("今天上午", Window(today(6), NOW)),
               ("最近半小时", last(minutes=30)), ("从8点到9点半", Window(today(8), today(9, 30)))],
    },
    "held": {
        "en": [("during the past 45 minutes", last(minutes=45)), ("in the previous hour", last(hours=1)),
               ("since 7 am", Window(today(7), NOW)),
               ("between 8 and 9 this morning", Window(today(8), today(9))),
               ("during the last shift", Window(yesterday(22), today(6))),
               ("over the last hour and a half", last(minutes=90)),
               ("since midnight", Window(MIDNIGHT, NOW)),
               ("yesterday from 15:00 to 17:00", Window(yesterday(15), yesterday(17))),
               ("in the last 20 min", last(minutes=20)), ("so far today", Window(MIDNIGHT, NOW))],
        "zh": [("近45分钟", last(minutes=45)), ("过去一小时", last(hours=1)),
               ("早上七点以来", Window(today(7), NOW)),
               ("今天早上八点到九点之间", Window(today(8), today(9))),
               ("上一班", Window(yesterday(22), today(6))), ("最近一个半小时", last(minutes=90)),
               ("零点以来", Window(MIDNIGHT, NOW)),
               ("昨天15:00至17:00", Window(yesterday(15), yesterday(17))),
               ("最近20分钟", last(minutes=20)), ("今天到目前为止", Window(MIDNIGHT, NOW))],
    },
}

# (how the machine is called, how the quantity is called, tag)
QUANTITIES = {
    "tune": {
        "en": [("CNC-2", "spindle temperature", "cnc-2/spindle_temperature"),
               ("CNC 1", "vibration", "cnc-1/vibration"),
               ("number two CNC", "spindle load", "cnc-2/spindle_load"),
               ("cnc2", "coolant temperature", "cnc-2/coolant_temperature"),
               ("the press", "hydraulic pressure", "press-1/hydraulic_pressure"),
               ("Press-1", "oil temperature", "press-1/oil_temperature"),
               ("the furnace", "chamber temperature", "furnace-1/chamber_temperature"),
               ("Furnace-1", "oxygen content", "furnace-1/oxygen"),
               ("the conveyor", "belt speed", "conveyor-1/belt_speed"),
               ("Compressor-1", "discharge pressure", "compressor-1/discharge_pressure"),
               ("the compressor", "air flow", "compressor-1/air_flow"),
               ("CNC-1", "spindel temperature", "cnc-1/spindle_temperature")],
        "zh": [("2号数控机床", "主轴温度", "cnc-2/spindle_temperature"),
               ("一号数控机床", "振动", "cnc-1/vibration"),
               ("二号数控机床", "主轴负载", "cnc-2/spindle_load"),
               ("CNC-2", "冷却液温度", "cnc-2/coolant_temperature"),
               ("液压机", "液压压力", "press-1/hydraulic_pressure"),
               ("1号液压机", "油温", "press-1/oil_temperature"),
               ("热处理炉", "炉膛温度", "furnace-1/chamber_temperature"),
               ("1号热处理炉", "氧含量", "furnace-1/oxygen"),
               ("输送带", "带速", "conveyor-1/belt_speed"),
               ("1号空压机", "排气压力", "compressor-1/discharge_pressure"),
               ("空压机", "供气流量", "compressor-1/air_flow"),
               ("1号数控机床", "电机电流", "cnc-1/motor_current")],
    },
    "held": {
        "en": [("CNC 2", "spindle temp", "cnc-2/spindle_temperature"),
               ("CNC no. 1", "spindle speed", "cnc-1/spindle_speed"),
               ("the second CNC", "vibration", "cnc-2/vibration"),
               ("machine CNC-1", "coolant temp", "cnc-1/coolant_temperature"),
               ("the hydraulic press", "oil pressure", "press-1/hydraulic_pressure"),
               ("press 1", "ram force", "press-1/ram_force"),
               ("the oven", "furnace temperature", "furnace-1/chamber_temperature"),
               ("Furnace-1", "heating power", "furnace-1/heating_power"),
               ("the belt", "motor temperature", "conveyor-1/motor_temperature"),
               ("conveyor 1", "motor current", "conveyor-1/motor_current"),
               ("the air compressor", "outlet pressure", "compressor-1/discharge_pressure"),
               ("compressor 1", "vibraton", "compressor-1/vibration")],
        "zh": [("二号机床", "主轴温度", "cnc-2/spindle_temperature"),
               ("数控机床1号", "主轴转速", "cnc-1/spindle_speed"),
               ("2号加工中心", "震动", "cnc-2/vibration"),
               ("1号机床", "切削液温度", "cnc-1/coolant_temperature"),
               ("压力机", "油压", "press-1/hydraulic_pressure"),
               ("1号冲床", "冲压力", "press-1/ram_force"),
               ("炉子", "炉温", "furnace-1/chamber_temperature"),
               ("加热炉", "加热功率", "furnace-1/heating_power"),
               ("传送带", "马达温度", "conveyor-1/motor_temperature"),
               ("输送机", "电流", "conveyor-1/motor_current"),
               ("压缩机", "出口压力", "compressor-1/discharge_pressure"),
               ("一号空压机", "振动", "compressor-1/vibration")],
    },
}

# Per category: {split: {lang: [templates]}}. {a} machine, {q} quantity, {t} time.
PHRASES = {
    "latest": {
        "tune": {"en": ["What is the {q} of {a}?", "How high is the {q} on {a} right now?", "{a} {q}?",
                        "Show me the current {q} of {a}.", "what's {a}'s {q} now"],
                 "zh": ["{a}的{q}是多少？", "现在{a}的{q}多高？", "{a}{q}", "请问{a}当前{q}是多少"]},
        "held": {"en": ["Tell me the {q} on {a}, please.", "I need the {q} reading for {a}",
                        "How much is the {q} of {a} at the moment?", "current {q}, {a}",
                        "Could you give me the latest {q} from {a}?"],
                 "zh": ["查一下{a}的{q}", "{q}，{a}，现在多少？", "麻烦看看{a}这会儿的{q}",
                        "{a}的{q}目前为多少", "我想知道{a}的{q}"]},
    },
    "compound": {
        "tune": {"en": ["What is the {q} of {a} and how has it changed {t}?"],
                 "zh": ["{a}的{q}是多少？{t}怎么变化？"]},
        "held": {"en": ["How much is the {q} of {a} now, and what has it done {t}?",
                        "Give me {a}'s current {q} and its trend {t}."],
                 "zh": ["{a}{q}现在多少，{t}趋势如何？", "告诉我{a}当前的{q}以及{t}的变化情况"]},
    },
    "mean": {
        "tune": {"en": ["What was the average {q} of {a} {t}?", "Give me the mean {q} of {a} {t}."],
                 "zh": ["{t}{a}的平均{q}是多少？", "{a}{t}的{q}平均值是多少？"]},
        "held": {"en": ["{t}, what did the {q} of {a} average?", "On average, how high was the {q} on {a} {t}?"],
                 "zh": ["{a}的{q}在{t}平均有多高？", "求{t}{a}{q}的均值"]},
    },
    "range": {
        "tune": {"en": ["What were the minimum and maximum {q} of {a} {t}?"],
                 "zh": ["{t}{a}的{q}最高和最低是多少？"]},
        "held": {"en": ["Between which values did the {q} of {a} lie {t}?", "What was the range of the {q} on {a} {t}?"],
                 "zh": ["{t}{a}的{q}在什么范围内？"]},
    },
    "maximum": {
        "tune": {"en": ["What was the highest {q} of {a} {t}?", "How high did the {q} of {a} get {t}?"],
                 "zh": ["{a}的{q}{t}最高是多少？", "{t}{a}{q}的最大值"]},
        "held": {"en": ["What peak did the {q} of {a} reach {t}?", "Maximum {q} on {a} {t}?"],
                 "zh": ["{t}{a}的{q}峰值多少？", "{a}{t}{q}最高到过多少"]},
    },
    "minimum": {
        "tune": {"en": ["What was the lowest {q} of {a} {t}?"], "zh": ["{t}{a}的{q}最低到多少？"]},
        "held": {"en": ["What's the smallest {q} seen on {a} {t}?"], "zh": ["{a}{t}{q}的最小值是多少"]},
    },
    "change": {
        "tune": {"en": ["How has the {q} of {a} changed {t}?", "Is the {q} of {a} rising or falling {t}?"],
                 "zh": ["{a}的{q}{t}怎么变化的？", "{t}{a}的{q}是上升还是下降？"]},
        "held": {"en": ["By how much did the {q} of {a} move {t}?", "What is the trend of the {q} on {a} {t}?",
                        "Did the {q} of {a} go up or down {t}?"],
                 "zh": ["{t}{a}的{q}涨了还是跌了？", "{a}的{q}{t}走势怎样？", "{a}{q}{t}变化了多少？"]},
    },
}

FIXED = {}


def fixed_questions(split, lang):
    """Questions of which each is written out: moments, comparisons, counts, states, lists."""
    t = {phrase: w for phrase, w in TIMES[split][lang]}
    out = []

    def add(question, lines):
        out.append((question, lines))

    def window_of(phrase):
        return t[phrase]

    def at(tag, when):
        value = value_at(tag, ms(when))
        return [row("last", tag, value, shown(tag, value))]

    def two(tag, first, second):
        a, b = statistics(tag, first)["mean"], statistics(tag, second)["mean"]
        return [row("mean", tag, a, shown(tag, a)), row("mean", tag, b, shown(tag, b)),
                row("difference", tag, a - b, shown(tag, abs(a - b)))]

    def machines(fact, tags, window):
        values = [statistics(tag, window)[fact] for tag in tags]
        lines = [row(fact, tag, v, shown(tag, v)) for tag, v in zip(tags, values)]
        return lines + [row("difference", "-", max(values) - min(values),
                            shown(tags[0], max(values) - min(values)))]

    def count(tag, window):
        value = growth(tag, window)
        return [row("count", tag, value, fixed(value, 0))]

    def state(asset):
        name, since = state_now(asset + "/state")
        seconds = (NOW_MS - since) / 1000
        return [row("duration_s", asset + "/state", seconds, duration(seconds, lang)),
                f"expect state {asset}/state {name}"]

    def spent(asset, name, window):
        seconds = state_seconds(asset + "/state", name, window)
        return [row("duration_s", f"{asset}/state:{name}", seconds, duration(seconds, lang) if seconds else "")]

    def entered(asset, name, window):
        value = float(state_entries(asset + "/state", name, window))
        return [row("count", f"{asset}/state", value, fixed(value, 0))]

    assets = ["cnc-1", "cnc-2", "press-1", "furnace-1", "conveyor-1", "compressor-1"]

    def many(name, negated):
        hits = [a for a in assets if (state_now(a + "/state")[0] == name) != negated]
        return [row("machines_in_state", "-", float(len(hits)), str(len(hits))),
                row("machines", "-", 6.0, "6")]

    def listed(prefix):
        n = len([name for name in INFO if name.startswith(prefix)])
        return [row("count", "-", float(n), str(n))]

    hour = last(hours=1)
    hour_before = Window(NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    whole_yesterday = Window(yesterday(0), MIDNIGHT)
    # The store holds 26 hours: yesterday begins with the first sample.
    day = Window(MIDNIGHT, NOW)
    minute = Window(NOW - timedelta(minutes=1), NOW)
    shift = Window(today(6), NOW)
    cnc = ["cnc-1/{}", "cnc-2/{}"]

    def both(leaf):
        return [c.format(leaf) for c in cnc]

    if split == "tune" and lang == "en":
        add("What was the spindle temperature of CNC-2 at 9:30?", at("cnc-2/spindle_temperature", today(9, 30)))
        add("What was the hydraulic pressure of the press at 14:05 yesterday?",
            at("press-1/hydraulic_pressure", yesterday(14, 5)))
        add("Compare the vibration of CNC-1 in the last hour with the hour before.", two("cnc-1/vibration", hour, hour_before))
        add("Was the average spindle load of CNC-2 higher today than yesterday?",
            two("cnc-2/spindle_load", day, whole_yesterday))
        add("Which CNC machine has the higher spindle temperature?", machines("last", both("spindle_temperature"), minute))
        add("Compare the vibration of CNC-1 and CNC-2 over the past 2 hours.",
            machines("mean", both("vibration"), window_of("over the past 2 hours")))
        add("How many parts did CNC-1 make today?", count("cnc-1/parts", day))
        add("How many batches did the furnace treat yesterday between 3 and 5 pm?",
            count("furnace-1/batches", window_of("yesterday between 3 and 5 pm")))
        add("How many items has the conveyor carried since the shift began?", count("conveyor-1/items", shift))
        add("Is CNC-2 running?", state("cnc-2"))
        add("What is the state of the press?", state("press-1"))
        add("What is CNC-1 doing?", state("cnc-1"))
        add("How long was CNC-2 in fault today?", spent("cnc-2", "fault", day))
        add("How long was the press idle since the shift began?", spent("press-1", "idle", shift))
        add("How many times was CNC-2 in fault today?", entered("cnc-2", "fault", day))
        add("How often did the press stop this morning?", entered("press-1", "off", window_of("this morning")))
        add("Which machines are running?", many("running", False))
        add("Which machines are not running?", many("running", True))
        add("Which machines are there?", [row("count", "-", 6.0, "6")])
        add("Which sensors does the furnace have?", listed("furnace-1/"))
        add("What are the spindle temperature and the vibration of CNC-2?",
            expect_latest("cnc-2/spindle_temperature") + expect_latest("cnc-2/vibration"))
        add("What is the temperature of CNC-1 and the pressure of the press?",
            expect_latest("cnc-1/spindle_temperature") + expect_latest("press-1/hydraulic_pressure"))
    elif split == "tune":
        add("昨天14:05液压机的液压压力是多少？", at("press-1/hydraulic_pressure", yesterday(14, 5)))
        add("上午九点半2号数控机床的主轴温度是多少？", at("cnc-2/spindle_temperature", today(9, 30)))
        add("1号数控机床的振动最近一小时和之前一小时相比怎么样？", two("cnc-1/vibration", hour, hour_before))
        add("今天2号数控机床的平均主轴负载比昨天高吗？", two("cnc-2/spindle_load", day, whole_yesterday))
        add("哪台数控机床的主轴温度更高？", machines("last", both("spindle_temperature"), minute))
        add("比较1号和2号数控机床过去两小时的振动", machines("mean", both("vibration"), window_of("过去两小时")))
        add("今天1号数控机床生产了多少件？", count("cnc-1/parts", day))
        add("热处理炉昨天下午三点到五点处理了多少批？", count("furnace-1/batches", window_of("昨天下午三点到五点")))
        add("本班以来输送带输送了多少件？", count("conveyor-1/items", shift))
        add("2号数控机床在运行吗？", state("cnc-2"))
        add("液压机现在是什么状态？", state("press-1"))
        add("1号数控机床在干什么？", state("cnc-1"))
        add("2号数控机床今天故障了多长时间？", spent("cnc-2", "fault", day))
        add("液压机本班以来待机多久？", spent("press-1", "idle", shift))
        add("今天2号数控机床故障了几次？", entered("cnc-2", "fault", day))
        add("今天上午液压机停机了多少次？", entered("press-1", "off", window_of("今天上午")))
        add("哪些设备在运行？", many("running", False))
        add("哪些机器没有运行？", many("running", True))
        add("有哪些设备？", [row("count", "-", 6.0, "6")])
        add("热处理炉有哪些测点？", listed("furnace-1/"))
        add("2号数控机床的主轴温度和振动是多少？",
            expect_latest("cnc-2/spindle_temperature") + expect_latest("cnc-2/vibration"))
        add("1号数控机床的温度和液压机的压力是多少？",
            expect_latest("cnc-1/spindle_temperature") + expect_latest("press-1/hydraulic_pressure"))
    elif lang == "en":
        add("At half past nine, what was the coolant temperature of CNC-1?",
            at("cnc-1/coolant_temperature", today(9, 30)))
        add("What did the pressure of the compressor read 20 minutes ago?",
            at("compressor-1/discharge_pressure", NOW - timedelta(minutes=20)))
        add("How does the spindle load of CNC-1 in the last hour compare to the hour before that?",
            two("cnc-1/spindle_load", hour, hour_before))
        add("Did the furnace run hotter today than yesterday?",
            two("furnace-1/chamber_temperature", day, whole_yesterday))
        add("Which of the two CNCs vibrates more?", machines("last", both("vibration"), minute))
        add("What is the difference in spindle speed between CNC-1 and CNC-2?",
            machines("last", both("spindle_speed"), minute))
        add("Number of parts made by CNC-2 since midnight?", count("cnc-2/parts", day))
        add("What did CNC-1 produce during the last shift?", count("cnc-1/parts", window_of("during the last shift")))
        add("How many strokes has the press done so far today?", count("press-1/cycles", day))
        add("Has CNC-1 stopped?", state("cnc-1"))
        add("What state is the conveyor in?", state("conveyor-1"))
        add("Is the compressor idle at the moment?", state("compressor-1"))
        add("How much time did CNC-2 spend in fault since 7 am?", spent("cnc-2", "fault", window_of("since 7 am")))
        add("For how long did the press stand idle during the last shift?",
            spent("press-1", "idle", window_of("during the last shift")))
        add("How frequently did CNC-2 go into fault so far today?", entered("cnc-2", "fault", day))
        add("What machines are currently idle?", many("idle", False))
        add("Are any machines in fault?", many("fault", False))
        add("List all machines.", [row("count", "-", 6.0, "6")])
        add("What signals does the press offer?", listed("press-1/"))
    else:
        add("二十分钟前空压机的出口压力是多少？", at("compressor-1/discharge_pressure", NOW - timedelta(minutes=20)))
        add("1号机床在昨天下午两点零五分的切削液温度", at("cnc-1/coolant_temperature", yesterday(14, 5)))
        add("与昨天相比，今天炉子的温度怎么样？",
            [row("mean", "furnace-1/chamber_temperature", v, shown("furnace-1/chamber_temperature", v))
             for v in (statistics("furnace-1/chamber_temperature", w)["mean"] for w in (day, whole_yesterday))])
        add("两台数控机床相比，谁的振动大？", machines("last", both("vibration"), minute))
        add("1号和2号数控机床的主轴转速相差多少？", machines("last", both("spindle_speed"), minute))
        add("零点以来2号数控机床的产量", count("cnc-2/parts", day))
        add("1号机床上一班做了多少个零件？", count("cnc-1/parts", window_of("上一班")))
        add("压力机今天到目前为止冲压了多少次？", count("press-1/cycles", day))
        add("1号数控机床停机了吗？", state("cnc-1"))
        add("输送带处于什么状态？", state("conveyor-1"))
        add("空压机是不是在待机？", state("compressor-1"))
        add("早上七点以来，2号数控机床一共故障多久？", spent("cnc-2", "fault", window_of("早上七点以来")))
        add("压力机上一班的待机时间有多长？", spent("press-1", "idle", window_of("上一班")))
        add("2号机床今天报警多少次？", entered("cnc-2", "fault", day))
        add("现在哪几台设备空闲？", many("idle", False))
        add("有没有设备故障？", many("fault", False))
        add("列出所有设备", [row("count", "-", 6.0, "6")])
        add("液压机都有哪些传感器？", listed("press-1/"))
    return out


def templated(split, lang, wanted, rng):
    categories = list(PHRASES)
    out, seen = [], set()
    turn = 0
    while len(out) < wanted:
        category = categories[turn % len(categories)]
        phrases = PHRASES[category][split][lang]
        phrase = phrases[(turn // len(categories)) % len(phrases)]
        turn += 1
        machine, quantity, tag = rng.choice(QUANTITIES[split][lang])
        words, window = rng.choice(TIMES[split][lang])
        question = phrase.format(a=machine, q=quantity, t=words)
        question = question[0].upper() + question[1:] if phrase.startswith("{t}") else question
        if question in seen:
            continue
        seen.add(question)
        if category == "latest":
            lines = expect_latest(tag)
        elif category == "compound":
            lines = expect_latest(tag) + expect_change(tag, window)
        elif category == "change":
            lines = expect_change(tag, window)
        else:
            facts = {"mean": ["mean"], "range": ["minimum", "maximum"], "maximum": ["maximum"],
                     "minimum": ["minimum"]}[category]
            lines = expect_stats(tag, window, facts)
        out.append((question, lines))
    return out


def write_cases():
    print("# Generated by tools/gen/ask_questions.py; do not edit. Format: README.md beside this file.")
    print(f"now_ms {NOW_MS}")
    print("zone CET-1CEST,M3.5.0,M10.5.0/3")
    print(f"samples {COUNT} step_s {STEP_S} age_s {AGE_S} hold_s {HOLD_S}")
    for each in HISTORY.values():
        print("\n".join(each.head()))
    for split, total in (("tune", 60), ("held", 40)):
        for lang in ("en", "zh"):
            rng = random.Random(f"{split}-{lang}-20261124")
            written = fixed_questions(split, lang)
            questions = written + templated(split, lang, total - len(written), rng)
            for i, (question, lines) in enumerate(questions, 1):
                print(f"\ncase {split}-{lang}-{i:03d}\nask {question}")
                print("\n".join(lines))


def main():
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        write_cases()
    if "--check" not in sys.argv:
        sys.stdout.write(text.getvalue())
    elif CASES.read_text() != text.getvalue():
        sys.exit("questions: tests/cases/ask/questions.case is not what tools/gen/ask_questions.py writes; run it")
    else:
        print("   questions: tests/cases/ask/questions.case is up to date")


if __name__ == "__main__":
    main()
