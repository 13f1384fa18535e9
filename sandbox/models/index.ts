/** AWS's API models, as far as the sandbox needs them (NOTICE.md says where they come from). */
import { readFileSync } from 'node:fs';
import type { ServiceName } from '../core/service-name.ts';

/** The constraints of one part of an input. */
export interface ModelShape {
  type: 'structure' | 'list' | 'map' | 'string' | 'integer' | 'long' | 'boolean' | 'timestamp' | 'blob' | 'float' | 'double';
  /** Characters of a string, entries of a list, or a number itself. */
  min?: number;
  max?: number;
  /** The whole string must match. */
  pattern?: string;
  enum?: string[];
  /** Structures: shape by member. */
  members?: Record<string, string>;
  required?: string[];
  /** Lists and maps. */
  member?: string;
  key?: string;
  value?: string;
}

export interface ServiceModel {
  operations: Record<string, { input?: string; hasResult?: boolean }>;
  shapes: Record<string, ModelShape>;
}

const models = new Map<ServiceName, ServiceModel>();

export function modelOf(service: ServiceName): ServiceModel {
  let model = models.get(service);
  if (!model) {
    model = JSON.parse(readFileSync(new URL(`${service}.json`, import.meta.url), 'utf8')) as ServiceModel;
    models.set(service, model);
  }
  return model;
}
