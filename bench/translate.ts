import { decodeOtlp } from "../services/collect/otlp/decode.ts";
import type { OtlpBatch } from "../services/collect/otlp/model.ts";
import { translate } from "../services/collect/translate.ts";
import { bodiesOf, readBody } from "../services/testing/read-capture.ts";
import { format, interleaved, median, type Side, table } from "./measure.ts";

/**
 * How many OTLP records a core takes from bytes to drafts in a second, on recorded sessions in both encodings, beside what
 * parsing the same JSON alone would do. The goal of 30,000 is for a second of the processor's time, so that a busy machine
 * does not change the answer; the table shows the clock's.
 */
const ROUNDS = 7;
const PER_ROUND_MS = 500;

interface Body {
  readonly signal: OtlpBatch["signal"];
  readonly encoding: "json" | "protobuf";
  readonly bytes: Uint8Array;
}

const claudeJson = bodies("claude-code/s1-json", "claude-code/mcp-and-failures");
const perCore = new Map<string, number[]>();

const sides: Side[] = [
  side("Claude Code, JSON: JSON.parse alone", claudeJson, ({ bytes }) => void JSON.parse(Buffer.from(bytes).toString("utf8"))),
  side("Claude Code, JSON: decoded", claudeJson, decoded),
  side("Claude Code, JSON: drafts", claudeJson, drafts),
  side("Claude Code, protobuf: decoded", bodies("claude-code/s1-proto"), decoded),
  side("Claude Code, protobuf: drafts", bodies("claude-code/s1-proto"), drafts),
  side("Copilot CLI, JSON: drafts", bodies("copilot-cli/s1-redacted"), drafts),
  side("Copilot CLI, protobuf: drafts", bodies("copilot-cli/s1-proto"), drafts),
];

await interleaved(sides, 1);
perCore.clear();
console.log(table(await interleaved(sides, ROUNDS), "records/s"));
for (const [name, rates] of perCore) console.log(`${name.padEnd(44)} ${format(median(rates)).padStart(12)} records per second of one core`);

function bodies(...runs: readonly string[]): Body[] {
  return runs.flatMap(bodiesOf).map((path) => ({
    signal: (/-(logs|metrics|traces)\./.exec(path)?.[1] ?? "logs") as OtlpBatch["signal"],
    encoding: path.endsWith(".bin") ? "protobuf" : "json",
    bytes: readBody(path),
  }));
}

function decoded({ signal, encoding, bytes }: Body): OtlpBatch {
  const answer = decodeOtlp(signal, encoding, bytes);
  if (answer.kind !== "ok") throw new Error(`a recorded body cannot be decoded: ${answer.reason}`);
  return answer.batch;
}

function drafts(body: Body): void {
  if (translate(decoded(body)).refused.length > 0) throw new Error("a recorded body is refused");
}

function side(name: string, of: readonly Body[], work: (body: Body) => unknown): Side {
  const records = of.reduce((sum, body) => sum + decoded(body).records.length, 0);
  return {
    name,
    run: async () => {
      const end = performance.now() + PER_ROUND_MS;
      const before = process.cpuUsage();
      let done = 0;
      do {
        for (const body of of) work(body);
        done += records;
      } while (performance.now() < end);
      const { user, system } = process.cpuUsage(before);
      perCore.set(name, [...(perCore.get(name) ?? []), (done / (user + system)) * 1e6]);
      return done;
    },
  };
}
