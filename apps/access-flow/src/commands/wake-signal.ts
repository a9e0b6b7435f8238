/** Rung after each commit that may have left work for a target, so that workers need not wait for their next look. */
export class WakeSignal {
  private readonly listeners: (() => void)[] = [];

  onWake(listener: () => void): void {
    this.listeners.push(listener);
  }

  wake(): void {
    for (const listener of this.listeners) listener();
  }
}
