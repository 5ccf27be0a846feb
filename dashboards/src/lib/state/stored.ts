/** Small things a person chose, kept in this browser. A browser that forbids it just forgets them. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`andon.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`andon.${key}`);
    else localStorage.setItem(`andon.${key}`, value);
  } catch {
    // Private windows may refuse; the choice then lasts until the page closes.
  }
}
