/** What of the frame is open. */
class Frame {
  palette = $state(false);
  help = $state(false);
  /** The navigation, on a narrow screen. */
  drawer = $state(false);
}

export const frame = new Frame();
