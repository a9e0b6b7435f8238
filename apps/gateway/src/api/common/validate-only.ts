import { ChoiceField } from '@tidegate/contracts/dto';
import { TRUE_FALSE } from './closed-sets.js';

/** The query parameter with which a call returns its result and changes nothing. */
export const ValidateOnlyParam = (description: string): PropertyDecorator =>
  ChoiceField(TRUE_FALSE, { optional: true, description });
