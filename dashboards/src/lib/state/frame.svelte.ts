import { insideDialog } from "./keys.svelte.ts";

/** What of the frame is open. */
class Frame {
  palette = $state(false);
  help = $state(false);
  /** The navigation, on a narrow screen. */
  drawer = $state(false);
  /** The question of what the cord is pulled for. */
  cord = $state(false);
  /** Typed for the palette while it was still on its way. */
  typed = $state("");

  openPalette(): void {
    this.typed = "";
    this.palette = true;
  }

  /** Keeps what is typed between the palette's key and its first appearance. True: nobody else may take the key. */
  keep(event: KeyboardEvent): boolean {
    if (!this.palette || insideDialog(event.target) || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Escape") {
      this.palette = false;
    } else if (event.key.length === 1) this.typed += event.key;
    return event.key.length === 1 || event.key === "Enter" || event.key === "Escape";
  }
}

export const frame = new Frame();
