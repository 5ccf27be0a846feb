import Ban from "@lucide/svelte/icons/ban";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import Clock from "@lucide/svelte/icons/clock";
import { m } from "#lib/paraglide/messages.js";
import type { Agent } from "../../../../schemas/api.ts";

type Key = Pick<Agent["keys"][number], "expires" | "revokedAt">;

const SOON = 7 * 24 * 3_600_000;

/** How a key stands, as a colour, a shape and a word. */
export function keyState(key: Key, now = Date.now()) {
  if (key.revokedAt !== null) return { is: "revoked", label: m.key_state_revoked, tone: "idle", icon: Ban, usable: false } as const;
  if (key.expires !== null && Date.parse(key.expires) <= now)
    return { is: "expired", label: m.key_state_expired, tone: "bad", icon: Clock, usable: false } as const;
  if (key.expires !== null && Date.parse(key.expires) - now < SOON)
    return { is: "expiring", label: m.key_state_expiring, tone: "warn", icon: Clock, usable: true } as const;
  return { is: "active", label: m.key_state_active, tone: "ok", icon: CircleCheck, usable: true } as const;
}
