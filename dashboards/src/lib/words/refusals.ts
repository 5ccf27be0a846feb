import { m } from "#lib/paraglide/messages.js";

const NAMES: Record<string, () => string> = {
  not_json: m.refused_not_json,
  not_cloudevent: m.refused_not_cloudevent,
  unknown_type: m.refused_unknown_type,
  unknown_version: m.refused_unknown_version,
  invalid_data: m.refused_invalid_data,
  identity_mismatch: m.refused_identity_mismatch,
  time_out_of_range: m.refused_time_out_of_range,
  id_reused: m.refused_id_reused,
  too_large: m.refused_too_large,
  too_deep: m.refused_too_deep,
  unreadable_otlp: m.refused_unreadable_otlp,
  internal: m.refused_internal,
};

const FIXES: Record<string, () => string> = {
  not_json: m.fix_not_json,
  not_cloudevent: m.fix_not_cloudevent,
  unknown_type: m.fix_unknown_type,
  unknown_version: m.fix_unknown_version,
  invalid_data: m.fix_invalid_data,
  identity_mismatch: m.fix_identity_mismatch,
  time_out_of_range: m.fix_time_out_of_range,
  id_reused: m.fix_id_reused,
  too_large: m.fix_too_large,
  too_deep: m.fix_too_deep,
  unreadable_otlp: m.fix_unreadable_otlp,
  internal: m.fix_internal,
};

export const refusalName = (code: string): string => NAMES[code]?.() ?? code;
export const refusalFix = (code: string): string | null => FIXES[code]?.() ?? null;

export const CODES = Object.keys(NAMES);

/** Where it came in. */
export const DOORS: Record<string, () => string> = { otlp: m.door_otlp, http: m.door_http, nats: m.door_nats };
