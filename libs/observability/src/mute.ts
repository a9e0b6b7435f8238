/* eslint-disable no-console -- the console is where libraries print */
/**
 * Swallows warnings that a library prints while it is loaded, and that are known and answered for.
 * @param text that the warning holds: on a terminal its colour comes before it
 * @returns ends it
 */
export function mute(text: string): () => void {
  const { warn } = console;
  const muted = (...said: unknown[]) => {
    if (!String(said[0]).includes(text)) warn.apply(console, said);
  };
  console.warn = muted;
  return () => {
    if (console.warn === muted) console.warn = warn;
  };
}
