#!/usr/bin/env python3
"""Makes tests/golden/runtime/chat_template/cases.json: what Python's jinja2, set up as Hugging Face
sets it up, renders for each template of that folder and for single constructs.

Run in an environment with `pip install jinja2==3.1.6`.
"""
import hashlib
import json
import pathlib

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/runtime/chat_template"

CONVERSATIONS = [
    [],
    [("user", "Hi")],
    [("system", " Be brief. \n"), ("user", "What is 2+2?  "), ("assistant", "4"),
     ("user", "\u4f60\u597d <|im_end|> \"x\" \n")],
    [("user", "a"), ("assistant", "<think>\nhm\n</think>\n\nb"), ("user", "c"), ("assistant", "d")],
    [("user", "q"), ("tool", "{\"r\": 1}"), ("tool", "r2")],
    [("user", "a"), ("user", "b")],
]
TOOLS = [{"type": "function", "function": {
    "name": "latest", "description": "Reads a \"tag\"", "parameters": {
        "type": "object", "properties": {"tag": {"type": "string"}}, "required": ["tag"]}}}]
VARIABLES = [{}, {"tools": TOOLS, "enable_thinking": False}]

# One construct a line; the messages are those of CONVERSATIONS[3].
SNIPPETS = r"""
{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 - 3 - 4 }} {{ - -2 }} {{ 1e3 }} {{ 0.1 }} {{ 1e16 }} {{ 1_000 }}
{{ 'a' ~ 1 ~ none ~ true ~ 1.5 }}|{{ 'a' 'b' }}|{{ "a\n\t\"q\" \\ \x41 \u00e9 \' \q" }}
{{ [1,2,3][1:] | join(',') }} {{ 'h\u00e9llo'[1:3] }} {{ 'hello'[::-1] }} {{ [1,2,3,4,5][4:1:-1]|join }} {{ [1,2,3][-10:2]|join }} {{ [1,2,3][10:]|length }}
{{ messages[-1].content }} {{ messages[9] is defined }} {{ messages|length }} {{ [[1,2],[3]][0][1] }} {{ 'a'[5] }} {{ {'a':{'b':3}}.a['b'] }}
{{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 'a' in 'abc' }} {{ 'x' not in ['x'] }} {{ 'role' in messages[0] }} {{ 1 == 1.0 }} {{ true == 1 }} {{ '1' == 1 }} {{ [1] == [1] }} {{ {'a':1} != {'a':1} }}
{{ not true or true }} {{ not (true or true) }} {{ x or 'd' }} {{ 0 or '' or 'z' }} {{ 1 and 2 }} {{ 'a' if true }} {{ 'a' if false }}{{ 'a' if false else 'b' if false else 'c' }}
{{ x is defined }} {{ x is not defined }} {{ none is none }} {{ 'a' is string }} {{ {} is mapping }} {{ [] is sequence }} {{ 1 is number }} {{ 1 is integer }} {{ 1.0 is float }} {{ true is boolean }} {{ 3 is odd }} {{ 4 is divisibleby 2 }} {{ 'a' is eq 'a' }} {{ [] is iterable }} {{ true is true }}
{{ '  a b ' | trim }}|{{ 'xxaxx'|trim('x') }}|{{ 'xax'.lstrip('x') }}|{{ 'xax'.rstrip('x') }}|{{ '\u3000 a\u00a0'|trim }}|{{ 'ab\x1c'|trim|length }}
{{ 'a,b,c'.split(',') | join('-') }} {{ 'a b  c'.split() | join('-') }} {{ 'a,b,c'.split(',',1)|last }} {{ 'a,b,c'.rsplit(',',1)|first }} {{ ' a  b c '.split(none,1)|join('-') }}|
{{ 'aXb'|upper }} {{ 'aXb'|lower }} {{ 'hello world'|title }} {{ 'hELLO wORLD'|capitalize }} {{ 'abc'.upper() }} {{ 'they are'.title() }}
{{ y|default('d') }} {{ ''|default('d', true) }} {{ none|default('d') }} {{ y|d }} {{ none|default('z', boolean=true) }}
{{ [1,'a',none,true,2.5] | tojson }} {{ {'a':[1,{'b':'\u00e9\u4f60"\n\u0001'}]} | tojson }} {{ {'a':[1,{}],'c':[]} | tojson(indent=2) }}
{{ [3,1,2]|first }} {{ [3,1,2]|last }} {{ []|first }} {{ 'abc'|last }} {{ [1,2]|reverse|join }} {{ {'b':1}|items|list|length }}
{% for k, v in {'a':1,'b':2}|items %}{{ k }}={{ v }};{% endfor %} {% for k in {'a':1} %}{{k}}{% endfor %} {{ {'a':1}.get('b') }} {{ {'a':1}.get('z',5) }} {{ {'a':1}.keys()|join }} {{ {'a':1}.values()|join }}
{% for i in range(3) %}{{ i }}{% if not loop.last %},{% endif %}{% endfor %} {% for i in range(5,0,-2) %}{{ i }}{% endfor %} {% for i in [7,8] %}{{ loop.index }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.previtem }}{{ loop.nextitem }}{% endfor %}
{% for i in [] %}x{% else %}empty{% endfor %} {% for i in [1,2,3,4] if i is even %}{{ loop.index }}:{{ i }} {% endfor %} {% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% set a = 1 %}{% for i in [1,2] %}{% set a = a + i %}{{ a }}{% endfor %}{{ a }} {% set ns = namespace(x=0) %}{% for i in [1,2] %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }} {% set b %} block {{ 1 }} {% endset %}[{{ b }}]
{% for m in messages[::-1] %}{{ m.role[0] }}{% endfor %} {{ messages[1].content.split('</think>')[-1].lstrip('\n') }} {{ 'x'.startswith('x') }} {{ 'abc'.endswith('bc') }} {{ 'aab'.replace('a','xy') }} {{ 'abcabc'.find('c') }} {{ '-'.join(['a','b']) }}
{{ messages|map(attribute='role')|join(',') }} {{ messages|selectattr('role','equalto','user')|list|length }} {{ messages|rejectattr('role','equalto','user')|list|length }} {{ [1,2,3]|select('odd')|join }} {{ ['a','B']|map('upper')|join }}
{{ '5'|int + 1 }} {{ 'x'|int }} {{ 2.7|int }} {{ -3|abs }} {{ 5|string + 'a' }} {{ 'abc'|list|join('.') }}
{{ 'x' ~ undefined_thing ~ 'y' }}|{{ undefined_thing|length }}|{{ undefined_thing|trim }}|{% for z in undefined_thing %}{% endfor %}|{{ 'a' in undefined_thing }}
{%if true%}tight{%endif%}{{'a'}}{{"}}"}}{{ '{%' }} {'a': 1} { { % } }
{% macro f(a, b='d') %}{{ a }}-{{ b }}{{ c is defined }};{% endmacro %}{% for c in [1] %}{{ f(1) }}{{ f(2, b=3) }}{{ f() }}{% endfor %}{{ f('x') | upper }}
{% macro g(n) %}{% if n > 0 %}{{ n }}{{ g(n - 1) }}{% endif %}{% endmacro %}{{ g(3) }}{% set v = g(2) %}{{ v | length }}
{% for k, v in {'b':1,'A':2,'c':3}|dictsort %}{{ k }}{{ v }}{% endfor %}{% for x in none|selectattr('a') %}{% endfor %}
{{ messages[0].nothing.more }}
{{ 1 + 'a' }}
{{ none + 'a' }}
{{ 1 < 'a' }}
{{ undefined_thing|tojson }}
{{ raise_exception('no') }}
{{ 1 / 0 }}
{% for x in 5 %}{% endfor %}
{% for a, b in [[1,2,3]] %}{% endfor %}
{{ strftime_now('%Y') }}
""".strip().split("\n")

# White space around tags.
SNIPPETS += [
    "  {% if true %}  \n    a\n  {% endif %}\nb|  {%- if true -%}   x   {%- endif -%}   c",
    "|  {%+ if true %}y{% endif +%}\nz\n\t{% if true %}\n\ttab\n\t{% endif %}\nend",
    "{# comment #}\n  {# indented #}\nd {#- trimmed -#} e|{{- ' f ' -}}  g\n\n",
    "line\r\n{{ 'x' }}\r\n  {% set a = 1 %}  \r\n  {{ a }}\n",
    "{% for m in messages %}\n  {{ m.role }}:\n  {{- m.content }}\n{% endfor %}\nend\n",
]


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                        extensions=["jinja2.ext.loopcontrols"])
    env.filters["tojson"] = lambda value, indent=None: json.dumps(value, ensure_ascii=False,
                                                                  indent=indent)
    env.globals["raise_exception"] = refuse
    return env


def case(env, name, source, conversation, generate, variables):
    messages = [{"role": role, "content": content} for role, content in conversation]
    made = {"name": name, "messages": messages, "add_generation_prompt": generate,
            "variables": variables}
    names = {"tools": None, "documents": None, **variables}
    try:
        made["expected"] = env.from_string(source).render(
            messages=messages, add_generation_prompt=generate, bos_token="<s>", eos_token="</s>",
            **names)
    except Exception as error:  # what Jinja refuses, we have to refuse
        made["refused"] = type(error).__name__
    return made


def main():
    env = environment()
    cases = []
    for path in sorted(FOLDER.glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        for conversation in CONVERSATIONS:
            for variables in VARIABLES if path.stem.startswith("qwen") else VARIABLES[:1]:
                for generate in (True, False):
                    cases.append(case(env, path.name, source, conversation, generate, variables))
    for snippet in SNIPPETS:
        made = case(env, "snippet", snippet, CONVERSATIONS[3], True, {})
        made["template"] = snippet
        cases.append(made)
    text = json.dumps(cases, ensure_ascii=True, indent=1) + "\n"
    (FOLDER / "cases.json").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (FOLDER / "MANIFEST.toml").write_text(f'''generator = "tools/golden/make_chat_template_golden.py"
reference = "PyPI jinja2 {jinja2.__version__}, ImmutableSandboxedEnvironment, trim_blocks, lstrip_blocks"
tolerance = "none: equal text"

[[file]]
name = "cases.json"
sha256 = "{digest}"

[templates]
"smollm2.jinja" = "SmolLM2-135M-Instruct, Apache-2.0"
"qwen2_5.jinja" = "Qwen2.5, Apache-2.0"
"qwen3.jinja" = "Qwen3, Apache-2.0"
"mistral_nemo.jinja" = "Mistral-Nemo-Instruct-2407, Apache-2.0"
"phi3.jinja" = "Phi-3-mini, MIT"
"gemma.jinja, llama3.jinja, mistral_v1.jinja, zephyr.jinja" = "written here from the documented formats"
''')


if __name__ == "__main__":
    main()
