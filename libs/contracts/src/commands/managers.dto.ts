import { ApiProperty } from '@nestjs/swagger';
import { IdField } from '../dto/fields.js';
import { Integer, OneOf, Text } from '../dto/properties.js';
import { MANAGER_ATTRIBUTES, type ManagerAttribute } from '../profile.js';
import { fromGateway } from './command-rule.js';

/** Why a manager value is no manager of a user, if the integration has the setting `managerAttribute`. */
export const UNRESOLVED_VALUES = ['unknown', 'ambiguous', 'inactive', 'self'] as const;
export type UnresolvedValue = (typeof UNRESOLVED_VALUES)[number];
/** The maximum number of examples for each attribute in a report. */
export const MANAGER_EXAMPLES = 10;

/** The integration must be one of the command. */
export class ReportManagers {
  @IdField() integrationId: string;
}

export class UnresolvedExample {
  @Text('`manager.value` as the identity provider sent it.') value: string;
  @OneOf(UNRESOLVED_VALUES) reason: UnresolvedValue;
  @Integer('Users with this value and reason.') users: number;
}

/** What the setting `managerAttribute` would resolve with one attribute. */
export class ManagerAttributeReport {
  @OneOf(MANAGER_ATTRIBUTES) attribute: ManagerAttribute;
  @Integer('Users with a manager: one other, active user has the value.') resolved: number;
  @Integer('Users for whom no user has the value.') unknown: number;
  @Integer('Users for whom several users have the value.') ambiguous: number;
  @Integer('Users for whom only an inactive user has the value.') inactive: number;
  @Integer('Users for whom only they themselves have the value.') self: number;
  @ApiProperty({
    type: [UnresolvedExample],
    maxItems: MANAGER_EXAMPLES,
    description: 'Values that do not resolve, those of the most users first.',
  })
  examples: UnresolvedExample[];
}

/** How many managers of the active users of an integration resolve. */
export class ManagerReport {
  @OneOf(MANAGER_ATTRIBUTES, 'The current setting.', { nullable: true }) managerAttribute: ManagerAttribute | null;
  @Integer('Active users. Only they are counted below.') activeUsers: number;
  @Integer('Users with a `manager.value`.') withManagerValue: number;
  @ApiProperty({ type: [ManagerAttributeReport], description: 'One entry for each possible setting.' })
  attributes: ManagerAttributeReport[];
}

export const MANAGER_COMMANDS = {
  /** How many managers of the active users of an integration resolve, with the current setting and with every other. */
  'managers.report': fromGateway.validated(ReportManagers).returns<ManagerReport>(),
};
