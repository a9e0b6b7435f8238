import { type FieldOptions, field } from './fields.js';

/** A condition on users. */
export const ConditionField = (options: FieldOptions = {}): PropertyDecorator => field(options, { type: Object });
