import type { NewProposal } from "../../../../schemas/autonomy-api.ts";
import { formOf, type Measure } from "./ladder.ts";

/** A measure as it is being typed. Empty: nobody measured it. */
export interface Typed {
  value: string;
  source: string;
}

const NUMBER = /^\d{1,9}([.,]\d{1,6})?$/;

/** What cannot be taken as it is: a value that is no number, or one without its source. */
export function faultOf(measure: Measure, { value, source }: Typed): "value" | "source" | null {
  const text = value.trim();
  if (text === "") return null;
  if (formOf(measure) !== "holds" && !NUMBER.test(text)) return "value";
  return source.trim() === "" ? "source" : null;
}

/** What was typed, as the platform takes it. Shares are typed in percent. */
export function measuresOf(measures: readonly Measure[], typed: Readonly<Record<string, Typed>>): NonNullable<NewProposal["measures"]> {
  const entries = measures.flatMap((measure) => {
    const value = typed[measure.id]?.value.trim() ?? "";
    const source = typed[measure.id]?.source.trim() ?? "";
    if (value === "") return [];
    const form = formOf(measure);
    const number = Number(value.replace(",", "."));
    return [[measure.id, { value: form === "holds" ? value === "yes" : form === "share" ? number / 100 : number, source }] as const];
  });
  return Object.fromEntries(entries);
}
