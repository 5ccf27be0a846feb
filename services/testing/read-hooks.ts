import { readFileSync } from "node:fs";

const HERE = new URL("./captures/hooks/", import.meta.url);

/** A payload as the vendor's own program sent it. Long texts of what is not a question are cut. */
export interface HookCapture {
  readonly name: string;
  /** The name it was registered under. */
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** An answer that was tried on the vendor's own program, and what became of the tool or prompt. */
export interface AnswerTried {
  readonly name: string;
  readonly event: string;
  /** Not said: a command. */
  readonly via?: "http" | "command";
  /** HTTP status; 0: refused connection. */
  readonly status?: number;
  readonly exit: number;
  /** After the vendor's own patience. */
  readonly late: boolean;
  readonly body: string;
  readonly effect: "ran" | "stopped" | "changed";
}

const lines = <Line>(file: string): Line[] =>
  readFileSync(new URL(file, HERE), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

export const hookCaptures = (vendor: string): HookCapture[] => lines(`${vendor}.jsonl`);
export const answersTried = (vendor: string): AnswerTried[] => lines(`${vendor}.answers.jsonl`);
