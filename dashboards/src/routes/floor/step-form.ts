import type { LineStep } from "../../../../schemas/line-api.ts";
import type { StepName } from "./steps.ts";

type Countermeasure = Extract<LineStep, { step: "countermeasure" }>["countermeasure"];

/** A step as it is being filled in. */
export interface StepForm {
  cause: string;
  causeClass: string;
  remedy: Countermeasure["kind"];
  reference: string;
  inFlight: string;
  reverted: string;
  fenced: string;
  changeId: string;
  outcome: "passed" | "failed";
  because: "test" | "duplicate";
  note: string;
  learning: string;
  widen: boolean;
}

export const emptyForm = (causeClass: string): StepForm => ({
  cause: "",
  causeClass,
  remedy: "fix",
  reference: "",
  inFlight: "",
  reverted: "",
  fenced: "",
  changeId: "",
  outcome: "passed",
  because: "test",
  note: "",
  learning: "",
  widen: false,
});

/** Ids out of a text with commas, spaces or lines between them, each once. */
const idsIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];

/** The step as the platform takes it; null: something is still missing. */
export function stepOf(step: StepName, form: StepForm): LineStep | null {
  const [cause, reference, changeId, note, learning] = [form.cause, form.reference, form.changeId, form.note, form.learning].map((text) =>
    text.trim(),
  ) as [string, string, string, string, string];
  switch (step) {
    case "acknowledge":
    case "stop":
      return { step };
    case "clear":
      return cause ? { step, cause } : null;
    case "contain":
      return { step, inFlight: idsIn(form.inFlight), reverted: idsIn(form.reverted), fenced: idsIn(form.fenced) };
    case "countermeasure":
      return cause && reference ? { step, causeClass: form.causeClass, cause, countermeasure: { kind: form.remedy, reference } } : null;
    case "start_trial":
      return changeId ? { step, changeId } : null;
    case "end_trial":
      return { step, outcome: form.outcome };
    case "release":
      return note ? { step, note } : { step };
    case "close":
      return learning ? { step, learning } : null;
    case "void":
      return note ? { step, because: form.because, note } : null;
    case "escalate":
      return { step, widen: form.widen };
  }
}
