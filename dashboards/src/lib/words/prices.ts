import { m } from "#lib/paraglide/messages.js";

export const METER_NAMES = {
  input: m.bucket_input,
  cacheRead: m.bucket_cache_read,
  cacheWrite5m: m.meter_cache_write_5m,
  cacheWrite1h: m.meter_cache_write_1h,
  cacheWriteOther: m.bucket_cache_write,
  output: m.bucket_output,
  reasoning: m.bucket_reasoning,
} as const;

export const KIND_NAMES = { list: m.price_kind_list, contract: m.price_kind_contract, internal_transfer: m.price_kind_internal } as const;
