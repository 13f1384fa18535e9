export * from './access.ts';
export * from './badges.ts';
export * from './clouds.ts';
export * from './credential-sets.ts';
export * from './delegation-requests.ts';
export * from './nicknames.ts';
export * from './notification-inbox.ts';
