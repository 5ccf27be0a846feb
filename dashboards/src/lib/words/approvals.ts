import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleCheckBig from "@lucide/svelte/icons/circle-check-big";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CircleSlash from "@lucide/svelte/icons/circle-slash";
import TimerOff from "@lucide/svelte/icons/timer-off";
import Undo2 from "@lucide/svelte/icons/undo-2";
import { m } from "#lib/paraglide/messages.js";
import type { Role } from "../../../../schemas/person.ts";
import { ROLES } from "./roles.ts";

/** How an approval stands: a colour, a shape and a word. */
export const STATUSES = {
  waiting: { label: m.approval_status_waiting, tone: "warn", icon: CirclePause },
  approved: { label: m.approval_status_approved, tone: "ok", icon: CircleCheck },
  consumed: { label: m.approval_status_consumed, tone: "ok", icon: CircleCheckBig },
  refused: { label: m.approval_status_refused, tone: "bad", icon: CircleSlash },
  expired: { label: m.approval_status_expired, tone: "idle", icon: TimerOff },
  revoked: { label: m.approval_status_revoked, tone: "idle", icon: Undo2 },
} as const;

export const SIMILAR = { request: m.approval_by_request, rule: m.approval_by_rule, repo: m.approval_by_repo } as const;

/** A role as people read it; a policy may name roles that the console does not know. */
export const roleName = (role: string): string => (Object.hasOwn(ROLES, role) ? ROLES[role as Role].name() : role);
