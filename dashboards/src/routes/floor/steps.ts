import type { LineStep, LineView, PullView } from "../../../../schemas/line-api.ts";

export type StepName = LineStep["step"];

interface Steps {
  /** The way on. */
  readonly next: readonly StepName[];
  /** Besides it. */
  readonly also: readonly StepName[];
}

const STOPPED: Steps = { next: ["contain"], also: ["escalate", "void"] };
const CONTAINED: Steps = { next: ["countermeasure"], also: ["escalate", "void"] };

/** What makes sense in the state in which a pull is. */
export function stepsOf(pull: PullView): Steps {
  switch (pull.state) {
    case "called":
      return { next: ["acknowledge"], also: ["void"] };
    case "responding":
      return { next: ["clear", "stop"], also: ["void"] };
    case "stopped":
      return STOPPED;
    case "contained":
      return CONTAINED;
    case "escalated":
      return { next: pull.escalatedFrom === "contained" ? CONTAINED.next : STOPPED.next, also: ["void"] };
    case "countermeasure":
      return { next: ["start_trial"], also: ["void"] };
    case "trial":
      return { next: [pull.trial?.passed ? "release" : "end_trial"], also: ["void"] };
    case "released":
      return { next: ["close"], also: ["void"] };
    case "cleared":
    case "closed":
    case "voided":
      return { next: [], also: [] };
  }
}

/** The pull that a line's light is about; null: the light is green. */
export const pullOf = (line: LineView): PullView | null => line.active ?? line.past.find(({ state }) => state === "released") ?? null;

const ORDER = { red: 0, yellow: 1, green: 2 } as const;

/** What needs somebody most comes first: red, then what the clock moves next, then what waits longest. */
export function byUrgency(a: LineView, b: LineView): number {
  const due = (line: LineView): string => pullOf(line)?.dueAt ?? "9";
  const since = (line: LineView): string => pullOf(line)?.since ?? "";
  return ORDER[a.colour] - ORDER[b.colour] || due(a).localeCompare(due(b)) || since(a).localeCompare(since(b));
}
