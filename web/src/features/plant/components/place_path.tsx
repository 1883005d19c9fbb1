// Where a machine stands: area, line and cell, as far as they are described.
import type { Asset } from "~/lib/api_types";
import { say } from "~/lib/i18n/translate";
import { plant } from "~/lib/live/plant_store";
import type { Named } from "~/lib/place_types";

/** The places of a machine from the outside in, each with its name. */
export function places_of(asset: Asset): Named[] {
  const data = plant.value.data;
  const line = data?.lines?.find((each) => each.id === asset.line);
  const area = data?.areas?.find((each) => each.id === line?.area);
  const cell = data?.cells?.find((each) => each.id === asset.cell);
  const named_line: Named = line ?? { id: asset.line, name: asset.line_name ?? { en: asset.line, zh: asset.line } };
  return [area, named_line, cell].filter((place): place is Named => place !== undefined);
}

export function Path({ asset }: { asset: Asset }) {
  return (
    <span title={asset.path ?? ""}>
      {places_of(asset)
        .map((place) => say(place.name) || place.id)
        .join(" › ")}
    </span>
  );
}
