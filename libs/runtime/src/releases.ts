/** Collects cleanup steps and runs them in reverse order, also when a later step of the start fails. */
export class Releases {
  private readonly steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  /** Runs all steps. @throws the first error, after all steps have run */
  async release(): Promise<void> {
    const faults: unknown[] = [];
    for (const step of this.steps.splice(0).reverse()) await step().catch((error: unknown) => faults.push(error));
    if (faults.length > 0) throw faults[0];
  }
}
