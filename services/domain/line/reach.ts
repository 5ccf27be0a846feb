import type { LineScope } from "../../../schemas/line.ts";
import { scopeKey } from "./scope.ts";
import { type Andon, type AndonState, stateAt } from "./state.ts";

/** Where a request belongs: for each kind of scope the names it goes by. Left out: not known, or none. */
export type Places = Readonly<Partial<Record<LineScope["kind"], readonly string[]>>>;

export interface LineRequest {
  /** `tool.call`, `change.merge` … */
  readonly action: string;
  readonly places: Places;
}

/** A line that is not running normally and that a request belongs to. */
export interface LineEntry {
  readonly scope: LineScope;
  readonly andonId: string;
  readonly state: AndonState;
  /** Why the request may not go on; null: it may. */
  readonly blocks: "stopped" | "gate" | "trial" | null;
  /** It is the trial's change: everything it does has to be reviewed. */
  readonly review: boolean;
}

/** What cannot be taken back: the fixed position up to which work goes on after a pull. */
const GATES: ReadonlySet<string> = new Set(["change.merge", "change.deploy"]);

/**
 * Which pulls contain a request and which of them hold it back. One deployment serves one organisation: a pull of the
 * organisation's cord contains everything, whatever it was called.
 * @param disturbed pulls that are active or released, by the key of their scope
 */
export function lineEntries(disturbed: ReadonlyMap<string, readonly Andon[]>, request: LineRequest, nowMs: number): LineEntry[] {
  if (disturbed.size === 0) return [];
  const keys = new Set(
    Object.entries(request.places).flatMap(([kind, names]) => names.map((name) => scopeKey({ kind: kind as LineScope["kind"], name }))),
  );
  const entries: LineEntry[] = [];
  for (const [key, andons] of disturbed) {
    if (!keys.has(key) && !key.startsWith("org.")) continue;
    for (const andon of andons) entries.push(entryOf(andon, request, nowMs));
  }
  return entries;
}

function entryOf(andon: Andon, { action, places }: LineRequest, nowMs: number): LineEntry {
  const { scope, andonId, trial } = andon;
  const state = stateAt(andon, nowMs);
  const review = state === "trial" && trial !== null && (places.change ?? []).includes(trial.changeId);
  return { scope, andonId, state, blocks: blockedBy(state, action, review), review };
}

function blockedBy(state: AndonState, action: string, inTrial: boolean): LineEntry["blocks"] {
  switch (state) {
    case "called":
    case "responding":
      return GATES.has(action) ? "gate" : null;
    case "stopped":
    case "contained":
    case "countermeasure":
    case "escalated":
      return "stopped";
    case "trial":
      return inTrial ? null : "trial";
    case "cleared":
    case "released":
    case "closed":
    case "voided":
      return null;
  }
}
