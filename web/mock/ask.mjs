// POST /api/ask of the mock: a handful of question forms over the mock's own signals, so that the
// console is tried with answers whose numbers are the ones its trends show.
import { assets, state_names } from "./catalogue.mjs";
import { all_tags, find_tag, latest, series, spans, abnormal } from "./signals.mjs";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const minute = 60_000;

function mentions(question) {
  const plain = question.toLowerCase();
  const found_assets = assets.filter((asset) =>
    [asset.id, asset.name.en.toLowerCase(), asset.name.zh, asset.id.replace("-", " ")].some((name) => plain.includes(name)));
  const tags = all_tags.filter((tag) => tag.kind !== "state" && (plain.includes(tag.name.en) || plain.includes(tag.name.zh)));
  return { found_assets, tags };
}

function evidence_maker(now_ms) {
  const list = [];
  const add = (tag, fact, value, extra = {}) => {
    const item = {
      id: `e${list.length + 1}`, fact, asset: tag.asset.id, tag: tag.full, value, unit: tag.unit, text: "", ts_ms: null, window: null,
      quality: "good", good_share: 1, source: `plant samples ${tag.full}`, simulated: true, series: [], ...extra,
    };
    list.push(item);
    return item;
  };
  return { list, add, now_ms };
}

function text_of(value, tag) {
  const unit = tag.unit === "degC" ? "°C" : tag.unit;
  return `${value.toFixed(tag.decimals ?? 1)}${unit === "" ? "" : ` ${unit}`}`;
}

function about_tag(tag, lang, make) {
  const { now_ms } = make;
  const window = { start_ms: now_ms - 10 * minute, end_ms: now_ms };
  const { points, good_share } = series(tag, window.start_ms, window.end_ms, 120);
  const values = points.filter((point) => point[1] !== null);
  const now = latest(tag, now_ms, { connected: true, since_ms: now_ms });
  const last = make.add(tag, "latest", now.value, { ts_ms: now.ts_ms, quality: now.quality, series: points });
  if (values.length < 2) {
    return [{ text: lang === "zh" ? "最近十分钟没有可用数据。" : "There is no usable data for the last ten minutes.", evidence: [last.id], from_model: false }];
  }
  const first_value = values[0][1];
  const last_value = values[values.length - 1][1];
  const common = { window, good_share, quality: good_share > 0.9 ? "good" : "uncertain" };
  const change = make.add(tag, "change", last_value - first_value, common);
  const first = make.add(tag, "first", first_value, { ...common, ts_ms: values[0][0] });
  const highest = Math.max(...values.map((point) => point[3]));
  const lowest = Math.min(...values.map((point) => point[2]));
  const low = make.add(tag, "minimum", lowest, common);
  const high = make.add(tag, "maximum", highest, common);
  const up = last_value >= first_value;
  const size = text_of(Math.abs(last_value - first_value), tag);
  return lang === "zh"
    ? [
        { text: `${tag.asset.name.zh}的${tag.name.zh}现在是 ${text_of(now.value, tag)}。`, evidence: [last.id], from_model: false },
        { text: `最近十分钟${up ? "上升" : "下降"}了 ${size}，起初为 ${text_of(first_value, tag)}。`, evidence: [change.id, first.id], from_model: false },
        { text: `其间最低 ${text_of(lowest, tag)}，最高 ${text_of(highest, tag)}。`, evidence: [low.id, high.id], from_model: false },
      ]
    : [
        { text: `The ${tag.name.en} of ${tag.asset.name.en} is ${text_of(now.value, tag)} now.`, evidence: [last.id], from_model: false },
        { text: `It ${up ? "rose" : "fell"} by ${size} in the last ten minutes, from ${text_of(first_value, tag)}.`, evidence: [change.id, first.id], from_model: false },
        { text: `In that time it lay between ${text_of(lowest, tag)} and ${text_of(highest, tag)}.`, evidence: [low.id, high.id], from_model: false },
        { text: "Spindle temperature follows the load; changes of this size are common while it varies.", evidence: [], from_model: true },
      ];
}

function compare(tags, lang, make) {
  const { now_ms } = make;
  const window = { start_ms: now_ms - 60 * minute, end_ms: now_ms };
  const means = tags.map((tag) => {
    const { points, good_share } = series(tag, window.start_ms, window.end_ms, 120);
    const values = points.filter((point) => point[1] !== null).map((point) => point[1]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return make.add(tag, "mean", mean, { window, good_share, series: points });
  });
  const difference = make.add(tags[0], "difference", means[0].value - means[1].value, { window });
  const [a, b] = tags;
  const words = lang === "zh"
    ? [`最近一小时${a.name.zh}的平均值：${a.asset.name.zh} ${text_of(means[0].value, a)}，${b.asset.name.zh} ${text_of(means[1].value, b)}。`, `两者相差 ${text_of(Math.abs(difference.value), a)}。`]
    : [`Mean ${a.name.en} over the last hour: ${a.asset.name.en} ${text_of(means[0].value, a)}, ${b.asset.name.en} ${text_of(means[1].value, b)}.`, `They differ by ${text_of(Math.abs(difference.value), a)}.`];
  return [
    { text: words[0], evidence: means.map((item) => item.id), from_model: false },
    { text: words[1], evidence: [difference.id], from_model: false },
  ];
}

function unusual(found, lang, make) {
  const list = (found.length > 0 ? found : assets).flatMap((asset) => abnormal(asset, make.now_ms, { connected: true, since_ms: 0 }).map((item) => ({ asset, ...item })));
  const tag = all_tags[0];
  const count = make.add(tag, "unusual_count", list.length, { asset: "", tag: "", unit: "", ts_ms: make.now_ms, source: "plant.db latest values" });
  const head = lang === "zh" ? `现在有 ${list.length} 项异常。` : `${list.length} ${list.length === 1 ? "thing is" : "things are"} unusual now.`;
  return [
    { text: head, evidence: [count.id], from_model: false },
    ...list.map((item) => {
      const full = find_tag(item.tag);
      const now = latest(full, make.now_ms, { connected: true, since_ms: 0 });
      const fact = now.quality === "bad" ? "bad_quality" : "above_normal";
      const { points, good_share } = series(full, make.now_ms - 60 * minute, make.now_ms, 120);
      const source = make.add(full, fact, now.quality === "bad" ? null : now.value, { ts_ms: now.ts_ms, quality: now.quality, good_share, text: now.reason?.en ?? "", series: points });
      return { text: lang === "zh" ? `${item.asset.name.zh}：${item.reason.zh}。` : `${item.asset.name.en}: ${item.reason.en}.`, evidence: [source.id], from_model: false };
    }),
  ];
}

function running(asset, lang, make) {
  const window = { start_ms: make.now_ms - 8 * 60 * minute, end_ms: make.now_ms };
  const total = spans(asset, window.start_ms, window.end_ms).filter((span) => span[2] === "running").reduce((sum, span) => sum + span[1] - span[0], 0);
  const tag = find_tag(`${asset.id}/state`);
  const item = make.add(tag, "duration_s", total / 1000, { window, unit: "s", text: "running" });
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.round(total / minute) % 60;
  return [{
    text: lang === "zh" ? `${asset.name.zh}最近八小时${state_names.running.zh}了 ${hours} 小时 ${minutes} 分钟。` : `${asset.name.en} was running for ${hours} h ${minutes} min in the last eight hours.`,
    evidence: [item.id], from_model: false,
  }];
}

export function plan_answer(request, now_ms) {
  const lang = request.lang ?? (/[\u4e00-\u9fff]/.test(request.question) ? "zh" : "en");
  const make = evidence_maker(now_ms);
  const { found_assets, tags } = mentions(request.question);
  const done = (sentences, extra = {}) => ({
    answer: sentences.map((sentence) => sentence.text).join(lang === "zh" ? "" : " "),
    sentences, evidence: make.list, readings: [], refused: false, language: lang, tool: "window_statistics", arguments: {}, replay_id: "r-7f3a91", ...extra,
  });
  const plain = request.question.toLowerCase();
  if (request.reading_id) {
    const tag = find_tag(request.reading_id);
    return done(about_tag(tag, lang, make), { arguments: { tag: tag.full, window: "10m" } });
  }
  if (/unusual|异常/.test(plain)) return done(unusual(found_assets, lang, make), { tool: "unusual_now" });
  if (/running|运行/.test(plain) && found_assets.length === 1) return done(running(found_assets[0], lang, make), { tool: "state_history", arguments: { asset: found_assets[0].id, state: "running" } });
  const exact = tags.filter((tag) => found_assets.includes(tag.asset));
  if (/compare|比较/.test(plain) && exact.length >= 2) return done(compare(exact, lang, make), { tool: "compare_machines", arguments: { tags: exact.map((tag) => tag.full) } });
  if (exact.length >= 1) return done(about_tag(exact[0], lang, make), { arguments: { tag: exact[0].full, statistics: ["first", "last", "change", "min", "max"] } });
  const loose = tags.length > 0 ? tags : /temperature|温度/.test(plain) ? all_tags.filter((tag) => /temperature/.test(tag.id) && (found_assets.length === 0 || found_assets.includes(tag.asset))) : [];
  if (loose.length > 0) {
    const readings = loose.slice(0, 5).map((tag) => ({ id: tag.full, text: lang === "zh" ? `${tag.asset.name.zh}的${tag.name.zh}，最近10分钟` : `${tag.name.en} of ${tag.asset.name.en}, last 10 minutes` }));
    return done([], { readings, tool: "", evidence: [] });
  }
  const refusal = lang === "zh"
    ? [{ text: "我只能回答关于本厂设备已存储数据的问题。", evidence: [], from_model: false }, { text: "可以问某个数值、它的变化、状态、产量，或者现在有什么异常。", evidence: [], from_model: false }]
    : [{ text: "I can only answer from what this plant's machines have stored.", evidence: [], from_model: false }, { text: "Ask for a value, how it changed, states, counts, or what is unusual now.", evidence: [], from_model: false }];
  return done(refusal, { refused: true, tool: "" });
}

export async function ask(response, request, scenario) {
  const answer = plan_answer(request, Date.now());
  const send = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const step = async () => {
    await pause(scenario.delay_ms);
    return !response.destroyed;
  };
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  for (const stage of ["understanding", "reading"]) {
    send("status", { stage });
    if (!(await step())) return;
  }
  if (scenario.ask === "fail_midway") {
    send("error", { error: { message: "The sample store could not be read: disk I/O error.", message_zh: "无法读取采样存储：磁盘读写错误。", type: "server_error", param: null, code: "io" } });
    response.end();
    return;
  }
  for (const item of answer.evidence) send("evidence", item);
  send("status", { stage: "explaining" });
  let count = 0;
  for (const sentence of answer.sentences) {
    if (!(await step())) return;
    send("sentence", sentence);
    count += 1;
    if (scenario.ask === "cut" && count === 1) {
      // Not by time: what a busy page has not read yet when the line breaks is lost to it.
      while (scenario.ask === "cut" && !response.destroyed) await pause(20);
      response.destroy();
      return;
    }
    if (scenario.ask === "hang" && count === 1) return;
  }
  if (answer.readings.length > 0) send("readings", answer.readings);
  await step();
  send("done", answer);
  response.end();
}
