import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { SealingKeys } from '../config/sealing-keys.ts';
import { createPayloadCodec, type PayloadCodecMode } from './payload-codec.ts';

/** The module of the converter that encodes failures: the source, or its built form beside this file. */
export const encodedFailuresPath = fileURLToPath(new URL(`./encoded-failures${extname(import.meta.url)}`, import.meta.url));

/**
 * The conversion of everything that API, worker and workflows give to Temporal. Every process reads both forms; only
 * `encrypt` writes encrypted payloads and failures. `failures` is the module of the failure converter.
 */
export function createDataConverter(keys: SealingKeys, mode: PayloadCodecMode, failures: string = encodedFailuresPath): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keys, mode)],
    ...(mode === 'encrypt' ? { failureConverterPath: failures } : {}),
  };
}
