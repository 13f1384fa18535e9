/** An error as AWS's wire gives it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** 'Sender' for 4xx, 'Receiver' for 5xx. */
  get fault(): 'Sender' | 'Receiver' {
    return this.status < 500 ? 'Sender' : 'Receiver';
  }
  /** Further members of the error's structure, e.g. Reason. JSON services only. */
  readonly members: Record<string, string>;
  constructor(code: string, message: string, status = 400, members: Record<string, string> = {}) {
    super(message);
    this.members = members;
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}
