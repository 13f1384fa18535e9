/** The codes of warnings that a person may settle (O18). The others name a risk that no reason removes. */
export const acknowledgeableCodes = ['denied_by_scp_unverified', 'denied_by_scp', 'denied_by_boundary', 'missing_permission'] as const;
export type AcknowledgeableCode = (typeof acknowledgeableCodes)[number];

/** An acknowledgement ends at most this many days ahead. */
export const maxAcknowledgedDays = 365;
