/** Decorators and classes of the API's shapes: the entry `@tidegate/contracts/dto`. */
export * from './dto/actor.dto.js';
export * from './dto/condition.schema.js';
export * from './dto/conditions.js';
export * from './dto/fields.js';
export * from './dto/objects.js';
export * from './dto/properties.js';
export * from './dto/validate.js';
