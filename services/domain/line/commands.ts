import type { DataOf, EventSchema } from "../../../schemas/event.ts";
import type {
  LineCleared,
  LineClosed,
  LineContained,
  LineCountermeasured,
  LinePull,
  LineReleased,
  LineScope,
  LineTrialStarted,
  LineTried,
  LineVoided,
} from "../../../schemas/line.ts";
import type { Actor } from "../envelope.ts";
import type { Fact } from "../fact.ts";

export type Pull = LinePull & {
  readonly kind: "pull";
  /** It follows from a stop of a smaller scope: there is nothing to wait for. */
  readonly widens?: boolean;
  /** Stop at once. Only who could answer the pull can say so; of anybody else it is a pull like any other. */
  readonly stops?: boolean;
};

type Of<S extends EventSchema> = Omit<DataOf<S>, "scope">;

export type Voiding = { readonly kind: "void" } & Of<typeof LineVoided>;

export type LineCommand =
  | Pull
  | Voiding
  | { readonly kind: "acknowledge"; readonly andonId: string }
  | ({ readonly kind: "clear" } & Of<typeof LineCleared>)
  | { readonly kind: "confirm"; readonly andonId: string }
  | { readonly kind: "reach_gate"; readonly andonId: string; readonly changeId: string }
  | ({ readonly kind: "contain" } & Of<typeof LineContained>)
  | ({ readonly kind: "countermeasure" } & Of<typeof LineCountermeasured>)
  | ({ readonly kind: "start_trial" } & Of<typeof LineTrialStarted>)
  | ({ readonly kind: "end_trial"; readonly andonId: string } & Pick<DataOf<typeof LineTried>, "outcome">)
  | ({ readonly kind: "release" } & Of<typeof LineReleased>)
  | ({ readonly kind: "close" } & Of<typeof LineClosed>)
  | { readonly kind: "escalate"; readonly andonId: string; readonly widened: boolean }
  /** What the clock asks for; quiet when that is nothing. */
  | { readonly kind: "tick"; readonly andonId: string };

/** What a decision needs to know beyond the line's own stream. */
export interface LineCircumstances {
  /** Milliseconds. */
  readonly at: number;
  readonly by: Actor;
  /** Ids of the people who answer for the scope, and for the one it was escalated to. Empty: nobody is named, any person may. */
  readonly owners: readonly string[];
  /** The next larger scope; null: there is none. */
  readonly wider: LineScope | null;
}

export type LineRefusal = {
  readonly kind: "unknown_andon" | "not_now" | "people_only" | "not_owner" | "second_person" | "invalid";
  readonly reason: string;
};

export type LineDecision = { readonly kind: "acts"; readonly facts: readonly Fact[] } | { readonly kind: "quiet" } | LineRefusal;
