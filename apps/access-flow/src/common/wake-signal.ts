/** Signalled after each commit that may add work for targets, so that workers start before their next poll. */
export class WakeSignal {
  private readonly listeners: (() => void)[] = [];

  onWake(listener: () => void): void {
    this.listeners.push(listener);
  }

  wake(): void {
    for (const listener of this.listeners) listener();
  }
}
