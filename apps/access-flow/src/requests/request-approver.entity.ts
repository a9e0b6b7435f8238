import { type ApproverSourceKind, type ApproverTier, type RequestApprover } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A user, a group or the administrators that can or could decide a step of a request. */
@Entity({ schema: 'access_flow', name: 'request_approvers' })
export class RequestApproverEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') requestId: string;
  @PrimaryColumn('integer') step: number;
  @PrimaryColumn('text') tier: ApproverTier;
  /** The index in the list of the tier. */
  @PrimaryColumn('integer') entry: number;
  /** Id of the user or group; the nil UUID for administrators. */
  @PrimaryColumn('uuid') approverId: string;
  @Column('text') kind: RequestApprover['kind'];
  /** What makes them approvers. */
  @Column('text') source: ApproverSourceKind;
  /** Whether they can decide the request now: the step is open and the request is pending. */
  @Column('boolean') open: boolean;
}

/** The approver of the tier `administrators`. */
export const ADMINISTRATORS = '00000000-0000-0000-0000-000000000000';

/** An approver who can decide the open step. */
export type OpenApprover = Pick<RequestApproverEntity, 'tier' | 'entry' | 'kind' | 'approverId' | 'source'>;
