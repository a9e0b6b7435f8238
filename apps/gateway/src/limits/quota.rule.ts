/** Limits on the number of API keys or role assignments, so that no caller can exhaust them. */
export interface Quota {
  total: number;
  /** For all integrations. */
  allIntegrations: number;
  /** For one integration. */
  perIntegration: number;
  /** By one creator, except administrators of all integrations. */
  perCreator: number;
  /** Part of the first three limits that only administrators of all integrations can use. */
  reserved: number;
}

/** The current counts. */
export interface Usage {
  total: number;
  /** Undefined when the new one is not for all integrations. */
  allIntegrations?: number;
  /** The highest count among the integrations of the new one. */
  perIntegration: number;
  perCreator: number;
}

/** A reached limit. */
export interface Limit {
  max: number;
  /** "for one integration" */
  scope: string;
}

/** @param noun in the plural: "API keys" */
export const limitMessage = ({ max, scope }: Limit, noun: string): string =>
  `The limit of ${max} ${noun} ${scope} is reached. Delete one first.`;

/**
 * @param isRoot whether the caller administers all integrations
 * @returns the reached limit; undefined when one more is allowed
 */
export function limitReached(quota: Quota, usage: Usage, isRoot: boolean): Limit | undefined {
  const reserved = isRoot ? 0 : quota.reserved;
  const { total, allIntegrations = 0, perIntegration, perCreator } = usage;
  const limits: [count: number, max: number, scope: string][] = [
    [total, quota.total - reserved, 'in total'],
    [allIntegrations, quota.allIntegrations - reserved, 'for all integrations'],
    [perIntegration, quota.perIntegration - reserved, 'for one integration'],
    [isRoot ? 0 : perCreator, quota.perCreator, 'of one creator'],
  ];
  const reached = limits.find(([count, max]) => count >= max);
  return reached && { max: reached[1], scope: reached[2] };
}
