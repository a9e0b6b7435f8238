import { ApiProperty } from '@nestjs/swagger';
import { type NamedActor } from '../context.js';
import { ActorProperty } from '../dto/actor.dto.js';
import { IdField, IntegerField } from '../dto/fields.js';
import { Integer, Text, Timestamp, Uuid } from '../dto/properties.js';
import { fromGateway } from './command-rule.js';
import { type Page, PageQuery } from './common.dto.js';
import { FlowSettings } from './flows.dto.js';
import { GroupRef, UserRef } from './names.dto.js';

/** The largest version of a flow. */
const MAX_VERSION = 2_147_483_647;
const NULLABLE = { nullable: true } as const;

/** Pages by `cursor`, which is the version of the last item. */
export class ListFlowVersions extends PageQuery {
  @IdField() id: string;
}

export class GetFlowVersion {
  @IdField() id: string;
  @IntegerField({ min: 1, max: MAX_VERSION }) version: number;
}

/** A setting that a version changed, in words. */
export class FlowChange {
  @Text('Path of the setting, such as `steps[0].approvers`.') field: string;
  @Text('Value before. Null if there was none.', NULLABLE) before: string | null;
  @Text('Value after. Null if there is none.', NULLABLE) after: string | null;
  @Text('The change in one line.') description: string;
}

/** A version of a flow. Each change of its settings makes one. */
export class FlowVersionRecord {
  @Integer() version: number;
  @Timestamp() savedAt: string;
  /** Null for versions of releases that did not store it. */
  @ActorProperty('The actor that saved it.') savedBy: NamedActor | null;
  @ApiProperty({
    type: [FlowChange],
    description: 'What differs from the version before. Empty for the first one that is stored.',
  })
  changes: FlowChange[];
}

/** A version of a flow with its settings. */
export class FlowVersionSettings extends FlowVersionRecord {
  @Uuid() flowId: string;
  @Uuid() integrationId: string;
  @ApiProperty({ type: FlowSettings, description: 'All settings.' }) settings: FlowSettings;
  @ApiProperty({ type: [UserRef], description: 'The users in the settings.' }) users: UserRef[];
  @ApiProperty({ type: [GroupRef], description: 'The groups in the settings.' }) groups: GroupRef[];
}

export const VERSION_COMMANDS = {
  /** The versions of a flow, newest first, also of a deleted one. */
  'flows.versions': fromGateway.validated(ListFlowVersions).returns<Page<FlowVersionRecord>>(),
  'flows.version': fromGateway.validated(GetFlowVersion).returns<FlowVersionSettings>(),
};
