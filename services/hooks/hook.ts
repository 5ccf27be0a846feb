/** What a tool does, as its name says. A shell is `execute`, whatever it is told to run. */
export type ToolClass = "read" | "write" | "execute" | "network" | "install" | "delegate" | "other";

/** A decision that a vendor's hook asks for, in the words of `POST /api/v1/decisions`. */
export interface HookRequest {
  readonly action: "tool.call" | "prompt.submit" | "model.call";
  readonly resource: Readonly<Record<string, unknown>>;
  readonly context: Readonly<Record<string, unknown>>;
  readonly session?: string;
}

/** What came of it: the parts of a decision's answer that a hook can pass on. */
export interface HookDecision {
  readonly effect: "allow" | "deny" | "require_approval";
  readonly reasons: readonly HookReason[];
  readonly obligations: readonly { readonly kind: string; readonly [more: string]: unknown }[];
  readonly approval?: { readonly id: string };
}

export interface HookReason {
  readonly policy: string;
  readonly rule: string;
  readonly effect: string;
  readonly reason: string;
  /** Where the rule is explained: a URL, or a path of the console. */
  readonly page: string;
  readonly article?: string;
}

/** A hook that waits for an answer before something happens. */
export interface Question {
  readonly kind: "question";
  /** The vendor's name of the event. */
  readonly event: string;
  readonly request: HookRequest;
  /** The tool's arguments exactly as sent: what a change is merged into. null: there is nothing that could be changed. */
  readonly input: Readonly<Record<string, unknown>> | null;
}

export type Reading =
  | Question
  /** The vendor tells something and waits for nothing that we would say. */
  | { readonly kind: "neutral" }
  /** A question that cannot be read. The reason says what is wrong and never quotes what was sent. */
  | { readonly kind: "refused"; readonly event: string; readonly reason: string };

/** What a hook is about when it has to be answered without a decision: a tool's class, or the prompt or model call it asks about. */
export type FailureClass = ToolClass | "prompt" | "model";

/** What is to happen, before a vendor's words are found for it. */
export type Verdict =
  | { readonly kind: "allow"; readonly warning: string | null; readonly change: Readonly<Record<string, unknown>> | null }
  | { readonly kind: "deny" | "ask"; readonly reason: string };

/**
 * The body that says nothing, so that the vendor goes on as it would without the hook. A command hook prints nothing at all
 * for it: an answer without a body could be anybody's.
 */
export const NEUTRAL = "{}";

/**
 * One vendor's hooks. Pure. Over HTTP a body is sent with status 200 and `content-type: application/json`, whatever happened:
 * what vendors do on other statuses differs. A command hook prints the body and exits with 0.
 */
export interface HookVendor {
  readonly vendor: string;
  /** The event before a tool is used: the question that must not be missed. */
  readonly toolEvent: string;
  /** How the vendor can be answered where it asks `event`; null: it does not wait for an answer there. */
  abilities(event: string): Abilities | null;
  /** @param event as the hook's address names it, for payloads that do not; the payload's own name wins */
  read(payload: unknown, event: string | null): Reading;
  /** The body that makes the vendor do what the verdict says. `event` is one that it asks. */
  answer(event: string, verdict: Verdict, input: Question["input"]): string;
}

export interface Abilities {
  /** What is asked about: a tool, the user's prompt, or a call of the model. */
  readonly about: "tool" | "prompt" | "model";
  /** The vendor can put the question to the person at the keyboard. */
  readonly ask: boolean;
  /** The vendor can go on with other arguments. */
  readonly change: boolean;
}
