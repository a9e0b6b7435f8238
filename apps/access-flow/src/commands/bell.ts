/** Rung after each commit that may have left work for a target, so that workers need not wait for their next look. */
export class Bell {
  private readonly listeners: (() => void)[] = [];

  onRing(listener: () => void): void {
    this.listeners.push(listener);
  }

  ring(): void {
    for (const listener of this.listeners) listener();
  }
}
