import { failureClass, failureVerdict, type OnFailure } from "./failure.ts";
import { type HookDecision, type HookRequest, type HookVendor, NEUTRAL, type Question } from "./hook.ts";
import { type HookRules, verdictOf } from "./verdict.ts";

export interface HookDesk {
  /** MUST record what it answers. Rejects, or says `undecided`, when there is no decision. */
  decide(request: HookRequest): Promise<HookDecision | { readonly kind: "undecided"; readonly reason: string }>;
  readonly rules: HookRules & { readonly onFailure: OnFailure };
  /** Milliseconds after which there is no decision. Every vendor lets the tool run once its own wait is over, so this is shorter. */
  readonly patienceMs: number;
  /** Something went wrong that the caller is told about in the vendor's words alone. */
  readonly trouble: (why: "undecided" | "too_slow" | "failed" | "unreadable", error?: unknown) => void;
}

/** What arrived: the payload, or why there is none. */
export type Arrived = { readonly kind: "json"; readonly value: unknown } | { readonly kind: "unreadable"; readonly reason: string };

/**
 * Answers a hook in its vendor's words. Always answers: whatever goes wrong ends in what `onFailure` says about its class.
 *
 * @param event the vendor's name of the event, from the hook's address; null: the payload says it
 * @returns the body to send
 */
export async function answerHook(vendor: HookVendor, event: string | null, arrived: Arrived, desk: HookDesk): Promise<string> {
  if (arrived.kind === "unreadable") {
    desk.trouble("unreadable");
    return unanswerable(vendor, event, `${arrived.reason}.`, desk.rules.onFailure);
  }
  const reading = vendor.read(arrived.value, event);
  switch (reading.kind) {
    case "neutral":
      return NEUTRAL;
    case "refused":
      desk.trouble("unreadable");
      return unanswerable(vendor, reading.event, `the hook's payload cannot be read: ${reading.reason}.`, desk.rules.onFailure);
    case "question":
      return answerQuestion(vendor, reading, desk);
  }
}

/**
 * The answer when nothing is known but the address: without a valid key, under too much load, or to a body nobody can read.
 * An event that is not a question gets silence; one that is not named is taken for a tool's.
 */
export function unanswerable(vendor: HookVendor, event: string | null, why: string, onFailure: OnFailure): string {
  const asked = event ?? vendor.toolEvent;
  const abilities = vendor.abilities(asked);
  return abilities ? vendor.answer(asked, failureVerdict(failureClass(abilities.about, null), why, onFailure), null) : NEUTRAL;
}

async function answerQuestion(vendor: HookVendor, question: Question, desk: HookDesk): Promise<string> {
  const { event, request, input } = question;
  const abilities = vendor.abilities(event);
  if (!abilities) throw new Error("a question that its vendor does not ask");
  const decision = await decideInTime(request, desk);
  const verdict =
    "kind" in decision
      ? failureVerdict(failureClass(abilities.about, request), decision.reason, desk.rules.onFailure)
      : verdictOf(decision, question, abilities, desk.rules);
  return vendor.answer(event, verdict, input);
}

type Undecided = { readonly kind: "undecided"; readonly reason: string };

async function decideInTime(request: HookRequest, desk: HookDesk): Promise<HookDecision | Undecided> {
  const late = Promise.withResolvers<Undecided>();
  const timer = setTimeout(() => {
    desk.trouble("too_slow");
    late.resolve({ kind: "undecided", reason: "it took too long; try again in a moment." });
  }, desk.patienceMs);
  const decided = desk.decide(request).then(
    (answer) => {
      if ("kind" in answer) desk.trouble("undecided");
      return answer;
    },
    (error: unknown): Undecided => {
      desk.trouble("failed", error);
      return { kind: "undecided", reason: "it failed; look at Health in the console, then try again." };
    },
  );
  return Promise.race([decided, late.promise]).finally(() => clearTimeout(timer));
}
