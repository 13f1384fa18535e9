/** One server-sent event. */
export interface ServerSentEvent {
  event: string;
  id: string | null;
  // Tests read any field of the API's contract.
  // oxlint-disable-next-line typescript/no-explicit-any
  data: any;
}

/** Reads a stream of server-sent events like a client. */
export class EventReader {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly decoder = new TextDecoder();
  private text = '';
  /** The received text, including comments. */
  raw = '';

  constructor(response: Response) {
    this.reader = response.body!.getReader();
  }

  /** The next event. Null after the end of the stream. */
  async next(): Promise<ServerSentEvent | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        const event = parseBlock(block);
        if (event) return event;
        continue;
      }
      const { done, value } = await this.reader.read();
      if (done) return null;
      const chunk = this.decoder.decode(value, { stream: true });
      this.text += chunk;
      this.raw += chunk;
    }
  }

  /** The events up to and including the first match. */
  async until(fits: (event: ServerSentEvent) => boolean): Promise<ServerSentEvent[]> {
    const events: ServerSentEvent[] = [];
    for (let event = await this.next(); event !== null; event = await this.next()) {
      events.push(event);
      if (fits(event)) break;
    }
    return events;
  }

  /** The events up to the end of the stream. */
  async rest(): Promise<ServerSentEvent[]> {
    return await this.until(() => false);
  }

  async leave(): Promise<void> {
    await this.reader.cancel();
  }
}

function parseBlock(block: string): ServerSentEvent | null {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
  );
  const data = fields.get('data');
  return data === undefined ? null : { event: fields.get('event') ?? 'message', id: fields.get('id') ?? null, data: JSON.parse(data) };
}
