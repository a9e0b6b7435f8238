export { crashPoint, type CrashPoint } from './crash-point.js';
export { IS_PUBLIC, Public } from './public.decorator.js';
export { createOpsApp } from './ops-app.js';
export { OpsModule, type OpsOptions } from './ops.module.js';
export { Readiness, type Checks, type ReadinessReport } from './readiness.js';
export { ConfigError, readConfig, type ConfigOf, type Environment } from './config.js';
export {
  amqpUrl,
  flag,
  httpUrl,
  integer,
  ipAddress,
  oneOf,
  optional,
  port,
  postgresUrl,
  secret,
  text,
  url,
  type Setting,
} from './settings.js';
export { nearest } from './nearest.rule.js';
export { explainStartError, StartError } from './start-errors.js';
export { Releases } from './releases.js';
export { runOnce } from './run-once.js';
export { runService, type RunServiceOptions } from './run-service.js';
