/** An AWS for one machine; see the README. */
export { startSandbox } from './core/server.ts';
export type { Sandbox, SandboxOptions } from './core/server.ts';
export type { Caller } from './core/caller.ts';
export type { ServiceName } from './core/service-name.ts';
export type { World } from './core/world.ts';
export type { PartnerRegistration } from './delegation/registration.ts';
export type { GeneratedOrganization } from './organizations/generate/index.ts';
export { readPartner } from './partner/read.ts';
export type { PartnerSettings } from './partner/settings.ts';
