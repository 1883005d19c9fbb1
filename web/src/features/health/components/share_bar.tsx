// One signal's part in a deviation, as a bar with its number.
import { percent_text } from "~/lib/format";
import { lang, say } from "~/lib/i18n/translate";
import { plant } from "~/lib/live/plant_store";

export function tag_title(id: string): string {
  for (const asset of plant.value.data?.assets ?? []) {
    const found = asset.tags.find((tag) => tag.id === id);
    if (found) return say(found.name) || id;
  }
  return id;
}

export function ShareBar({ tag, share }: { tag: string; share: number }) {
  return (
    <li class="health-share">
      <span>{tag_title(tag)}</span>
      <span class="health-bar" aria-hidden="true">
        <span style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
      <span>{percent_text(share, lang.value)}</span>
    </li>
  );
}
