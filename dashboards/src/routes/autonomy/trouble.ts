import type { NewReport } from "../../../../schemas/autonomy-api.ts";

export type Report = NewReport["report"];
export type Rule = Report["rule"];

/** A report as it is being typed. */
export interface Trouble {
  rule: Rule;
  ref: string;
  severity: string;
  /** Percent. */
  share: string;
  days: string;
  value: string;
}

export const emptyTrouble = (): Trouble => ({ rule: "incident", ref: "", severity: "1", share: "", days: "", value: "" });

export const RULES: readonly Rule[] = [
  "incident",
  "secret_exposed",
  "action_above_level",
  "sandbox_escaped",
  "holdback_failed",
  "holdback_contaminated",
  "rubber_stamp",
  "line_red",
  "flow_negative",
];

const numberIn = (text: string): number | null => {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? null : value;
};

/** The report as the platform takes it; null: something is still missing. */
export function reportOf(trouble: Trouble): Report | null {
  const ref = trouble.ref.trim();
  if (ref === "") return null;
  const { rule } = trouble;
  if (rule === "incident") return { rule, ref, severity: Number(trouble.severity) };
  if (rule === "rubber_stamp") {
    const [percent, days] = [numberIn(trouble.share), numberIn(trouble.days)];
    if (percent === null || days === null || percent < 0 || percent > 100 || days < 0 || !Number.isInteger(days)) return null;
    return { rule, ref, share: percent / 100, days };
  }
  if (rule === "flow_negative") {
    const value = numberIn(trouble.value);
    return value === null ? null : { rule, ref, value };
  }
  return { rule, ref };
}

export type Effect =
  | { readonly kind: "to"; readonly level: number }
  | { readonly kind: "stay" | "suspend" | "freeze" | "no_case_incident" | "no_case_stamp" | "no_case_flow" };

const downTo = (level: number, to: number): Effect => (to < level ? { kind: "to", level: to } : { kind: "stay" });

const SHARE_ABOVE = 15;
const FOR_DAYS = 14;

/** What the rule does to a scope at a level, to say it before it is done; null: not enough is typed to tell. */
export function effectOf(trouble: Trouble, level: number): Effect | null {
  switch (trouble.rule) {
    case "incident":
      return Number(trouble.severity) <= 2 ? downTo(level, 2) : { kind: "no_case_incident" };
    case "action_above_level":
    case "secret_exposed":
    case "sandbox_escaped":
      return { kind: "suspend" };
    case "holdback_failed":
    case "holdback_contaminated":
      return downTo(level, 3);
    case "rubber_stamp": {
      const [percent, days] = [numberIn(trouble.share), numberIn(trouble.days)];
      if (percent === null || days === null) return null;
      return percent > SHARE_ABOVE && days >= FOR_DAYS ? downTo(level, 3) : { kind: "no_case_stamp" };
    }
    case "flow_negative": {
      const value = numberIn(trouble.value);
      if (value === null) return null;
      return value < 0 ? { kind: "freeze" } : { kind: "no_case_flow" };
    }
    case "line_red":
      return { kind: "freeze" };
  }
}
