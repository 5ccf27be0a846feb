/** The present, to five seconds: what says "4 min ago" moves on by itself. */
class Clock {
  now = $state(Date.now());

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.now = Date.now();
    }, 5000);
  }
}

export const clock = new Clock();
