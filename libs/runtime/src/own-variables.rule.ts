import { nearest } from './nearest.rule.js';

/** All variables with the prefix `TIDEGATE_`: of the services, of the simulator and of tests. */
const NAMES = [
  'TIDEGATE_API_KEY',
  'TIDEGATE_DATA_DIR',
  'TIDEGATE_ENCRYPTION_KEY',
  'TIDEGATE_ENCRYPTION_KEY_PREVIOUS',
  'TIDEGATE_SCIM_TOKEN',
  'TIDEGATE_CRASH_AT',
];
const WITH_FILES = NAMES.flatMap((name) => [name, `${name}_FILE`]);

/**
 * Kubernetes sets these for a Service with a name like `tidegate`
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
 */
const OF_KUBERNETES = /_SERVICE_HOST$|_SERVICE_PORT|_PORT$|_PORT_/;

/** @returns a sentence for each variable that starts with `TIDEGATE_` and is no setting, with the nearest name; never its value */
export function misspeltVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('TIDEGATE_') && env[name]?.trim())
    .filter((name) => !WITH_FILES.includes(name) && !OF_KUBERNETES.test(name))
    .map((name) => `${name} is not a setting. The nearest name is ${nearest(name, WITH_FILES)}.`);
}
