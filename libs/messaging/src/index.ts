export * from './nest.js';
export * from './transient.js';
export * from './transport.js';
