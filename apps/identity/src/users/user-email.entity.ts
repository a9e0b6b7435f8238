import { Entity, PrimaryColumn } from 'typeorm';

/** The key of an e-mail address of a user, for lookups. */
@Entity({ schema: 'identity', name: 'user_emails' })
export class UserEmailEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') userId: string;
  @PrimaryColumn('text') valueKey: string;
}
