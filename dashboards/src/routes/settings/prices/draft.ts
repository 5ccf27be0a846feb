import type { PriceRow } from "../../../../../schemas/price.ts";

/** A price as it is being typed: every field is text. */
export interface Draft {
  priceId: string;
  provider: string;
  route: string;
  model: string;
  meter: string;
  serviceTier: string;
  region: string;
  usdPerMillion: string;
  from: string;
  to: string;
  kind: string;
  uri: string;
  on: string;
  note: string;
}

export const METERS = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "cacheWriteOther", "output", "reasoning"] as const;
export const KINDS = ["list", "contract", "internal_transfer"] as const;

const AMOUNT = /^\d{1,9}(\.\d{1,12})?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const today = (): string => new Date().toISOString().slice(0, 10);

export const emptyDraft = (): Draft => ({
  priceId: "",
  provider: "",
  route: "*",
  model: "",
  meter: "input",
  serviceTier: "standard",
  region: "*",
  usdPerMillion: "",
  from: today(),
  to: "",
  kind: "list",
  uri: "",
  on: today(),
  note: "",
});

/** A correction keeps the id, so that what was rated with it is rated again. */
export const draftOf = (row: PriceRow): Draft => ({
  priceId: row.priceId,
  provider: row.provider,
  route: row.route,
  model: row.model,
  meter: row.meter,
  serviceTier: row.serviceTier,
  region: row.region,
  usdPerMillion: row.usdPerMillion,
  from: row.from.slice(0, 10),
  to: row.to?.slice(0, 10) ?? "",
  kind: row.kind,
  uri: row.seen.uri,
  on: today(),
  note: row.note ?? "",
});

/** Fields that cannot be taken as they are. */
export function faults(draft: Draft): ReadonlySet<keyof Draft> {
  const found = new Set<keyof Draft>();
  for (const name of ["provider", "route", "model", "serviceTier", "region", "uri"] as const)
    if (draft[name].trim() === "") found.add(name);
  if (!AMOUNT.test(draft.usdPerMillion.trim())) found.add("usdPerMillion");
  if (!DAY.test(draft.from)) found.add("from");
  if (draft.to !== "" && (!DAY.test(draft.to) || draft.to <= draft.from)) found.add("to");
  if (!DAY.test(draft.on)) found.add("on");
  return found;
}

const midnight = (day: string): string => `${day}T00:00:00Z`;

/**
 * @param before the row that is corrected: what the form does not show of it (aliases, prompt band, the exact moments) stays
 */
export function rowOf(draft: Draft, before: PriceRow | null): PriceRow {
  const text = (name: keyof Draft): string => draft[name].trim();
  const meter = METERS.find((one) => one === draft.meter) ?? "input";
  return {
    ...(before?.aliases ? { aliases: before.aliases } : {}),
    ...(before?.promptBand ? { promptBand: before.promptBand } : {}),
    priceId: text("priceId") || [text("provider"), text("model"), meter, text("serviceTier"), draft.from].join(":"),
    provider: text("provider"),
    route: text("route"),
    model: text("model"),
    meter,
    serviceTier: text("serviceTier"),
    region: text("region"),
    usdPerMillion: text("usdPerMillion"),
    from: before?.from.startsWith(draft.from) ? before.from : midnight(draft.from),
    to: draft.to === "" ? null : before?.to?.startsWith(draft.to) ? before.to : midnight(draft.to),
    kind: KINDS.find((one) => one === draft.kind) ?? "list",
    seen: { uri: text("uri"), on: draft.on },
    ...(text("note") === "" ? {} : { note: text("note") }),
  };
}
