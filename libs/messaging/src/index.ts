export * from './transient.js';
export * from './transport.js';
