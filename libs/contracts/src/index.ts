export * from './cause.js';
export * from './commands.js';
export * from './context.js';
export * from './events.js';
export * from './ids.js';
export * from './profile.js';
export * from './refusals.js';
export * from './services.js';
