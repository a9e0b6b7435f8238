/* eslint-disable no-console -- the console is where libraries print */
/**
 * Swallows warnings that a library prints while it is loaded, and that are known and answered for.
 * @param beginning of the warning, as it is printed
 * @returns ends it
 */
export function mute(beginning: string): () => void {
  const { warn } = console;
  const muted = (...said: unknown[]) => {
    if (!String(said[0]).includes(beginning)) warn.apply(console, said);
  };
  console.warn = muted;
  return () => {
    if (console.warn === muted) console.warn = warn;
  };
}
