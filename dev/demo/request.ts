import type { Api } from './api.ts';

/** The fields of a delegation request that the demo uses. */
export interface DelegationRequest {
  id: string;
  phase: string;
  awsRequestId: string | null;
  consoleUrl: string | null;
  cloudId: string | null;
  organizationId: string | null;
  failure: { code: string; message: string } | null;
}

interface TimelineEntry {
  type: string;
  message: string;
}

/** Waits until AWS has the request, if its creation took longer than the POST. */
export async function whenOpened(api: Api, created: DelegationRequest): Promise<DelegationRequest & { awsRequestId: string }> {
  if (isOpened(created)) return created;
  for await (const { event, data } of api.events(`/v1/delegation-requests/${created.id}/events`)) {
    const request = data as DelegationRequest;
    if (event === 'request' && isOpened(request)) return request;
  }
  throw new Error('The request ended before AWS had it');
}

function isOpened(request: DelegationRequest): request is DelegationRequest & { awsRequestId: string } {
  return request.consoleUrl !== null && request.awsRequestId !== null;
}

/** Prints the timeline of a request until it ends, and returns the ended request. */
export async function followToEnd(api: Api, id: string, print: (line: string) => void): Promise<DelegationRequest> {
  for await (const { event, data } of api.events(`/v1/delegation-requests/${id}/events`)) {
    if (event === 'timeline') print(`  ${(data as TimelineEntry).message}`);
  }
  return await api.get<DelegationRequest>(`/v1/delegation-requests/${id}`);
}
