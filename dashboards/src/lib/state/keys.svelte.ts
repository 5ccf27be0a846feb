import { SvelteMap } from "svelte/reactivity";

export interface Shortcut {
  /** `k`, `g s`, `mod+k`, `/`, `?` */
  keys: string;
  label: () => string;
  group: () => string;
  run: () => void;
  /** Works while someone types. */
  whileTyping?: boolean;
}

const SEQUENCE_MS = 2500;

const NOT_TYPED_INTO = new Set(["checkbox", "radio", "button", "submit", "range"]);

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !NOT_TYPED_INTO.has(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || /^(textarea|select)$/i.test(target.tagName));
}

/** A link or a button that has the focus is what Enter presses. */
const pressesItself = (event: KeyboardEvent): boolean =>
  event.key === "Enter" && event.target instanceof Element && event.target.closest("a, button, summary") !== null;

/** Everything the keyboard can do now, so that help can list it. */
class Keys {
  readonly all = new SvelteMap<string, Shortcut>();
  #prefix: string | null = null;
  #prefixAt = 0;

  add(shortcuts: readonly Shortcut[]): () => void {
    for (const shortcut of shortcuts) this.all.set(shortcut.keys, shortcut);
    return () => {
      for (const shortcut of shortcuts) if (this.all.get(shortcut.keys) === shortcut) this.all.delete(shortcut.keys);
    };
  }

  press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.isComposing || pressesItself(event)) return;
    const mod = event.metaKey || event.ctrlKey;
    const key = mod ? `mod+${event.key.toLowerCase()}` : event.key;
    const pending = this.#prefix !== null && event.timeStamp - this.#prefixAt < SEQUENCE_MS ? `${this.#prefix} ${key}` : null;
    this.#prefix = null;
    const shortcut = (pending === null ? undefined : this.all.get(pending)) ?? this.all.get(key);
    if (shortcut) {
      if (!shortcut.whileTyping && (isTyping(event.target) || insideDialog(event.target))) return;
      event.preventDefault();
      shortcut.run();
    } else if (!mod && !isTyping(event.target) && [...this.all.keys()].some((known) => known.startsWith(`${key} `))) {
      this.#prefix = key;
      this.#prefixAt = event.timeStamp;
    }
  };
}

/** A dialog has the keyboard for itself. */
export const insideDialog = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("[role=dialog],[role=alertdialog],[role=listbox],[role=menu]") !== null;

export const keys = new Keys();

/** For a component: these keys work while it is on the screen. */
export function useKeys(shortcuts: () => readonly Shortcut[]): void {
  $effect(() => keys.add(shortcuts()));
}
