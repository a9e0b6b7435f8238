import { isUuid } from '@tidegate/contracts';

/**
 * @param allowed integrations of the command
 * @param requested the integration to filter by; undefined: all allowed ones
 * @returns the allowed integrations that match; empty when the requested one is not allowed
 */
export function allowedIntegrations(allowed: string[], requested: unknown): string[] {
  if (requested === undefined) return allowed;
  return isUuid(requested) ? allowed.filter((id) => id.toLowerCase() === requested.toLowerCase()) : [];
}
