import { randomUUID } from "node:crypto";

export interface Place {
  readonly session: string;
  readonly vendor: string;
  readonly repo?: string;
  readonly branch?: string;
  readonly ticket?: string;
  readonly changekind?: string;
  readonly feature?: string;
}

export interface Call {
  readonly key: string;
  readonly model: string;
  readonly provider: string;
  readonly tokens: Readonly<Record<string, number>>;
  readonly reportedCost?: string;
  readonly durationMs?: number;
  /** Another report of the same call, worth less than a log's. */
  readonly via?: "log" | "span";
}

/** Events of one session, each a second after the one before unless told otherwise. */
export class Recorder {
  readonly events: object[] = [];
  readonly #place: Place;
  #now: number;
  #prompt: string | undefined;

  constructor(place: Place, start: number) {
    this.#place = place;
    this.#now = start;
  }

  wait(ms: number): this {
    this.#now += ms;
    return this;
  }

  add(name: string, version: number, data: Readonly<Record<string, unknown>>): this {
    const { session, vendor, ...attribution } = this.#place;
    this.events.push({
      specversion: "1.0",
      id: randomUUID(),
      source: "/console-tests",
      type: `andon.session.${name}.v${version}`,
      time: new Date(this.#now).toISOString(),
      vendor,
      ...attribution,
      data: { sessionId: session, ...(this.#prompt === undefined ? {} : { promptId: this.#prompt }), ...data },
    });
    return this.wait(1000);
  }

  started(harness: string): this {
    return this.add("started", 1, { harness, harnessVersion: "2.1.0", start: "fresh" });
  }

  prompt(text: string): this {
    this.#prompt = randomUUID();
    return this.add("prompt.submitted", 1, { length: text.length, content: [{ kind: "prompt", text }] });
  }

  response(text: string): this {
    return this.add("response.produced", 1, { length: text.length, content: [{ kind: "response", text }] });
  }

  tool(tool: string, outcome: "ok" | "failed" | "blocked", durationMs: number): this {
    return this.wait(durationMs).add("tool.called", 1, { tool, outcome, durationMs, content: [{ kind: "tool_input", text: "{}" }] });
  }

  file(operation: "create" | "update", linesAdded: number, linesRemoved: number): this {
    return this.add("file.changed", 1, {
      operation,
      language: "typescript",
      linesAdded,
      linesRemoved,
      content: [{ kind: "path", text: "src/a.ts" }],
    });
  }

  error(error: string, status: number): this {
    return this.add("error.raised", 1, { error, status, attempt: 1 });
  }

  call({ key, model, provider, tokens, reportedCost, durationMs = 2000, via = "log" }: Call): this {
    return this.wait(durationMs).add("usage.recorded", 2, {
      kind: "request",
      key,
      via: via === "log" ? { signal: "log", name: "api_request", rank: 7 } : { signal: "span", name: "llm_request", rank: 5 },
      provider,
      model,
      convention: "disjoint",
      quality: "exact",
      tokens,
      durationMs,
      ...(reportedCost === undefined ? {} : { reportedCost }),
    });
  }

  ended(outcome: "completed" | "failed" | "interrupted"): this {
    this.#prompt = undefined;
    return this.add("ended", 1, { outcome });
  }
}
