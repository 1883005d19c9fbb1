// One signal out of many: a part of its name is typed, and one of those that fit is taken (a combobox, as ARIA
// describes it).
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Field } from "~/components/field";
import type { Tag } from "~/lib/api_types";
import { say, t } from "~/lib/i18n/translate";
import { find_tag, plant } from "~/lib/live/plant_store";
import { find_tags, tag_rows, type TagRow } from "~/lib/tag_search";

const most_shown = 30;

interface TagPickerProps {
  value: string;
  asset: string; // its signals come first; only those of its line can be asked for
  problem: string | null;
  focus: boolean; // when it appears
  on_choose: (tag: Tag) => void;
}

function chosen_text(id: string): string {
  const found = find_tag(id);
  return found ? `${say(found.asset.name)}: ${say(found.tag.name)}` : id;
}

export function TagPicker({ value, asset, problem, focus, on_choose }: TagPickerProps) {
  const [search, set_search] = useState<string | null>(null); // null: closed
  const [at, set_at] = useState(0);
  const list = useId();
  const box = useRef<HTMLDivElement>(null);
  const assets = plant.value.data?.assets;
  const rows = useMemo(() => {
    const own = assets?.find((each) => each.id === asset);
    if (!assets || !own) return [];
    return tag_rows([own, ...assets.filter((each) => each.line === own.line && each !== own)]);
  }, [assets, asset]);
  const found = search === null ? [] : find_tags(rows, search, "").slice(0, most_shown);
  const open = search !== null;
  useLayoutEffect(() => {
    if (focus) box.current?.querySelector("input")?.focus();
  }, []);
  useEffect(() => box.current?.querySelector(`[id="${list}-${at}"]`)?.scrollIntoView({ block: "nearest" }), [at]);

  const look = (text: string | null) => {
    set_search(text);
    set_at(0);
  };
  const choose = (row: TagRow | undefined) => {
    if (!row) return;
    look(null);
    on_choose(row.tag);
  };
  const on_key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (!open) look("");
      else if (found.length > 0) set_at((at + step + found.length) % found.length);
    } else if (event.key === "Enter" && open && !event.isComposing) {
      event.preventDefault(); // the form is not sent
      choose(found[at]);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      look(null);
    }
  };
  return (
    <div class="tag-picker" ref={box}>
      <Field label={t("rules.tag")} hint={t("rules.tag_hint")} problem={problem}>
        {(input) => (
          <input
            {...input}
            class="text-input"
            role="combobox"
            aria-expanded={open}
            aria-controls={list}
            aria-autocomplete="list"
            {...(open && found.length > 0 ? { "aria-activedescendant": `${list}-${at}` } : {})}
            value={search ?? chosen_text(value)}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onFocus={(event) => event.currentTarget.select()}
            onClick={() => !open && look("")}
            onInput={(event) => look(event.currentTarget.value)}
            onKeyDown={on_key}
            onBlur={() => look(null)}
          />
        )}
      </Field>
      <ul id={list} class="tag-options" role="listbox" aria-label={t("rules.tag")} hidden={!open || found.length === 0}>
        {found.map((row, index) => (
          <li
            key={row.tag.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            data-option={row.tag.id}
            onMouseDown={(event) => event.preventDefault()} // the focus stays, so that the list does
            onClick={() => choose(row)}
          >
            <span>
              {say(row.asset.name)}: {say(row.tag.name)}
            </span>
            <span class="quiet mono">{row.tag.id}</span>
          </li>
        ))}
      </ul>
      <p class={open && found.length === 0 ? "quiet" : "visually-hidden"} role="status">
        {open && (found.length === 0 ? t("rules.no_tag") : t("rules.tags_found", { n: found.length }))}
      </p>
    </div>
  );
}
