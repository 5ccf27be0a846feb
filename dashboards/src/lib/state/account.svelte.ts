import { api, whenSignedOut } from "#lib/api.ts";
import type { Me } from "../../../../schemas/api.ts";
import { live } from "./live.svelte.ts";
import { recall, remember } from "./stored.ts";

/** Who is signed in. */
class Account {
  me = $state.raw<Me | null>(null);
  /**
   * Unknown until the platform has answered once. Whoever was in at the last visit is taken to be in still, so that the
   * screen can ask its questions at once; a refusal corrects it.
   */
  state = $state<"unknown" | "in" | "out">(recall("in") === "1" ? "in" : "unknown");
  /** Why it is not known, when the platform does not answer. */
  error = $state.raw<unknown>(null);

  constructor() {
    whenSignedOut(() => this.#left());
  }

  async find(): Promise<void> {
    this.error = null;
    try {
      this.#entered(await api.me());
    } catch (error) {
      // Who was taken to be in sees, on each screen, what does not answer.
      if (this.state === "unknown") this.error = error;
      else if (this.state === "in") setTimeout(() => void this.find(), 5000);
    }
  }

  async signIn(proof: { token: string } | { code: string }): Promise<void> {
    await api.signIn(proof);
    this.#entered(await api.me());
  }

  async signOut(): Promise<void> {
    try {
      await api.signOut();
    } finally {
      this.#left();
    }
  }

  #entered(me: Me): void {
    this.me = me;
    this.state = "in";
    remember("in", "1");
    live.open();
  }

  #left(): void {
    this.me = null;
    this.state = "out";
    remember("in", null);
    live.close();
  }
}

export const account = new Account();
