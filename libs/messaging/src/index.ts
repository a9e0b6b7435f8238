export * from './amqp/amqp.transport.js';
export * from './amqp/quarantine.js';
export { GRACE_MS } from './asking.js';
export * from './client.js';
export * from './in-process/in-process.transport.js';
export * from './nest.js';
export * from './transient.js';
export * from './transport.js';
