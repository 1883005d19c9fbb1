import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { en as first_en } from "./en";
import { en_audit } from "./en_audit";
import { en_setup } from "./en_setup";
import { has_message, learn, message_text, preferred_language, t_in } from "./translate";
import { zh as first_zh } from "./zh";
import { zh_audit } from "./zh_audit";
import { zh_setup } from "./zh_setup";

const en = { ...first_en, ...en_audit, ...en_setup };
const zh = { ...first_zh, ...zh_audit, ...zh_setup };

const source = new URL("../..", import.meta.url).pathname;

function* code_files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* code_files(path);
    else if (/\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !/i18n\/(en|zh)(_system|_models|_alarms|_rules|_admin|_audit|_oee|_setup)?\.ts$/.test(path)) yield path;
  }
}

const names = (message: string) => [...new Set([...message.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort();

describe("the catalogue", () => {
  it("has the same keys in both languages, in the same order", () => {
    expect(Object.keys(zh)).toEqual(Object.keys(en));
  });
  it("leaves no message empty", () => {
    for (const [key, message] of [...Object.entries(en), ...Object.entries(zh)]) expect(message.trim(), key).not.toBe("");
  });
  it("uses the same placeholders in both languages", () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(names(zh[key]), key).toEqual(names(en[key]));
  });
  it("is Chinese where it says so", () => {
    const same_on_purpose = /^(app\.name|rules\.text_group|attention\.short|ask\.elapsed|app\.language|app\.language_hint|connector\.kind_kafka)$/;
    for (const [key, message] of Object.entries(zh)) {
      if (same_on_purpose.test(key)) continue;
      const without = message.replace(/\{[^}]*\}/g, "");
      if (/[A-Za-z]/.test(without) || without.trim() !== "") expect(message, key).toMatch(/[\u4e00-\u9fff]|：/);
    }
  });
  it("uses Chinese punctuation between Chinese words", () => {
    for (const [key, message] of Object.entries(zh)) expect(message, key).not.toMatch(/[\u4e00-\u9fff][,;:?!](?:\s|$|[\u4e00-\u9fff])/);
  });
  it("holds no message that nothing uses", () => {
    const code = [...code_files(source)].map((path) => readFileSync(path, "utf8")).join("\n");
    const dynamic = /^(fact|quality|nav|alarm_state|alarm_group|alarm_priority|alarm_event|message_state|card|role|people\.(?:role_hint|unlock|enable|totp_off)|key_state|key_scope|audit_outcome|models\.state|models\.health|request\.(?:ended|priority)|connector\.(?:kind|state)|ask\.stage|app\.theme|system\.met|error)[._]|^(alarms\.(now|rules|messages)|rules\.(above|below|is|bad))$/;
    const unused = Object.keys(en).filter((key) => !dynamic.test(key) && !code.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });
  it("is where all words come from: no component writes its own", () => {
    for (const path of code_files(source)) {
      if (!path.endsWith(".tsx")) continue;
      const text = readFileSync(path, "utf8").replace(/\/\/.*$/gm, "");
      const own = [...text.matchAll(/(?:aria-label|title|placeholder|alt)="([^"]*[A-Za-z\u4e00-\u9fff][^"]*)"/g)].map((match) => match[1]);
      const between = [...text.matchAll(/>\s*([A-Za-z\u4e00-\u9fff][A-Za-z\u4e00-\u9fff ]{2,})\s*<\//g)].map((match) => match[1]);
      expect([...own, ...between], path).toEqual([]);
    }
  });
});

describe("the texts of a later script", () => {
  it("are none of those that everybody loads", () => {
    expect(Object.keys({ ...en_audit, ...en_setup }).filter((key) => key in first_en)).toEqual([]);
  });
  it("are said in both languages once it is there, and are a name until then", () => {
    expect(has_message("setup.add")).toBe(false);
    expect(t_in("en", "setup.add")).toBe("setup.add");
    learn({ en: en_setup, zh: zh_setup });
    expect(has_message("setup.add")).toBe(true);
    expect([t_in("en", "setup.add"), t_in("zh", "setup.add")]).toEqual(["Add a connection", "添加连接"]);
  });
});

describe("message_text", () => {
  it("replaces names and keeps what it does not know", () => {
    expect(message_text("{a} of {b} {c}", { a: 1, b: "x" })).toBe("1 of x {c}");
  });
  it("picks by count", () => {
    const message = "{n|1 machine|# machines}";
    expect([0, 1, 2].map((n) => message_text(message, { n }))).toEqual(["0 machines", "1 machine", "2 machines"]);
  });
  it("does not read placeholders inside values", () => {
    expect(message_text("{a}", { a: "{b}", b: "no" })).toBe("{b}");
  });
});

describe("preferred_language", () => {
  it("is what was chosen, else the browser's first that we speak, else English", () => {
    expect(preferred_language("zh", ["en-GB"])).toBe("zh");
    expect(preferred_language("xx", ["de", "zh-TW", "en"])).toBe("zh");
    expect(preferred_language(null, ["fr", "de"])).toBe("en");
  });
});
