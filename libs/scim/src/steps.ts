/**
 * Long work split into steps, so that the caller can yield to other work between them. A step takes at most about a
 * millisecond.
 */
export type Steps<T> = Generator<void, T, void>;

/** Runs all steps without a pause. @returns the result of the work. @throws its errors */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
