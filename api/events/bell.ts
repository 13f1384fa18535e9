/** Rings between a producer that must never wait and one consumer. Any number of rings before an answer count as one. */
export class Bell {
  private rung = false;
  private wake: (() => void) | null = null;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Waits for a ring, at most so many milliseconds. False when nobody rang. */
  async answer(milliseconds: number): Promise<boolean> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = null;
    }
    const rung = this.rung;
    this.rung = false;
    return rung;
  }
}
