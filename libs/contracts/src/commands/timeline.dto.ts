import { ApiProperty } from '@nestjs/swagger';
import { type NamedActor } from '../context.js';
import { ActorProperty } from '../dto/actor.dto.js';
import { FlagField, IdField, StringField } from '../dto/fields.js';
import { OneOf, Text, Timestamp } from '../dto/properties.js';
import { TEXT_LENGTH, TIMELINE_KINDS, type TimelineKind } from '../values.js';
import { fromGateway } from './command-rule.js';
import { GetRequest } from './requests.dto.js';

/** Something that happened to a request, or to the grant that it led to. */
export class TimelineEntry {
  @Timestamp() at: string;
  @OneOf(TIMELINE_KINDS) kind: TimelineKind;
  /** Null for entries of releases that did not store it. */
  @ActorProperty('The actor that caused it.') actor: NamedActor | null;
  @Text('What happened, in one sentence.') text: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Details, which depend on `kind`. Clients must ignore unknown members.',
  })
  data: Record<string, unknown>;
}

/** What happened to a request, in order: at most the last 500 entries. */
export class Timeline {
  @ApiProperty({ type: [TimelineEntry] }) items: TimelineEntry[];
}

/** A comment on a request. */
export class Comment {
  @StringField({ max: TEXT_LENGTH, trim: true, description: 'Shown to all who see the request.' })
  text: string;
}

export class CommentRequest extends GetRequest {
  @StringField({ max: TEXT_LENGTH, trim: true }) text: string;
}

export class GetReasons {
  @IdField() id: string;
  @IdField() userId: string;
  /** Whether the user is an administrator of the integration, who did not log in with an API key. */
  @FlagField({ optional: true }) asAdministrator?: boolean;
}

export const TIMELINE_COMMANDS = {
  'requests.timeline': fromGateway.validated(GetRequest).returns<Timeline>(),
  'requests.comment': fromGateway.validated(CommentRequest).returns<TimelineEntry>(),
  /** Why a user can decide the open step of a request: no reasons if the user cannot. */
  'requests.reasons': fromGateway.validated(GetReasons).returns<{ reasons: string[] }>(),
};
