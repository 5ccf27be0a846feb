import type { Abilities, FailureClass, HookRequest, ToolClass, Verdict } from "./hook.ts";

/** What happens without a decision: `closed` denies, `open` lets it go on with a warning. */
export type OnFailure = Readonly<Record<FailureClass, "open" | "closed">>;

/**
 * Reading stays possible while the platform cannot decide, and so does talking: what a prompt or a model call leads to is
 * asked about again before it is done. Everything else waits.
 */
export const USUAL_FAILURE: OnFailure = {
  read: "open",
  prompt: "open",
  model: "open",
  write: "closed",
  execute: "closed",
  network: "closed",
  install: "closed",
  delegate: "closed",
  other: "closed",
};

/** @param open names of classes; what is not named is closed. null: one of them is no class */
export function onFailureWith(open: readonly string[]): OnFailure | null {
  const names = Object.keys(USUAL_FAILURE) as FailureClass[];
  if (open.some((name) => !names.includes(name as FailureClass))) return null;
  return Object.fromEntries(names.map((name) => [name, open.includes(name) ? "open" : "closed"])) as OnFailure;
}

/** @param request null: it could not be read, so a tool is taken for one that nobody knows */
export function failureClass(about: Abilities["about"], request: HookRequest | null): FailureClass {
  return about === "tool" ? ((request?.resource["class"] as ToolClass | undefined) ?? "other") : about;
}

/** @param why a sentence for the model and the user: what went wrong and what to do */
export function failureVerdict(about: FailureClass, why: string, onFailure: OnFailure): Verdict {
  return mayGoOn(about, onFailure)
    ? {
        kind: "allow",
        warning: `Andon did not decide on this: ${why} It goes on, because ${NAMES[about]} may while there is no decision.`,
        change: null,
      }
    : { kind: "deny", reason: `Andon did not decide on this: ${why} Without a decision ${NAMES[about]} may not go on.` };
}

/** A shell can do what any of the three may: nobody took its command apart. */
const mayGoOn = (about: FailureClass, onFailure: OnFailure): boolean =>
  (about === "execute" ? (["execute", "network", "install"] as const) : [about]).every((each) => onFailure[each] === "open");

const NAMES: Readonly<Record<FailureClass, string>> = {
  read: "tools that read",
  write: "tools that write",
  execute: "commands",
  network: "tools that reach the network",
  install: "installations",
  delegate: "sub-agents",
  other: "tools of an unknown kind",
  prompt: "prompts",
  model: "model calls",
};
