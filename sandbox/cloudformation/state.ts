import { defineState } from '../core/state.ts';
import type { StackSet } from './stack-sets/state.ts';
import type { ChangeSet } from './change-sets/state.ts';
import type { Stack } from './stack.ts';

/** The state of CloudFormation. */
export interface CloudFormationState {
  /** By stack id; deleted stacks stay, as AWS keeps them readable by id. */
  stacks: Map<string, Stack>;
  /** By change set id; deleted ones are gone. */
  changeSets: Map<string, ChangeSet>;
  /** By stack set id; deleted ones stay, as AWS lists them by status. */
  stackSets: Map<string, StackSet>;
  /** Client request tokens, by account, Region and token (see tokens.ts). */
  tokens: Map<string, { operation: string; stackId: string }>;
}

/** A state without stacks and stack sets. */
export const cloudFormationState = defineState('cloudFormation', (): CloudFormationState => ({
  stacks: new Map(),
  changeSets: new Map(),
  stackSets: new Map(),
  tokens: new Map(),
}));
