import { m } from "#lib/paraglide/messages.js";

/** The token buckets in the order and colour they have everywhere. Together they are everything that was billed. */
export const BUCKETS = [
  { id: "input", label: m.bucket_input, colour: "--bucket-input" },
  { id: "cacheRead", label: m.bucket_cache_read, colour: "--bucket-cache-read" },
  { id: "cacheWrite", label: m.bucket_cache_write, colour: "--bucket-cache-write" },
  { id: "output", label: m.bucket_output, colour: "--bucket-output" },
  { id: "reasoning", label: m.bucket_reasoning, colour: "--bucket-reasoning" },
] as const;
