/** Limits of one bulk request: operations, and bytes of its body (RFC 7644 §3.7.4). Published by discovery. */
export const BULK_LIMITS = { maxOperations: 1000, maxPayloadSize: 1_048_576 } as const;
