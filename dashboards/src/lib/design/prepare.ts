import type { Attachment } from "svelte/attachments";

/**
 * For an element that leads to a part of the console: fetches the part as soon as a pointer or the focus comes near.
 * Whoever opens the part asks again, and is told what failed.
 */
export function prepare(load: () => Promise<unknown>): Attachment<HTMLElement> {
  return (element) => {
    const fetch = (): void => void load().catch(() => {});
    element.addEventListener("pointerenter", fetch);
    element.addEventListener("focusin", fetch);
    return () => {
      element.removeEventListener("pointerenter", fetch);
      element.removeEventListener("focusin", fetch);
    };
  };
}
