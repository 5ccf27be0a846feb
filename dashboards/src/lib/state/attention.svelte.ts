import { api } from "#lib/api.ts";
import type { Health } from "../../../../schemas/api.ts";

const EVERY = 60_000;

/** What waits for a person and what is wrong, for the navigation: seen from every screen. */
class Attention {
  held = $state(0);
  /** Lines that are not green. */
  lines = $state(0);
  health = $state<Health["state"] | "unknown">("unknown");

  async look(): Promise<void> {
    const [quarantine, health, lines] = await Promise.allSettled([api.quarantine({ state: "held", limit: 1 }), api.health(), api.lines()]);
    if (quarantine.status === "fulfilled") this.held = quarantine.value.held;
    if (lines.status === "fulfilled") this.lines = lines.value.items.filter(({ colour }) => colour !== "green").length;
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
