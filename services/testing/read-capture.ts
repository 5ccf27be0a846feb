import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Translation } from "../collect/draft.ts";
import { decodeOtlp } from "../collect/otlp/decode.ts";
import type { OtlpBatch } from "../collect/otlp/model.ts";
import { translate } from "../collect/translate.ts";

const HERE = new URL("./captures/", import.meta.url);

/** The bodies of a recorded run in the order they were sent, as paths under `services/testing/captures`. */
export function bodiesOf(run: string): string[] {
  return readdirSync(new URL(`${run}/`, HERE))
    .filter((file) => /-(logs|metrics|traces|other)\.(json|bin)(\.gz)?$/.test(file))
    .sort()
    .map((file) => `${run}/${file}`);
}

/** A body as it was sent; files that end in `.gz` were compressed by us. */
export function readBody(path: string): Uint8Array {
  const bytes = readFileSync(new URL(path, HERE));
  return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

/** Decodes a body by its file name; bodies that were sent to a path of their own are logs or whatever they turn out to be. */
export function readBatch(path: string): OtlpBatch {
  const body = readBody(path);
  const named = /-(logs|metrics|traces)\./.exec(path)?.[1] as OtlpBatch["signal"] | undefined;
  const signals = named ? [named] : (["logs", "metrics", "traces"] as const);
  for (const signal of signals) {
    const decoded = decodeOtlp(signal, /\.bin(\.gz)?$/.test(path) ? "protobuf" : "json", body);
    if (decoded.kind === "ok" && decoded.rejected === 0) return decoded.batch;
  }
  throw new Error(`${path} cannot be decoded as ${signals.join(" or ")}`);
}

/** What the translators make of a body. */
export const translateBody = (path: string): Translation => translate(readBatch(path));

/** The bodies of a run, or those of some of its signals, translated one by one. */
export const translateRun = (run: string, ...signals: readonly OtlpBatch["signal"][]): Translation[] =>
  bodiesOf(run)
    .filter((path) => signals.length === 0 || signals.some((signal) => path.includes(`-${signal}.`)))
    .map(translateBody);
