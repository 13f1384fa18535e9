/**
 * The patterns and bounds of AWS fields that people enter, from the API models of IAM and STS.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const accountIdPattern = /^\d{12}$/;

/** IAM role names: 1 to 64 characters. */
export const roleNamePattern = /^[\w+=,.@-]{1,64}$/;

/**
 * A role's name, with its path before it if it has one: `team/muster`. A path has at most 512 characters with its slashes.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
 */
export const roleNameWithPathPattern = /^(?!\/|arn:)(?:[\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64}$/;

/** STS external ids: 2 to 1,224 characters. */
export const externalIdPattern = /^[\w+=,.@:/-]{2,1224}$/;

/** STS role session names: 2 to 64 characters. */
export const sessionNamePattern = /^[\w+=,.@-]{2,64}$/;

/** The bounds of AssumeRole's DurationSeconds. */
export const assumeRoleSeconds = { min: 900, max: 43_200 } as const;

/** The bounds of a delegated session's duration, and Muster's default, in seconds. */
export const delegatedSessionSeconds = { min: 300, max: 43_200, default: 3_600 } as const;

/** IDs of access keys. https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
export const accessKeyIdPattern = /^\w{1,128}$/;

/** Secret access keys: printable ASCII without white space. */
export const secretAccessKeyPattern = /^[\x21-\x7e]{1,256}$/;

/**
 * Roots and organizational units of AWS Organizations.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
 */
export const rootIdPattern = /^r-[0-9a-z]{4,32}$/;
export const organizationalUnitIdPattern = /^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/;

/** The maximum length of an account's name, in characters. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html */
export const maxAccountNameLength = 50;
