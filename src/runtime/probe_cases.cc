#include "runtime/probe_cases.h"

namespace mw::runtime {
namespace {

constexpr LanguageCase kLanguages[] = {
    {"en", "Explain in two sentences why a bearing must be lubricated."},
    {"en", "Describe briefly what a hydraulic press does."},
    {"en", "Write two sentences about safety glasses in a workshop."},
    {"en", "What is a thermometer used for? Answer in one or two sentences."},
    {"zh", "请用两句话说明轴承为什么需要润滑。"},
    {"zh", "请简要介绍液压机的作用。"},
    {"zh", "请写两句话说明车间里为什么要戴护目镜。"},
    {"zh", "温度计是做什么用的？请用一两句话回答。"},
};

constexpr CopyCase kCopies[] = {
    {"Fact: the pressure of press P-17 is 83.4 bar.\nRepeat the fact word for word.",
     "the pressure of press P-17 is 83.4 bar"},
    {"Fact: spindle S204 turns at 11870 1/min.\nRepeat the fact word for word.",
     "spindle S204 turns at 11870 1/min"},
    {"Fact: oil sample KX-9913 holds 0.072 % water.\nRepeat the fact word for word.",
     "oil sample KX-9913 holds 0.072 % water"},
    {"Fact: furnace F3 reached 947.5 degC at 14:52.\nRepeat the fact word for word.",
     "furnace F3 reached 947.5 degC at 14:52"},
    {"Fact: order 70-4418 needs 1260 brackets.\nRepeat the fact word for word.",
     "order 70-4418 needs 1260 brackets"},
    {"Fact: valve V12B closed after 3.81 s.\nRepeat the fact word for word.",
     "valve V12B closed after 3.81 s"},
    {"Fact: motor M6 draws 27.3 A.\nRepeat the fact word for word.", "motor M6 draws 27.3 A"},
    {"Fact: alarm E-4071 came 19 times.\nRepeat the fact word for word.",
     "alarm E-4071 came 19 times"},
};

constexpr ToolName kTools[] = {
    {"latest_value", "gives the current reading of one sensor"},
    {"window_statistics", "gives mean, minimum, maximum and trend of a sensor over a period"},
    {"state_history", "gives when a machine was running, idle, in fault or off"},
    {"count", "gives how many parts or cycles were made in a period"},
    {"unusual_now", "lists everything that is abnormal at this moment"},
};

constexpr ToolCase kToolCases[] = {
    {"What is the oil pressure of the press right now?", "latest_value"},
    {"How hot is the furnace at the moment?", "latest_value"},
    {"Show me the present current of the conveyor motor.", "latest_value"},
    {"What was the average vibration over the last hour?", "window_statistics"},
    {"Has the spindle temperature been rising since this morning?", "window_statistics"},
    {"What was the highest pressure yesterday?", "window_statistics"},
    {"How long was CNC-1 standing still today?", "state_history"},
    {"When did the press go into fault?", "state_history"},
    {"How many parts did CNC-2 make this shift?", "count"},
    {"How many cycles has the press done since noon?", "count"},
    {"Is anything wrong on the line?", "unusual_now"},
    {"Which machines need attention now?", "unusual_now"},
};

constexpr GrammarCase kGrammar[] = {
    {"Is 7 larger than 3? Answer with exactly one word, yes or no.",
     "yes|no|Yes|No|yes.|no.|Yes.|No."},
    {"Is ice hotter than steam? Answer with exactly one word, yes or no.",
     "yes|no|Yes|No|yes.|no.|Yes.|No."},
    {"Answer with exactly one word, red or green: which colour means stop?",
     "red|green|Red|Green|red.|green.|Red.|Green."},
    {"Reply with the JSON object {\"ok\": true} and nothing else.", "{\"ok\": true}|{\"ok\":true}"},
    {"Reply with the JSON object {\"state\": \"idle\"} and nothing else.",
     "{\"state\": \"idle\"}|{\"state\":\"idle\"}"},
    {"Write the number 42 and nothing else.", "42|42."},
};

}  // namespace

std::span<const LanguageCase> language_cases() { return kLanguages; }
std::span<const CopyCase> copy_cases() { return kCopies; }
std::span<const ToolCase> tool_cases() { return kToolCases; }
std::span<const ToolName> tool_names() { return kTools; }
std::span<const GrammarCase> grammar_cases() { return kGrammar; }

}  // namespace mw::runtime
