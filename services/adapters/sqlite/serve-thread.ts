import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Answer, Message, Question } from "./thread.ts";

/** A value whose memory goes over to the other thread instead of being copied. */
export class Transferred {
  readonly value: unknown;
  readonly memory: readonly ArrayBuffer[];
  constructor(value: unknown, memory: readonly ArrayBuffer[]) {
    this.value = value;
    this.memory = memory;
  }
}

/**
 * Answers questions of one name that came one after another, in order: so what waited during one commit shares the next.
 * An `Error` as answer refuses one question. Throwing breaks the thread: whatever was not answered has an unknown outcome.
 */
type Answering = (questions: readonly never[]) => readonly unknown[];

/** What runs inside a thread. */
export interface Service extends Disposable {
  readonly answers: Readonly<Record<string, Answering>>;
}

/** For questions that gain nothing from being answered together. */
export const each =
  <Asked>(answer: (question: Asked) => unknown) =>
  (questions: readonly Asked[]): readonly unknown[] =>
    questions.map(answer);

/** Messages taken at once. More would only make the first of them wait longer. */
const MOST_AT_ONCE = 512;

/** Opens the service with the settings the thread was started with, and answers until it is told to close. */
export function serveThread<Settings>(open: (settings: Settings) => Service): void {
  const port = parentPort as MessagePort;
  const service = start(port, open);
  if (!service) return;
  port.on("message", (first: Question | "close") => {
    const taken: (Question | "close")[] = [first];
    for (let next = receiveMessageOnPort(port); next; next = taken.length < MOST_AT_ONCE ? receiveMessageOnPort(port) : undefined) {
      taken.push(next.message as Question | "close");
    }
    const questions = taken.filter((message) => message !== "close");
    for (const run of runsOf(questions)) {
      const answers = service.answers[run[0].name]?.(run.map(({ question }) => question as never)) ?? [];
      answers.forEach((answer, nth) => reply(port, (run[nth] as Question).call, answer));
    }
    if (taken.length === questions.length) return;
    service[Symbol.dispose]();
    port.close();
  });
}

function start<Settings>(port: MessagePort, open: (settings: Settings) => Service): Service | null {
  try {
    const service = open(workerData as Settings);
    port.postMessage({ started: true } satisfies Message);
    return service;
  } catch (error) {
    port.postMessage({ failed: error as Error } satisfies Message);
    port.close();
    return null;
  }
}

function runsOf(questions: readonly Question[]): [Question, ...Question[]][] {
  const runs: [Question, ...Question[]][] = [];
  for (const question of questions) {
    const run = runs.at(-1);
    if (run?.[0].name === question.name) run.push(question);
    else runs.push([question]);
  }
  return runs;
}

function reply(port: MessagePort, call: number, answer: unknown): void {
  if (answer instanceof Error) port.postMessage({ call, error: answer } satisfies Answer);
  else if (answer instanceof Transferred) port.postMessage({ call, answer: answer.value } satisfies Answer, [...answer.memory]);
  else port.postMessage({ call, answer } satisfies Answer);
}
