import { api } from "#lib/api.ts";
import type { Health } from "../../../../schemas/api.ts";

const EVERY = 60_000;

/** What waits for a person and what is wrong, for the navigation: seen from every screen. */
class Attention {
  held = $state(0);
  /** Lines that are not green. */
  lines = $state(0);
  /** Approvals that wait for a person. */
  approvals = $state(0);
  health = $state<Health["state"] | "unknown">("unknown");

  async look(): Promise<void> {
    const [quarantine, health, lines, approvals] = await Promise.allSettled([
      api.quarantine({ state: "held", limit: 1 }),
      api.health(),
      api.lines(),
      api.approvals(),
    ]);
    if (quarantine.status === "fulfilled") this.held = quarantine.value.held;
    if (lines.status === "fulfilled") this.lines = lines.value.items.filter(({ colour }) => colour !== "green").length;
    if (approvals.status === "fulfilled") this.approvals = approvals.value.items.length;
    this.health = health.status === "fulfilled" ? health.value.state : "unknown";
  }

  /** Looks now and then, as long as someone can see it. */
  watch(): () => void {
    void this.look();
    const timer = setInterval(() => {
      if (!document.hidden) void this.look();
    }, EVERY);
    return () => clearInterval(timer);
  }
}

export const attention = new Attention();
