/**
 * Work on something big, cut into steps: whoever runs it may let other work go between them. Each step takes a
 * millisecond or so at most.
 */
export type Steps<T> = Generator<void, T, void>;

/** Runs work without a pause. @returns what it makes; @throws what it throws */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
