/** Lets a producer that must never block wake one consumer. Several rings before the consumer waits count as one. */
export class Bell {
  private rung = false;
  private wake: (() => void) | null = null;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Waits for a ring. Returns false if none comes within the given milliseconds. */
  async wait(milliseconds: number): Promise<boolean> {
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
