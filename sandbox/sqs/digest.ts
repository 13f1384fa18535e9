import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from './state.ts';

/** MD5OfMessageBody: hex MD5 of the UTF-8 body, by which SDKs check what they received. */
export function md5OfBody(body: string): string {
  return createHash('md5').update(body, 'utf8').digest('hex');
}

/**
 * MD5OfMessageAttributes over the attributes sorted by name, each as length-prefixed name, data type, one byte for the
 * transport type (1 text, 2 binary) and length-prefixed value (SQS Developer Guide, "Calculating the MD5 message
 * digest for message attributes"). Undefined when there are none, as SQS leaves the field out.
 */
export function md5OfAttributes(attributes: Record<string, MessageAttributeValue>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const update = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name]!;
    update(Buffer.from(name));
    update(Buffer.from(DataType));
    const binary = DataType.startsWith('Binary');
    hash.update(Buffer.from([binary ? 2 : 1]));
    update(binary ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue ?? ''));
  }
  return hash.digest('hex');
}
