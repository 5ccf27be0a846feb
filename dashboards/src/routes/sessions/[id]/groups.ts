import { fromPico, toPico } from "#lib/format/decimal.ts";
import { type Family, stepLook, stepTitle } from "#lib/words/steps.ts";
import type { TimelineStep, TokenSums } from "../../../../../schemas/api.ts";

export interface Group {
  key: string;
  /** Counted from one; null for what happened before the first prompt. */
  number: number | null;
  steps: TimelineStep[];
  startedAt: number;
  endedAt: number;
  cost: string;
  tokens: number;
  unpriced: number;
  errors: number;
}

const FAILED = new Set(["failed", "blocked", "deny"]);

export const isFailure = (step: TimelineStep): boolean =>
  stepLook(step.kind).family === "errors" || (step.outcome !== null && FAILED.has(step.outcome));

export const belongs = (step: TimelineStep, family: Family): boolean =>
  family === "errors" ? isFailure(step) : stepLook(step.kind).family === family;

export const allTokens = (tokens: TokenSums): number => Object.values(tokens).reduce((sum, value) => sum + value, 0);

/** What a person searches for in a step: everything that is shown of it. */
export function matches(step: TimelineStep, text: string): boolean {
  if (text === "") return true;
  return [stepTitle(step), step.title, step.kind, step.model, step.outcome, step.subagentId, step.eventId, step.position].some((part) =>
    part?.toLowerCase().includes(text),
  );
}

/** The name of the report that counts instead of this one: its signal and where it came from. */
export function coverName(step: TimelineStep, steps: readonly TimelineStep[]): string | null {
  if (step.coveredBy === null) return null;
  const via = steps.find((one) => one.eventId === step.coveredBy)?.data["via"];
  if (typeof via !== "object" || via === null || !("signal" in via) || !("name" in via)) return step.coveredBy;
  return `${via.signal} ${via.name}`;
}

/** Steps by the prompt they serve. What names no prompt belongs to the one before it. */
export function groupByPrompt(steps: readonly TimelineStep[]): Group[] {
  const groups = new Map<string, Group>();
  let current = "";
  let prompts = 0;
  for (const step of steps) {
    const starts = step.kind === "prompt.submitted";
    const key = step.promptId ?? (starts ? `at ${step.position}` : current);
    current = key;
    let group = groups.get(key);
    if (!group) {
      if (key !== "") prompts += 1;
      group = {
        key,
        number: key === "" ? null : prompts,
        steps: [],
        startedAt: Infinity,
        endedAt: 0,
        cost: "0",
        tokens: 0,
        unpriced: 0,
        errors: 0,
      };
      groups.set(key, group);
    }
    add(group, step);
  }
  return [...groups.values()];
}

function add(group: Group, step: TimelineStep): void {
  const { from, to } = extent(step);
  group.steps.push(step);
  group.startedAt = Math.min(group.startedAt, from);
  group.endedAt = Math.max(group.endedAt, to);
  if (isFailure(step)) group.errors += 1;
  if (step.cost === null) return;
  group.cost = fromPico(toPico(group.cost) + toPico(step.cost.cost));
  group.tokens += allTokens(step.cost.tokens);
  group.unpriced += step.cost.unpriced;
}

/** From when to when a step took place: agents report a call when it is over. */
export function extent(step: TimelineStep): { from: number; to: number } {
  const to = Date.parse(step.time);
  return { from: to - (step.durationMs ?? 0), to };
}
