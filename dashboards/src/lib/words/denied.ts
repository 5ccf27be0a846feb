import { m } from "#lib/paraglide/messages.js";
import { account } from "#lib/state/account.svelte.ts";
import type { Permission } from "../../../../services/domain/people/permissions.ts";

/**
 * Why the one who is signed in may not do something, to show beside what cannot be pressed; undefined: they may. The
 * platform decides; this only keeps from offering what it would refuse.
 * @param team whose thing it is; left out: in whatever team they may
 */
export function denied(permission: Permission, team?: string): string | undefined {
  // Not known yet: nothing flickers, and the platform answers for itself.
  if (account.me === null) return undefined;
  const grant = account.me.permissions.find(({ name }) => name === permission);
  if (!grant) return m.not_permitted();
  return team === undefined || grant.teams === null || grant.teams.includes(team) ? undefined : m.not_permitted_team();
}
