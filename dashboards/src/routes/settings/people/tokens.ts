import { m } from "#lib/paraglide/messages.js";
import type { Person } from "../../../../../schemas/api.ts";
import { keyState } from "../../agents/keys.ts";

const WORDS = {
  active: m.token_state_active,
  expired: m.token_state_expired,
  expiring: m.token_state_expiring,
  revoked: m.token_state_revoked,
};

/** How a token stands, as a colour, a shape and a word. */
export function tokenState(token: Person["tokens"][number]) {
  const state = keyState(token);
  return { ...state, label: WORDS[state.is] };
}
