export * from './broker.js';
export * from './cast.js';
export * from './eventually.js';
export * from './guard.js';
export * from './ports.js';
export * from './postgres.js';
export * from './processes.js';
export * from './rabbitmq.js';
