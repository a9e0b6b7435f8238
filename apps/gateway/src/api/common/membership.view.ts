import { type EffectiveMembership } from '@tidegate/contracts';
import { MEMBERSHIP_SOURCES } from './closed-sets.js';
import { SomeOf, Text, Timestamp, Uuid } from './properties.js';

export class MembershipView implements EffectiveMembership {
  @Uuid() userId: string;
  @Text() userName: string;
  @Uuid() groupId: string;
  @Text() groupName: string;
  @SomeOf(MEMBERSHIP_SOURCES, '`scim`: pushed by the identity provider. `grant`: by a live grant.')
  sources: ('scim' | 'grant')[];
  @Timestamp('The latest end of the grants; null if the membership comes only from SCIM.', { nullable: true })
  endsAt: string | null;
}
