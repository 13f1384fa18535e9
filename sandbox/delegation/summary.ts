import type { PolicyDocument } from '../policy/document.ts';
import type { StoredDelegationRequest } from './state.ts';

/** At most this long (API model). */
const maxLength = 10_000;

/**
 * The permissions that a request asks for, in English sentences. AWS has a language model write this; only its place and size
 * are its contract.
 */
export function summarize(request: StoredDelegationRequest): string {
  const { Statement } = JSON.parse(request.permissionPolicy) as PolicyDocument;
  const minutes = Math.round(request.sessionDurationSeconds / 60);
  const lines = [Statement].flat().map((statement) => {
    const verb = statement.Effect === 'Allow' ? 'may use' : 'may not use';
    const what = [statement.Action ?? statement.NotAction ?? []].flat().join(', ');
    const where = [statement.Resource ?? []].flat().join(', ');
    return `${request.partnerName} ${verb} ${what} on ${where}${statement.Condition === undefined ? '' : ', under conditions'}.`;
  });
  return [`${request.partnerName} asks for temporary access for ${minutes} minutes.`, ...lines].join('\n').slice(0, maxLength);
}
