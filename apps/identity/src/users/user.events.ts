import { type Cause } from '@tidegate/contracts';
import { type NewEvent } from '@tidegate/database';
import { type MarkedAttributes, NO_MARKS, profileChanged } from './profile.rule.js';
import { type UserRow, type UserStateRow } from './user.entity.js';
import { type nameOfChange, namesOf, stateOf, type UserContent, userProfile } from './users.rule.js';

/** The columns of a row that its events need. */
type EventRow = UserStateRow & Pick<UserRow, 'integrationId' | 'attributes'>;

const envelope = ({ integrationId, id: subject, version }: EventRow, cause: Cause) => ({
  integrationId,
  subject,
  version,
  ...cause,
});

/** @returns the events of a user to be created, without marked attributes of its integration */
export function eventsOfNew(user: UserContent & { integrationId: string; id: string }, cause: Cause): NewEvent[] {
  const row = { ...user, ...namesOf(user.attributes), version: 1 };
  return [userEvent('user.created', row, cause), profileEvent(row, NO_MARKS, cause)];
}

/** @returns the event of a change of a user. @param row the row after the change */
export function userEvent(
  name: 'user.created' | 'user.deleted' | ReturnType<typeof nameOfChange>,
  row: EventRow,
  cause: Cause,
): NewEvent {
  return { ...envelope(row, cause), name, data: stateOf(row, name === 'user.deleted') };
}

/** @returns the event with the profile of a user */
export function profileEvent(row: EventRow, marks: MarkedAttributes, cause: Cause): NewEvent {
  return { ...envelope(row, cause), name: 'user.profile.changed', data: userProfile(row, marks) };
}

/** @returns the events of a write: of the change, and of the profile if the write changed it */
export function eventsOfWrite(
  name: ReturnType<typeof nameOfChange>,
  before: EventRow,
  after: EventRow & { marks: MarkedAttributes | null },
  cause: Cause,
): NewEvent[] {
  const marks = after.marks ?? NO_MARKS;
  const changed = profileChanged(before.attributes, after.attributes, marks);
  return [userEvent(name, after, cause), ...(changed ? [profileEvent(after, marks, cause)] : [])];
}
