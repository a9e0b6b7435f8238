export * from './amqp/amqp.transport.js';
export * from './amqp/dead-letters.js';
export * from './amqp/definitions.js';
export * from './handlers.js';
export * from './in-process/in-process.transport.js';
export * from './nest.js';
export * from './transient.js';
export * from './transport.js';
